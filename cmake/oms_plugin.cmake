# SPDX-License-Identifier: Apache-2.0
# Used in this tree and, installed, by everybody who writes a plugin.

set(OMS_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
set(OMS_PLUGIN_KINDS asset_class check routing facts connector subscriber store)

# oms_add_plugin(<name> KIND <kind> MANIFEST manifest.yaml SOURCES … [LIBRARIES …])
#
# Builds `oms_<name>.so` (target `oms_plugin_<name>`), which exports `oms_plugin_entry_0` alone.
# The manifest is checked and embedded, and the plugin can include the settings struct that is
# made from it: `#include "<name>_settings.hpp"`. Its tests link the same objects, compiled once,
# as `oms_plugin_<name>_objects`.
# A plugin named in OMS_STATIC_PLUGINS is linked into the host instead, under an entry of its own.
function(oms_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "KIND;MANIFEST" "SOURCES;LIBRARIES")
  if(NOT arg_KIND IN_LIST OMS_PLUGIN_KINDS)
    list(JOIN OMS_PLUGIN_KINDS ", " kinds)
    message(FATAL_ERROR "oms_add_plugin(${name}): KIND is '${arg_KIND}'; use one of ${kinds}.")
  endif()
  if(NOT arg_MANIFEST OR NOT arg_SOURCES)
    message(FATAL_ERROR "oms_add_plugin(${name}): MANIFEST and SOURCES are required.")
  endif()
  set(objects oms_plugin_${name}_objects)
  add_library(${objects} OBJECT ${arg_SOURCES})
  target_link_libraries(${objects} PUBLIC oms::sdk ${arg_LIBRARIES})
  target_compile_features(${objects} PUBLIC cxx_std_20)
  set_target_properties(${objects} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  _oms_embed_manifest(${name} ${objects} ${arg_MANIFEST})
  if("${OMS_STATIC_PLUGINS}" STREQUAL ALL OR name IN_LIST OMS_STATIC_PLUGINS)
    _oms_link_plugin_into_host(${name} ${objects})
  else()
    _oms_add_plugin_module(${name} ${objects})
  endif()
endfunction()

# oms_verify_plugin(<name> [SETTINGS file.yaml…] [TIMEOUT seconds])
#
# A test that plays the conformance cards of its kind against the plugin. A plugin whose settings
# have no defaults, or whose defaults do not suit every machine, names a YAML file with some; of
# several files each is a test of its own. With settings no card may be skipped.
function(oms_verify_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SETTINGS")
  if(NOT OMS_BUILD_TESTS OR NOT TARGET oms_plugin_${name})
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(NOT arg_SETTINGS)
    add_test(NAME "${name}: conformance"
             COMMAND oms::oms plugin verify $<TARGET_FILE:oms_plugin_${name}>)
    set_tests_properties("${name}: conformance" PROPERTIES LABELS unit TIMEOUT ${arg_TIMEOUT})
  endif()
  foreach(settings IN LISTS arg_SETTINGS)
    cmake_path(ABSOLUTE_PATH settings)
    cmake_path(GET settings STEM case)
    add_test(NAME "${name}: conformance, ${case}"
             COMMAND oms::oms plugin verify $<TARGET_FILE:oms_plugin_${name}>
                     --settings ${settings} --all)
    set_tests_properties("${name}: conformance, ${case}"
                         PROPERTIES LABELS unit TIMEOUT ${arg_TIMEOUT})
  endforeach()
endfunction()

function(_oms_add_plugin_module name objects)
  set(target oms_plugin_${name})
  add_library(${target} MODULE)
  target_link_libraries(${target} PRIVATE ${objects})
  set_target_properties(${target} PROPERTIES
    INSTALL_RPATH ""
    LINKER_LANGUAGE CXX
    PREFIX ""
    OUTPUT_NAME oms_${name}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    LINK_DEPENDS ${OMS_PLUGIN_MAP})
  target_link_options(${target} PRIVATE -Wl,--version-script=${OMS_PLUGIN_MAP})
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND NOT OMS_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  set_property(GLOBAL APPEND PROPERTY OMS_PLUGIN_TARGETS ${target})
  include(GNUInstallDirs)
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/oms/plugins)
endfunction()

# Only this tree has a host to link into.
function(_oms_link_plugin_into_host name objects)
  target_compile_definitions(${objects}
    PUBLIC OMS_PLUGIN_ENTRY=oms_plugin_entry_0_${name}
           OMS_PLUGIN_MANIFEST=oms_plugin_manifest_0_${name})
  target_sources(oms_static_plugins INTERFACE $<TARGET_OBJECTS:${objects}>)
  target_link_libraries(oms_static_plugins INTERFACE ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY OMS_STATIC_PLUGIN_NAMES ${name})
endfunction()

function(_oms_embed_manifest name objects manifest)
  cmake_path(ABSOLUTE_PATH manifest)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}_manifest)
  set(header ${folder}/${name}_settings.hpp)
  set(section ${folder}/${name}_manifest.c)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${header} ${section}
    COMMAND oms::oms-manifest --input ${manifest} --settings-header ${header}
            --section-source ${section}
    DEPENDS ${manifest} oms::oms-manifest
    COMMENT "Checking the manifest of ${name}"
    VERBATIM)
  target_sources(${objects} PRIVATE ${header} ${section})
  target_include_directories(${objects} PUBLIC ${folder})
endfunction()
