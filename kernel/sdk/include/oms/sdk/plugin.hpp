// SPDX-License-Identifier: Apache-2.0
// What every plugin starts with. An author writes a class and one line:
//
//     class Limits : public oms::sdk::Check { ... };
//     OMS_PLUGIN(Limits)
//
// The class is made once for each configured instance, on the host's main thread, by the first of
// these constructors that it has: (Host, const Settings&), (const Settings&), (Host), ().
// It derives from what it provides: Check, AssetClass, Routing, Facts, Connector, Subscriber, one
// or several. An exception never crosses to the host: it is logged and becomes a status.
#pragma once

#include <oms/abi/plugin.h>
#include <oms/sdk/settings.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace oms::sdk {

/// The host as one instance sees it. A copy is as good as the original; good until the instance is
/// destroyed. Any thread, does not block.
class Host {
public:
    explicit Host(const oms_host* raw) : raw_(raw) {}

    /// The name under which this instance is configured.
    std::string_view instance() const { return view_of(raw_->instance); }
    /// Its reference entry (class plugin): the owner of its cells.
    std::uint32_t instance_id() const { return raw_->instance_id; }
    /// A folder of this instance's own; only outside plugins have use for it.
    std::string_view data_directory() const { return view_of(raw_->data_directory); }

    /// Never pass secrets or personal data to these.
    void error(std::string_view message) const { log(OMS_LOG_error, message); }
    void warning(std::string_view message) const { log(OMS_LOG_warning, message); }
    void info(std::string_view message) const { log(OMS_LOG_info, message); }
    void debug(std::string_view message) const { log(OMS_LOG_debug, message); }

    /// What the host offers under this id, or null. `Table` is the struct of the capability's
    /// header.
    template <class Table>
    const Table* extension(std::string_view id) const {
        return static_cast<const Table*>(raw_->extension(raw_, {id.data(), id.size()}));
    }

    const oms_host* raw() const { return raw_; }

private:
    static std::string_view view_of(oms_text text) { return {text.data, text.size}; }
    void log(std::uint32_t level, std::string_view message) const {
        raw_->log(raw_, level, {message.data(), message.size()});
    }

    const oms_host* raw_;
};

/// What was asked for is not there, or the host did not take what it was told. An inside plugin
/// lets it pass: the decision fails closed, and the message is in the log.
class CallError : public std::runtime_error {
public:
    CallError(oms_status status, const std::string& message)
        : std::runtime_error(message), status_(status) {}
    oms_status status() const { return status_; }

private:
    oms_status status_;
};

/// The base of all capabilities.
class Plugin {
public:
    Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    virtual ~Plugin() = default;

    /// Main thread, may block. From here an outside plugin may run threads of its own.
    virtual void start() {}
    /// Main thread, may block for `stop_timeout_ms`. Ends every thread of the plugin: afterwards it
    /// calls the host no more but to log. Also called when `start` threw.
    virtual void stop() {}
};

class AssetClass;
class Check;
class Connector;
class Facts;
class Routing;
class Subscriber;

/// The C tables, each beside its capability's class.
template <class Class>
struct AssetClassTable;
template <class Class>
struct CheckTable;
template <class Class>
struct ConnectorTable;
template <class Class>
struct FactsTable;
template <class Class>
struct RoutingTable;
template <class Class>
struct SubscriberTable;

namespace plugin_detail {

inline void log_fault(const Host& host, std::string_view where, std::string_view what) noexcept {
    try {
        host.error(std::string(where) + ": " + std::string(what));
    } catch (...) {
        host.error(where);  // no memory for the sentence: at least the place
    }
}

}  // namespace plugin_detail

/// Runs `work`; what it throws is logged and becomes a status. Also the body of a plugin's own
/// threads, where an exception would end the process.
template <class Work>
oms_status run_guarded(const Host& host, std::string_view where, Work&& work) noexcept {
    try {
        work();
        return OMS_OK;
    } catch (const CallError& fault) {
        plugin_detail::log_fault(host, where, fault.what());
        return fault.status();
    } catch (const std::exception& fault) {
        plugin_detail::log_fault(host, where, fault.what());
    } catch (...) {
        plugin_detail::log_fault(host, where, "something was thrown that is no std::exception");
    }
    return OMS_FAILED;
}

