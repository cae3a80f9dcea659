// SPDX-License-Identifier: Apache-2.0
// All configured plugins of a process: created together, started in order, stopped in the reverse.
#pragma once

#include "engine/bindings.hpp"
#include "runtime/call_guard.hpp"
#include "runtime/config/config.hpp"
#include "runtime/plugin_instance.hpp"
#include "runtime/quarantine.hpp"
#include "runtime/status.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace oms::runtime {

class PluginSet {
public:
    explicit PluginSet(Log& log) : log_(log) {}

    /// Loads and creates them; leaves out those in quarantine. `data` empty: nothing is kept on
    /// disk.
    yaml::Errors create(const Config& config, const Quarantine& quarantine,
                        const std::filesystem::path& data, Backbone& backbone);

    /// What the configuration plugs into the engine.
    engine::Bindings bindings(const Config& config) const;

    /// The entries of the instances are known now.
    void set_instance_ids(const NameTable& names, CallMarks& marks);

    /// Inside plugins, then connectors, then subscribers. When one does not start, those that did
    /// are stopped again.
    Status start(std::int64_t stop_timeout_ms);
    void stop(std::int64_t timeout_ms);

    std::vector<InstanceStatus> status(const CallMarks& marks) const;

private:
    const PluginInstance* find(std::string_view instance) const;
    Status create_one(const InstanceSpec& spec, const Quarantine& quarantine,
                      const std::filesystem::path& data, Backbone& backbone);

    Log& log_;
    std::vector<std::unique_ptr<PluginInstance>> instances_;
    std::vector<PluginInstance*> started_;
};

}  // namespace oms::runtime
