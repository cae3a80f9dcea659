# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=templates -DOUTPUT=templates.cpp -P embed_templates.cmake
#
# Writes the templates as C++: FOLDER/<kind>/<path>.in becomes the file <path> of that kind.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.in)
list(SORT files)
set(code "// Made from kernel/cli/templates.\n#include \"cli/templates.hpp\"\n\n")
string(APPEND code "namespace oms::cli {\n\n")
string(APPEND code "namespace {\nconstexpr Template all_templates[] = {\n")
foreach(file IN LISTS files)
  string(REGEX MATCH "^([^/]+)/(.+)\\.in$" matched "${file}")
  file(READ ${FOLDER}/${file} text)
  string(APPEND code "    {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\",\n")
  string(APPEND code "     R\"oms_text(${text})oms_text\"},\n")
endforeach()
string(APPEND code "};\n}  // namespace\n\n")
string(APPEND code "std::span<const Template> templates() { return all_templates; }\n\n")
string(APPEND code "}  // namespace oms::cli\n")
file(WRITE ${OUTPUT} "${code}")
