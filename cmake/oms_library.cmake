# SPDX-License-Identifier: Apache-2.0

# oms_add_library(<name> [SHARED] [SOURCES …] [PUBLIC deps…] [PRIVATE deps…])
#
# A library of the kernel: target `oms_<name>`, alias `oms::<name>`; without SOURCES it is
# header-only. Its folder's `include/`, if any, holds the public headers; the internal ones are
# included from `kernel/`.
function(oms_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED" "" "SOURCES;PUBLIC;PRIVATE")
  set(target oms_${name})
  if(NOT arg_SOURCES)
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    set(type STATIC)
    if(arg_SHARED)
      set(type SHARED)
    endif()
    add_library(${target} ${type} ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
  endif()
  add_library(oms::${name} ALIAS ${target})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  target_include_directories(${target} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/kernel>)
  if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include)
    target_include_directories(${target} ${scope}
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  endif()
endfunction()
