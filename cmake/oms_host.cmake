# SPDX-License-Identifier: Apache-2.0
# The host's side of plugins in this tree.

# What a host links: the objects of the plugins in OMS_STATIC_PLUGINS, and `oms_static_plugins.def`,
# which names each of them as OMS_STATIC_PLUGIN(name). The entry of such a plugin is
# `oms_plugin_entry_0_<name>`. Without static plugins the file is empty.
add_library(oms_static_plugins INTERFACE)
target_include_directories(oms_static_plugins INTERFACE ${PROJECT_BINARY_DIR}/static_plugins)

# To be called once, when every plugin is known.
function(oms_finish_plugins)
  get_property(modules GLOBAL PROPERTY OMS_PLUGIN_TARGETS)
  add_custom_target(oms_all_plugins DEPENDS ${modules})

  get_property(names GLOBAL PROPERTY OMS_STATIC_PLUGIN_NAMES)
  set(text "// Made from OMS_STATIC_PLUGINS.\n")
  foreach(name IN LISTS names)
    string(APPEND text "OMS_STATIC_PLUGIN(${name})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/static_plugins/oms_static_plugins.def
       CONTENT "${text}" @ONLY)
endfunction()
