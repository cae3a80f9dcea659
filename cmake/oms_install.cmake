# SPDX-License-Identifier: Apache-2.0
# What find_package(oms) finds: oms::abi, oms::sdk, oms::testkit, oms::oms, oms::oms-manifest and
# oms_add_plugin(). The rest of the kernel is not for linking against.
include(CMakePackageConfigHelpers)

if(TARGET oms-manifest AND NOT TARGET oms::oms-manifest)
  add_executable(oms::oms-manifest ALIAS oms-manifest)
endif()

# The test kit holds a kernel within it; as a shared library it brings it along.
if(TARGET oms_testkit)
  get_target_property(type oms_testkit TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    message(FATAL_ERROR "oms_testkit must be SHARED: oms_add_library(testkit SHARED …).")
  endif()
endif()

set(oms_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/oms)
foreach(name abi sdk testkit cli)
  if(TARGET oms_${name})
    set_target_properties(oms_${name} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS oms_${name} EXPORT oms-targets)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/kernel/${name}/include)
      install(DIRECTORY kernel/${name}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
  endif()
endforeach()
if(TARGET oms_cli)
  set_target_properties(oms_cli PROPERTIES EXPORT_NAME oms OUTPUT_NAME oms)
  add_executable(oms::oms ALIAS oms_cli)
endif()
if(TARGET oms-manifest)
  install(TARGETS oms-manifest EXPORT oms-targets)
endif()
if(TARGET oms_abi)
  install(EXPORT oms-targets NAMESPACE oms:: DESTINATION ${oms_package_dir})
endif()

configure_package_config_file(cmake/omsConfig.cmake.in ${PROJECT_BINARY_DIR}/omsConfig.cmake
                              INSTALL_DESTINATION ${oms_package_dir})
# While the ABI is a draft, a plugin is built for exactly the oms that will load it.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/omsConfigVersion.cmake
                                 COMPATIBILITY ExactVersion)
install(FILES ${PROJECT_BINARY_DIR}/omsConfig.cmake ${PROJECT_BINARY_DIR}/omsConfigVersion.cmake
              cmake/oms_plugin.cmake cmake/oms_test.cmake cmake/plugin.map
        DESTINATION ${oms_package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
