// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_host.hpp"

#include <algorithm>
#include <utility>

namespace oms::runtime {

PluginHost::PluginHost(std::string instance, std::string data_directory, Log& log,
                       Backbone* backbone)
    : instance_(std::move(instance)), data_directory_(std::move(data_directory)), log_(log) {
    if (backbone != nullptr) port_ = std::make_unique<KernelPort>(*backbone, instance_);
    table_.size = sizeof table_;
    table_.abi_revision = OMS_ABI_REVISION;
    table_.context = this;
    table_.instance = sdk::text(instance_);
    table_.data_directory = sdk::text(data_directory_);
    table_.extension = extension;
    table_.log = PluginHost::log;
}

const std::vector<std::string>& PluginHost::capabilities() {
    static const std::vector<std::string> offered{OMS_CAPABILITY_PORT};
    return offered;
}

const void* PluginHost::extension(const oms_host* host, oms_text id) {
    const auto& self = *static_cast<PluginHost*>(host->context);
    if (sdk::view(id) != OMS_CAPABILITY_PORT || self.port_ == nullptr) return nullptr;
    return self.port_->table();
}

void PluginHost::log(const oms_host* host, std::uint32_t level, oms_text message) {
    auto& self = *static_cast<PluginHost*>(host->context);
    const auto known = static_cast<Level>(std::clamp(level, OMS_LOG_error, OMS_LOG_debug));
    try {
        if (known == Level::error) {
            const std::lock_guard lock(self.mutex_);
            self.last_error_ = sdk::view(message);
        }
        self.log_.write(known, self.instance_, sdk::view(message));
    } catch (...) {
        // No memory for a line of the log: the plugin's work goes on without it.
        return;
    }
}

std::string PluginHost::last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
}

}  // namespace oms::runtime
