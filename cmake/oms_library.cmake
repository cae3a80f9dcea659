# SPDX-License-Identifier: Apache-2.0

# oms_add_library(<name> [SHARED] [SOURCES …] [PUBLIC deps…] [PRIVATE deps…])
#
# A library of the kernel: target `oms_<name>`, alias `oms::<name>`; without SOURCES it is
# header-only. Its folder's `include/`, if any, holds the public headers; the internal ones are
# included from `kernel/`. A SHARED one keeps the libraries that it holds to itself.
function(oms_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED" "" "SOURCES;PUBLIC;PRIVATE")
  set(target oms_${name})
  if(NOT arg_SOURCES)
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    if(arg_SHARED)
      add_library(${target} SHARED ${arg_SOURCES})
      target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
    else()
      add_library(${target} STATIC ${arg_SOURCES})
    endif()
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
    set(scope PUBLIC)
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