/// One instance behind the C contract.
template <class Class>
struct Instance {
    Host host;
    std::unique_ptr<Class> plugin;

    static Instance& of(oms_plugin* raw) { return *reinterpret_cast<Instance*>(raw); }

    template <class Call>
    static oms_status guarded(oms_plugin* raw, std::string_view where, Call&& call) noexcept {
        Instance& instance = of(raw);
        return run_guarded(instance.host, where, [&] { call(*instance.plugin); });
    }
};

/// The entry of a plugin class.
template <class Class>
struct PluginEntry {
    static oms_status create(const oms_host* raw, const oms_settings* settings,
                             oms_plugin** plugin) noexcept {
        const Host host(raw);
        return run_guarded(host, "create", [&] {
            auto made = make(host, Settings(*settings));
            auto instance =
                std::make_unique<Instance<Class>>(Instance<Class>{host, std::move(made)});
            *plugin = reinterpret_cast<oms_plugin*>(instance.release());
        });
    }

    static const void* extension(oms_plugin*, oms_text id) noexcept {
        const std::string_view name(id.data, id.size);
        if constexpr (std::is_base_of_v<AssetClass, Class>)
            if (name == AssetClassTable<Class>::id) return &AssetClassTable<Class>::table;
        if constexpr (std::is_base_of_v<Check, Class>)
            if (name == CheckTable<Class>::id) return &CheckTable<Class>::table;
        if constexpr (std::is_base_of_v<Connector, Class>)
            if (name == ConnectorTable<Class>::id) return &ConnectorTable<Class>::table;
        if constexpr (std::is_base_of_v<Facts, Class>)
            if (name == FactsTable<Class>::id) return &FactsTable<Class>::table;
        if constexpr (std::is_base_of_v<Routing, Class>)
            if (name == RoutingTable<Class>::id) return &RoutingTable<Class>::table;
        if constexpr (std::is_base_of_v<Subscriber, Class>)
            if (name == SubscriberTable<Class>::id) return &SubscriberTable<Class>::table;
        return nullptr;
    }

    static oms_status start(oms_plugin* raw) noexcept {
        const oms_status status =
            Instance<Class>::guarded(raw, "start", [](Class& plugin) { plugin.start(); });
        if (status != OMS_OK) stop(raw);
        return status;
    }
    static void stop(oms_plugin* raw) noexcept {
        Instance<Class>::guarded(raw, "stop", [](Class& plugin) { plugin.stop(); });
    }
    static void destroy(oms_plugin* raw) noexcept { delete &Instance<Class>::of(raw); }

private:
    static std::unique_ptr<Class> make(const Host& host, const Settings& settings) {
        static_assert(std::is_base_of_v<Plugin, Class>,
                      "a plugin derives from what it provides: Check, Routing, Connector, ...");
        if constexpr (std::is_constructible_v<Class, Host, const Settings&>)
            return std::make_unique<Class>(host, settings);
        else if constexpr (std::is_constructible_v<Class, const Settings&>)
            return std::make_unique<Class>(settings);
        else if constexpr (std::is_constructible_v<Class, Host>)
            return std::make_unique<Class>(host);
        else
            return std::make_unique<Class>();
    }
};

}  // namespace oms::sdk

/// Once in a plugin, at namespace scope: defines the one symbol that it shows the host.
#define OMS_PLUGIN(Class)                                                                      \
    extern "C" __attribute__((visibility("default"))) const oms_plugin_entry OMS_PLUGIN_ENTRY; \
    const oms_plugin_entry OMS_PLUGIN_ENTRY = {sizeof(oms_plugin_entry),                       \
                                               OMS_ABI_REVISION,                               \
                                               &::oms::sdk::PluginEntry<Class>::create,        \
                                               &::oms::sdk::PluginEntry<Class>::extension,     \
                                               &::oms::sdk::PluginEntry<Class>::start,         \
                                               &::oms::sdk::PluginEntry<Class>::stop,          \
                                               &::oms::sdk::PluginEntry<Class>::destroy};      \
    static_assert(true, "so that OMS_PLUGIN(Class); may end in a semicolon")
