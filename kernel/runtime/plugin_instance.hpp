// SPDX-License-Identifier: Apache-2.0
// One configured plugin from its creation to its end. Every fault is an error that names the
// instance, the file, the reason and the way out; the process lives.
#pragma once

#include "runtime/manifest/settings.hpp"
#include "runtime/plugin_catalogue.hpp"
#include "runtime/plugin_host.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace oms::runtime {

/// What the functions of a capability's table must all be there. Null when the id is not known.
bool is_complete_capability(std::string_view id, const void* table);

class PluginInstance {
public:
    struct Plan {
        std::string name;            ///< of the instance
        std::string data_directory;  ///< may be empty
        PluginFile file;             ///< loaded
        Settings settings;
    };

    /// Creates the instance and asks for each capability that its manifest promises. Main thread.
    static yaml::Checked<std::unique_ptr<PluginInstance>> create(Plan plan, Log& log,
                                                                 Backbone& backbone);
    /// An instance that is left out: calls to it are refused, by tables of the host's own.
    static std::unique_ptr<PluginInstance> left_out(Plan plan, std::string reason, Log& log);
    ~PluginInstance();
    PluginInstance(const PluginInstance&) = delete;
    PluginInstance& operator=(const PluginInstance&) = delete;

    const std::string& name() const { return plan_.name; }
    const Manifest& manifest() const { return plan_.file.manifest; }
    std::string file() const { return plan_.file.place(); }
    PluginKind kind() const { return manifest().kind(); }
    bool is_left_out() const { return !left_out_reason_.empty(); }
    std::string_view state() const;

    oms_plugin* plugin() const { return plugin_; }
    /// The table of a capability, or null. `Table` is the struct of its header.
    template <class Table>
    const Table* capability(std::string_view id) const {
        return static_cast<const Table*>(find_capability(id));
    }
    PluginHost& host() { return *host_; }

    Status start();
    /// Stops and destroys it. One that does not stop in time is given up: it is told so, its port
    /// answers OMS_STOPPED, and what it holds is never freed.
    Status stop(std::int64_t timeout_ms);

private:
    enum class State : std::uint8_t { created, running, stopped, lost };
    explicit PluginInstance(Plan plan) : plan_(std::move(plan)) {}
    const void* find_capability(std::string_view id) const;
    Status make();
    Status check_capabilities() const;
    Error fault(ErrorCode code, const std::string& reason, const std::string& remedy) const;

    Plan plan_;
    std::string left_out_reason_;
    std::unique_ptr<PluginHost> host_;
    std::unique_ptr<ContractSettings> contract_settings_;
    oms_plugin* plugin_ = nullptr;
    State state_ = State::created;
};

}  // namespace oms::runtime
