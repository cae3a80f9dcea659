// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_set.hpp"

#include "runtime/plugin_loader.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace oms::runtime {

namespace {

constexpr ErrorCode error_plugin_folder = 4215;

/// Readers come last, so that they see what the others do from the start.
int start_rank(PluginKind kind) {
    if (is_inside(kind)) return 0;
    return kind == PluginKind::subscriber ? 2 : 1;
}

template <class Binding, class Table>
Binding bound(const PluginInstance& instance, std::string_view capability) {
    Binding binding;
    binding.instance = instance.name();
    binding.plugin = instance.plugin();
    binding.capability = instance.capability<Table>(capability);
    return binding;
}

engine::KindBinding kind_binding(const Config& config, const KindSpec& kind) {
    engine::KindBinding binding;
    binding.kind = kind.name;
    binding.lifecycle = kind.lifecycle;
    binding.route_lifecycle = kind.route_lifecycle;
    binding.checks = kind.checks;
    const std::vector<std::string>& roles = config.lifecycle(kind.lifecycle)->roles;
    for (const RoleSpec& role : kind.roles) {
        // Without roles there is one kind of line, and its number is 0.
        const auto place = role.name.empty()
                               ? 0
                               : std::find(roles.begin(), roles.end(), role.name) - roles.begin();
        binding.roles[static_cast<std::size_t>(place)] = {role.routing, role.destinations,
                                                          role.takes};
    }
    return binding;
}

}  // namespace

const PluginInstance* PluginSet::find(std::string_view instance) const {
    for (const auto& known : instances_)
        if (known->name() == instance) return known.get();
    return nullptr;
}

yaml::Errors PluginSet::create(const Config& config, const Quarantine& quarantine,
                               const std::filesystem::path& data, Backbone& backbone) {
    yaml::Errors errors;
    for (const InstanceSpec& spec : config.instances) {
        if (Status created = create_one(spec, quarantine, data, backbone); !created)
            errors.push_back(created.error());
    }
    return errors;
}

Status PluginSet::create_one(const InstanceSpec& spec, const Quarantine& quarantine,
                             const std::filesystem::path& data, Backbone& backbone) {
    PluginInstance::Plan plan{spec.name, {}, spec.file, spec.settings};
    if (quarantine.has(spec.name)) {
        const std::string reason = quarantine.reason(spec.name);
        log_.error("oms", spec.name + " (" + plan.file.place() + ") is left out: " + reason +
                              "; what needs it is refused; mend or replace it and start with "
                              "--release " +
                              spec.name);
        instances_.push_back(PluginInstance::left_out(std::move(plan), reason, log_));
        return {};
    }
    if (!data.empty() && !is_inside(plan.file.manifest.kind())) {
        plan.data_directory = (data / "plugins" / spec.name).string();
        std::error_code error;
        std::filesystem::create_directories(plan.data_directory, error);
        if (error) {
            return fail(error_plugin_folder, plan.data_directory,
                        "the folder of the instance cannot be made: " + error.message(),
                        "see that the data directory can be written");
        }
    }
    if (Status loaded = load_plugin(plan.file); !loaded) return loaded;
    yaml::Checked<std::unique_ptr<PluginInstance>> created =
        PluginInstance::create(std::move(plan), log_, backbone);
    if (!created) return tl::unexpected(yaml::fold(created.error()));
    instances_.push_back(std::move(*created));
    return {};
}

engine::Bindings PluginSet::bindings(const Config& config) const {
    engine::Bindings bindings;
    bindings.lifecycles = config.lifecycles;
    bindings.limits = config.limits.engine;
    for (const KindSpec& kind : config.kinds) bindings.kinds.push_back(kind_binding(config, kind));
    for (const auto& instance : instances_) {
        for (const NamedHelp& event : instance->manifest().events)
            bindings.events.push_back(event.name);
        if (instance->capability<oms_check>(OMS_CAPABILITY_CHECK) != nullptr) {
            auto check = bound<engine::CheckBinding, oms_check>(*instance, OMS_CAPABILITY_CHECK);
            check.denial_codes = instance->manifest().denial_codes();
            bindings.checks.push_back(std::move(check));
        }
        if (instance->capability<oms_routing>(OMS_CAPABILITY_ROUTING) != nullptr)
            bindings.routings.push_back(
                bound<engine::RoutingBinding, oms_routing>(*instance, OMS_CAPABILITY_ROUTING));
        if (instance->capability<oms_facts>(OMS_CAPABILITY_FACTS) != nullptr)
            bindings.facts.push_back(
                bound<engine::FactsBinding, oms_facts>(*instance, OMS_CAPABILITY_FACTS));
    }
    for (const AssetClassSpec& spec : config.asset_classes) {
        const PluginInstance& instance = *find(spec.instance);
        auto asset_class =
            bound<engine::AssetClassBinding, oms_asset_class>(instance, OMS_CAPABILITY_ASSET_CLASS);
        asset_class.asset_class = spec.name;
        asset_class.denial_codes = instance.manifest().denial_codes();
        bindings.asset_classes.push_back(std::move(asset_class));
    }
    return bindings;
}

void PluginSet::set_instance_ids(const NameTable& names, CallMarks& marks) {
    for (const auto& instance : instances_) {
        const std::uint32_t id = names.find(OMS_class_plugin, instance->name());
        instance->host().set_instance_id(id);
        if (is_inside(instance->kind())) marks.name(id, instance->name());
    }
}

Status PluginSet::start(std::int64_t stop_timeout_ms) {
    std::vector<PluginInstance*> order;
    for (const auto& instance : instances_) order.push_back(instance.get());
    std::stable_sort(order.begin(), order.end(), [](const auto* left, const auto* right) {
        return start_rank(left->kind()) < start_rank(right->kind());
    });
    for (PluginInstance* instance : order) {
        // Also one that fails is stopped: it may have started some of its threads.
        started_.push_back(instance);
        if (Status started = instance->start(); !started) {
            stop(stop_timeout_ms);
            return started;
        }
    }
    return {};
}

void PluginSet::stop(std::int64_t timeout_ms) {
    while (!started_.empty()) {
        PluginInstance* instance = started_.back();
        started_.pop_back();
        if (Status stopped = instance->stop(timeout_ms); !stopped)
            log_.error("oms", to_text(stopped.error()));
    }
}

std::vector<InstanceStatus> PluginSet::status(const CallMarks& marks) const {
    std::vector<InstanceStatus> all;
    for (const auto& instance : instances_) {
        InstanceStatus& status = all.emplace_back();
        status.instance = instance->name();
        status.plugin = instance->manifest().id;
        status.version = instance->manifest().version;
        status.kind = name_of(instance->kind());
        status.file = instance->file();
        status.state = instance->state();
        const std::uint32_t id = instance->host().table()->instance_id;
        status.calls = marks.calls(id);
        status.faults = marks.faults(id);
        const auto* reader = instance->capability<oms_subscriber>(OMS_CAPABILITY_SUBSCRIBER);
        if (reader != nullptr && status.state == "running")
            status.shown_seq = reader->shown_seq(instance->plugin());
    }
    return all;
}

}  // namespace oms::runtime
