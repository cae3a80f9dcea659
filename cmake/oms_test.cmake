# SPDX-License-Identifier: Apache-2.0

# oms_add_test(<name> SOURCES … [LIBRARIES …] [LABELS …] [TIMEOUT seconds] [ENVIRONMENT A=b …])
#
# A GoogleTest binary; each of its tests becomes one of ctest's. Labels: unit (the default),
# scenario, tidy; long, packaging, ci and release are left to `./dev test --ci`, soak to --long.
function(oms_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT")
  if(NOT OMS_BUILD_TESTS)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(OMS_SANITIZE)  # which takes several times as long
    math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
  endif()
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name} ${arg_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}: "
                       PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # The longest begin first, so that no core waits for one at the end.
  set(cost 0)
  if(long IN_LIST arg_LABELS)
    set(cost 100)
  endif()
  # gtest_discover_tests() loses the semicolons of lists: these are set by a file of our own.
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake)
  file(WRITE ${file} "if(${name}_TESTS)
  set_tests_properties(\${${name}_TESTS} PROPERTIES
    LABELS \"${arg_LABELS}\" ENVIRONMENT \"${arg_ENVIRONMENT}\" COST ${cost})
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
endfunction()

# oms_add_python_test(<name> FOLDER <folder> [PYTHONPATH folders…] [LABELS …] [TIMEOUT seconds])
#
# The pytest files of a folder, as one of ctest's tests.
function(oms_add_python_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER;TIMEOUT" "PYTHONPATH;LABELS")
  if(NOT OMS_BUILD_TESTS)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  cmake_path(ABSOLUTE_PATH arg_FOLDER)
  list(JOIN arg_PYTHONPATH ":" path)
  add_test(NAME ${name}
           COMMAND ${Python3_EXECUTABLE} -B -m pytest -q -p no:cacheprovider ${arg_FOLDER})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
                       ENVIRONMENT "PYTHONPATH=${path}")
endfunction()
