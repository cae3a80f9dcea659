// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_loader.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

namespace oms::runtime {

namespace {

namespace dll = boost::dll;

constexpr const char* entry_symbol = "oms_plugin_entry_0";

/// Libraries by path, which are never given back: threads, thread-local destructors and statics of
/// a plugin outlive any moment at which it would be safe.
std::map<std::string, std::unique_ptr<dll::shared_library>>& loaded_libraries() {
    static auto* libraries = new std::map<std::string, std::unique_ptr<dll::shared_library>>;
    return *libraries;
}

/// A library that the manifest asks for; loading it here tells it apart from the plugin's own
/// faults.
Status need_library(const PluginFile& plugin, const std::string& library) {
    std::error_code error;
    auto loaded = std::make_unique<dll::shared_library>();
    loaded->load(library, error,
                 dll::load_mode::search_system_folders | dll::load_mode::rtld_now |
                     dll::load_mode::rtld_local);
    if (error) {
        return fail(error_plugin_library, plugin.place(),
                    "the plugin needs the shared library " + library + ", which cannot be loaded",
                    "install the package that has " + library +
                        ", or add its folder to "
                        "LD_LIBRARY_PATH");
    }
    loaded_libraries()[library] = std::move(loaded);
    return {};
}

Status load_library(PluginFile& plugin) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    for (const std::string& library : plugin.manifest.requires_libraries)
        if (Status status = need_library(plugin, library); !status) return status;

    auto& library = loaded_libraries()[std::filesystem::absolute(plugin.path).string()];
    if (library == nullptr) {
        try {
            library = std::make_unique<dll::shared_library>(
                std::filesystem::absolute(plugin.path),
                dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        } catch (const std::exception& refused) {
            loaded_libraries().erase(std::filesystem::absolute(plugin.path).string());
            return fail(error_plugin_unloadable, plugin.place(),
                        std::string("the library cannot be loaded: ") + refused.what(),
                        "`ldd " + plugin.place() +
                            "` shows what it misses; build it against this "
                            "oms, or install that");
        }
    }
    if (!library->has(entry_symbol)) {
        return fail(error_plugin_symbol, plugin.place(),
                    std::string("the library exports no symbol ") + entry_symbol,
                    "a plugin says OMS_PLUGIN(Class) in one of its sources, and oms_add_plugin() "
                    "exports what that makes");
    }
    plugin.entry = &library->get<const oms_plugin_entry>(entry_symbol);
    return {};
}

Status check_entry(const PluginFile& plugin) {
    const oms_plugin_entry& entry = *plugin.entry;
    if (entry.abi_revision != OMS_ABI_REVISION) {
        return fail(error_plugin_revision, plugin.place(),
                    "the plugin was built for revision " + std::to_string(entry.abi_revision) +
                        " of the contract, this oms has revision " +
                        std::to_string(OMS_ABI_REVISION),
                    "build it again against this oms");
    }
    const bool complete = entry.size >= sizeof entry && entry.create != nullptr &&
                          entry.extension != nullptr && entry.start != nullptr &&
                          entry.stop != nullptr && entry.destroy != nullptr;
    if (!complete) {
        return fail(error_plugin_entry, plugin.place(),
                    "the plugin's entry is incomplete: a function is missing, or it is too short",
                    "fill every member of oms_plugin_entry, or let OMS_PLUGIN(Class) make it");
    }
    return {};
}

}  // namespace

Status load_plugin(PluginFile& plugin) {
    if (plugin.entry == nullptr)
        if (Status status = load_library(plugin); !status) return status;
    return check_entry(plugin);
}

}  // namespace oms::runtime
