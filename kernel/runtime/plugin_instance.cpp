// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_instance.hpp"

#include "runtime/left_out.hpp"

#include <oms/abi/asset_class.h>
#include <oms/abi/check.h>
#include <oms/abi/facts.h>
#include <oms/abi/routing.h>

#include <chrono>
#include <exception>
#include <future>
#include <thread>
#include <utility>

namespace oms::runtime {

namespace {

template <class Table, class... Functions>
bool has_all(const void* raw, Functions... functions) {
    const auto* table = static_cast<const Table*>(raw);
    return table->size >= sizeof(Table) && (((table->*functions) != nullptr) && ...);
}

}  // namespace

bool is_complete_capability(std::string_view id, const void* table) {
    if (table == nullptr) return false;
    if (id == OMS_CAPABILITY_ASSET_CLASS)
        return has_all<oms_asset_class>(table, &oms_asset_class::validate,
                                        &oms_asset_class::reserve, &oms_asset_class::post);
    if (id == OMS_CAPABILITY_CHECK) return has_all<oms_check>(table, &oms_check::evaluate);
    if (id == OMS_CAPABILITY_ROUTING) return has_all<oms_routing>(table, &oms_routing::plan);
    if (id == OMS_CAPABILITY_FACTS) return has_all<oms_facts>(table, &oms_facts::evaluate);
    if (id == OMS_CAPABILITY_CONNECTOR) return has_all<oms_connector>(table);
    if (id == OMS_CAPABILITY_SUBSCRIBER)
        return has_all<oms_subscriber>(table, &oms_subscriber::shown_seq);
    return true;  // a capability of a plugin's own: what it holds is between it and its users
}

Error PluginInstance::fault(ErrorCode code, const std::string& reason,
                            const std::string& remedy) const {
    return {code, plan_.name + " (" + file() + ")", reason, remedy};
}

yaml::Checked<std::unique_ptr<PluginInstance>> PluginInstance::create(Plan plan, Log& log,
                                                                      Backbone& backbone) {
    std::unique_ptr<PluginInstance> instance(new PluginInstance(std::move(plan)));
    yaml::Checked<ContractSettings> settings = ContractSettings::make(instance->plan_.settings);
    if (!settings) return tl::unexpected(settings.error());
    instance->contract_settings_ = std::make_unique<ContractSettings>(std::move(*settings));
    instance->host_ =
        std::make_unique<PluginHost>(instance->plan_.name, instance->plan_.data_directory, log,
                                     is_inside(instance->kind()) ? nullptr : &backbone);
    Status made = instance->make();
    if (made) made = instance->check_capabilities();
    if (!made) return tl::unexpected(yaml::Errors{made.error()});
    return instance;
}

std::unique_ptr<PluginInstance> PluginInstance::left_out(Plan plan, std::string reason, Log& log) {
    std::unique_ptr<PluginInstance> instance(new PluginInstance(std::move(plan)));
    instance->left_out_reason_ = reason.empty() ? "quarantined" : std::move(reason);
    instance->host_ =
        std::make_unique<PluginHost>(instance->plan_.name, std::string(), log, nullptr);
    return instance;
}

PluginInstance::~PluginInstance() {
    if (state_ == State::lost) {
        // A thread of it may still run: what it can reach stays where it is.
        static_cast<void>(host_.release());
        static_cast<void>(contract_settings_.release());
    } else if (plugin_ != nullptr) {
        plan_.file.entry->destroy(plugin_);
    }
}

std::string_view PluginInstance::state() const {
    if (is_left_out()) return "quarantined";
    switch (state_) {
        case State::created: return "created";
        case State::running: return "running";
        case State::stopped: return "stopped";
        case State::lost: return "did not stop";
    }
    return "?";
}

Status PluginInstance::make() {
    const auto failed = [&](const std::string& reason) {
        return tl::unexpected(fault(error_plugin_create, "the plugin cannot be created: " + reason,
                                    "see what it says about its settings and surroundings"));
    };
    try {
        const oms_status status =
            plan_.file.entry->create(host_->table(), contract_settings_->get(), &plugin_);
        if (status != OMS_OK) {
            plugin_ = nullptr;
            const std::string words = host_->last_error();
            return failed(words.empty() ? std::string(sdk::status_text(status)) : words);
        }
    } catch (const std::exception& thrown) {
        plugin_ = nullptr;
        return failed(std::string("it threw an exception: ") + thrown.what());
    } catch (...) {
        plugin_ = nullptr;
        return failed("it threw something that is no exception");
    }
    if (plugin_ == nullptr) return failed("it answered that all is well, and made nothing");
    return {};
}

Status PluginInstance::check_capabilities() const {
    for (const Capability& promised : manifest().provides) {
        const void* table = plan_.file.entry->extension(plugin_, sdk::text(promised.id));
        if (table == nullptr) {
            return tl::unexpected(
                fault(error_plugin_capability,
                      "its manifest promises " + promised.id + ", and it does not offer that",
                      "derive the plugin's class from what it provides, or mend the manifest"));
        }
        if (!is_complete_capability(promised.id, table)) {
            return tl::unexpected(
                fault(error_plugin_table, "its table of " + promised.id + " is incomplete",
                      "fill every function of the table, or use the SDK's class"));
        }
    }
    return {};
}

const void* PluginInstance::find_capability(std::string_view id) const {
    bool promised = false;
    for (const Capability& offered : manifest().provides) promised = promised || offered.id == id;
    if (!promised) return nullptr;
    if (is_left_out()) return left_out_table(id);
    return plan_.file.entry->extension(plugin_, sdk::text(id));
}

Status PluginInstance::start() {
    if (is_left_out()) return {};
    const auto failed = [&](const std::string& reason) {
        return tl::unexpected(fault(error_plugin_start, "the plugin did not start: " + reason,
                                    "see what it says; the others were stopped again"));
    };
    state_ = State::running;
    try {
        const oms_status status = plan_.file.entry->start(plugin_);
        if (status == OMS_OK) return {};
        const std::string words = host_->last_error();
        return failed(words.empty() ? std::string(sdk::status_text(status)) : words);
    } catch (const std::exception& thrown) {
        return failed(std::string("it threw an exception: ") + thrown.what());
    } catch (...) {
        return failed("it threw something that is no exception");
    }
}

Status PluginInstance::stop(std::int64_t timeout_ms) {
    if (is_left_out() || state_ != State::running) return {};
    if (KernelPort* port = host_->port(); port != nullptr) port->wake();
    // Another thread stops it, so that this one can give it up.
    std::promise<void> stopped;
    std::future<void> done = stopped.get_future();
    std::thread stopper(
        [entry = plan_.file.entry, plugin = plugin_, stopped = std::move(stopped)]() mutable {
            try {
                entry->stop(plugin);
            } catch (...) {
                // It is stopped as far as it goes.
            }
            stopped.set_value();
        });
    if (done.wait_for(std::chrono::milliseconds(timeout_ms)) == std::future_status::ready) {
        stopper.join();
        state_ = State::stopped;
        if (KernelPort* port = host_->port(); port != nullptr) port->stop();
        return {};
    }
    stopper.detach();
    state_ = State::lost;
    if (KernelPort* port = host_->port(); port != nullptr) port->stop();
    return tl::unexpected(fault(
        error_plugin_stop, "the plugin did not stop within " + std::to_string(timeout_ms) + " ms",
        "it is given up; what it had under way is in doubt and is asked "
        "about after the next start"));
}

}  // namespace oms::runtime
