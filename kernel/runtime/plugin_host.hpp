// SPDX-License-Identifier: Apache-2.0
// The host as one instance of a plugin sees it: its name, its folder, a place to log, and the port.
#pragma once

#include "runtime/kernel_port.hpp"
#include "runtime/log.hpp"

#include <oms/abi/plugin.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

class PluginHost {
public:
    /// `data_directory` may be empty: then nothing is kept on disk. `backbone` is null for an
    /// inside plugin, which has no port.
    PluginHost(std::string instance, std::string data_directory, Log& log, Backbone* backbone);
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    const oms_host* table() const { return &table_; }
    const std::string& instance() const { return instance_; }
    KernelPort* port() { return port_.get(); }

    /// The instance's own entry, known once recovery is over and before it starts.
    void set_instance_id(std::uint32_t id) { table_.instance_id = id; }

    /// The last error that the plugin logged: its own words for why it answers no.
    std::string last_error() const;

    /// Which capabilities a host of this build offers.
    static const std::vector<std::string>& capabilities();

private:
    static const void* extension(const oms_host* host, oms_text id);
    static void log(const oms_host* host, std::uint32_t level, oms_text message);

    const std::string instance_;
    const std::string data_directory_;
    Log& log_;
    std::unique_ptr<KernelPort> port_;
    mutable std::mutex mutex_;
    std::string last_error_;
    oms_host table_{};
};

}  // namespace oms::runtime
