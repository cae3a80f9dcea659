# SPDX-License-Identifier: Apache-2.0
# How this tree is compiled: language, warnings, cache, linker, sanitizers, which Python.

set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_INSTALL_RPATH $ORIGIN/../${CMAKE_INSTALL_LIBDIR})
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

set(oms_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2
    -Wimplicit-fallthrough -Wundef)
set(oms_cxx_warnings -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wextra-semi)
add_compile_options(${oms_warnings} "$<$<COMPILE_LANGUAGE:CXX>:${oms_cxx_warnings}>")

# The cache sees paths relative to the root, so that several build folders share their hits.
find_program(OMS_CCACHE ccache)
if(OMS_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${OMS_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

set(OMS_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")
if(OMS_SANITIZE)
  add_compile_options(-fsanitize=${OMS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${OMS_SANITIZE})
endif()

option(OMS_FUZZ "Build fuzzers with clang's libFuzzer" OFF)
if(OMS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

find_program(OMS_MOLD mold)
if(OMS_MOLD AND NOT OMS_SANITIZE AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  add_link_options(-fuse-ld=mold)
endif()

# The distribution's Python carries NumPy and its headers; one found on the PATH may carry neither.
foreach(python Python Python3)
  if(NOT DEFINED ${python}_EXECUTABLE AND EXISTS /usr/bin/python3)
    set(${python}_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The Python to build for")
  endif()
endforeach()
set(PYBIND11_FINDPYTHON ON)
