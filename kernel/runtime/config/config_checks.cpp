// SPDX-License-Identifier: Apache-2.0
// What holds between the sections of a configuration: each name that one of them uses is another's.
#include "runtime/config/config_reader.hpp"
#include "runtime/plugin_host.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <set>

namespace oms::runtime {

namespace {

template <class Specs>
std::vector<std::string> names_of(const Specs& specs) {
    std::vector<std::string> names;
    for (const auto& spec : specs) names.push_back(spec.name);
    return names;
}

std::string known_names(const std::vector<std::string>& known) {
    return known.empty() ? "none is configured" : "known are " + sdk::name_list(known);
}

bool provides(const Manifest& manifest, std::string_view capability) {
    return std::any_of(manifest.provides.begin(), manifest.provides.end(),
                       [&](const Capability& offered) { return offered.id == capability; });
}

std::string capability_of(PluginKind kind) { return "oms." + std::string(name_of(kind)) + "/1"; }

}  // namespace

void ConfigReader::unknown(const std::string& place, std::string_view what, std::string_view name,
                           const std::vector<std::string>& known) {
    problems_.add(error_config_unknown, place,
                  "there is no " + std::string(what) + " \"" + std::string(name) + "\"" +
                      sdk::did_you_mean(name, known),
                  known_names(known));
}

std::vector<std::string> ConfigReader::codes(std::uint32_t reference_class) const {
    std::vector<std::string> codes;
    for (const ReferenceSpec& spec : config_.references)
        if (spec.reference_class == reference_class) codes.push_back(spec.code);
    return codes;
}

void ConfigReader::check() {
    for (const AssetClassSpec& asset_class : config_.asset_classes)
        check_plugin_of(asset_class.place, asset_class.instance, PluginKind::asset_class);
    for (const KindSpec& kind : config_.kinds) check_kind(kind);
    for (const InstanceSpec& instance : config_.instances) check_capabilities(instance);
    for (const ReferenceSpec& spec : config_.references) check_reference(spec);
    for (const TableFile& file : config_.table_files) check_table_file(file);
}

void ConfigReader::check_plugin_of(const std::string& place, const std::string& instance,
                                   PluginKind kind) {
    const InstanceSpec* found = config_.instance(instance);
    if (found == nullptr) return unknown(place, "instance", instance, names_of(config_.instances));
    if (provides(found->file.manifest, capability_of(kind))) return;
    problems_.add(error_config_kind, place,
                  "\"" + instance + "\" is a plugin of the kind " +
                      std::string(name_of(found->file.manifest.kind())) + ", a " +
                      std::string(name_of(kind)) + " is needed here",
                  "name an instance whose plugin provides " + capability_of(kind));
}

void ConfigReader::check_lifecycle(const std::string& place, const std::string& name,
                                   lifecycle::Attach attach) {
    if (name.empty()) return;  // said already: it is required
    const lifecycle::Table* table = config_.lifecycle(name);
    if (table == nullptr) return unknown(place, "lifecycle", name, names_of(config_.lifecycles));
    if (table->attach == attach) return;
    const bool of_orders = attach == lifecycle::Attach::order;
    problems_.add(error_config_lifecycle, place,
                  "lifecycle \"" + name + "\" is one of " + (of_orders ? "routes" : "orders") +
                      ", and one of " + (of_orders ? "orders" : "routes") + " is needed here",
                  "`lifecycle` takes one that attaches to orders, `route_lifecycle` to routes");
}

void ConfigReader::check_kind(const KindSpec& kind) {
    check_lifecycle(kind.place, kind.lifecycle, lifecycle::Attach::order);
    check_lifecycle(kind.place, kind.route_lifecycle, lifecycle::Attach::route);
    for (const std::string& check : kind.checks)
        check_plugin_of(kind.place, check, PluginKind::check);
    for (const RoleSpec& role : kind.roles) check_role(kind, role);
}

void ConfigReader::check_role(const KindSpec& kind, const RoleSpec& role) {
    if (!role.routing.empty()) check_plugin_of(role.place, role.routing, PluginKind::routing);
    for (const std::string& destination : role.destinations) {
        if (config_.reference(OMS_class_destination, destination) == nullptr)
            unknown(role.place, "destination", destination, codes(OMS_class_destination));
    }
    std::vector<std::string> known = codes(OMS_class_asset_class);
    for (std::string& code : codes(OMS_class_product)) known.push_back(std::move(code));
    for (const std::string& taken : role.takes)
        if (std::find(known.begin(), known.end(), taken) == known.end())
            unknown(role.place, "asset class or product", taken, known);
    const lifecycle::Table* table = config_.lifecycle(kind.lifecycle);
    if (table == nullptr) return;
    if (role.name.empty() && table->roles.empty()) return;
    if (role.name.empty()) {
        problems_.add(error_config_role, role.place,
                      "lifecycle \"" + table->name +
                          "\" tells roles apart, and the routing here "
                          "is for none of them",
                      "write it under roles: " + sdk::name_list(table->roles));
        return;
    }
    if (std::find(table->roles.begin(), table->roles.end(), role.name) != table->roles.end())
        return;
    problems_.add(error_config_role, role.place,
                  "lifecycle \"" + table->name + "\" has no role \"" + role.name + "\"" +
                      sdk::did_you_mean(role.name, table->roles),
                  table->roles.empty()
                      ? "it names no roles: write routing and destinations beside the lifecycle"
                      : "its roles are " + sdk::name_list(table->roles));
}

void ConfigReader::check_capabilities(const InstanceSpec& instance) {
    const Manifest& manifest = instance.file.manifest;
    for (const Capability& needed : manifest.requires_host) {
        const auto& offered = PluginHost::capabilities();
        if (std::find(offered.begin(), offered.end(), needed.id) != offered.end()) continue;
        problems_.add(error_plugin_needs_host, instance.place,
                      instance.file.place() + " needs " + needed.id +
                          " of the host, which this oms does not offer",
                      "use the oms that it was made for; offered are " + sdk::name_list(offered));
    }
    for (const Capability& needed : manifest.requires_plugins) {
        const bool there = std::any_of(
            config_.instances.begin(), config_.instances.end(),
            [&](const InstanceSpec& other) { return provides(other.file.manifest, needed.id); });
        if (there) continue;
        problems_.add(error_plugin_needs_plugin, instance.place,
                      instance.file.place() + " needs a plugin that provides " + needed.id +
                          ", and none is configured",
                      "configure an instance of such a plugin");
    }
}

void ConfigReader::check_reference(const ReferenceSpec& spec) {
    const auto must_be = [&](std::uint32_t reference_class, const std::string& code) {
        if (code.empty() || config_.reference(reference_class, code) != nullptr) return;
        const std::string what(sdk::code_name(sdk::class_names, reference_class));
        unknown(spec.place, what == "asset_class" ? "asset class" : what, code,
                codes(reference_class));
    };
    switch (spec.reference_class) {
        case OMS_class_account: must_be(OMS_class_account, spec.group); break;
        case OMS_class_product: must_be(OMS_class_asset_class, spec.group); break;
        case OMS_class_destination:
            must_be(OMS_class_account, spec.group);
            must_be(OMS_class_channel, spec.via);
            break;
        default: break;
    }
}

void ConfigReader::check_table_file(const TableFile& file) {
    const InstanceSpec* instance = config_.instance(file.instance);
    if (instance == nullptr)
        return unknown(file.place, "instance", file.instance, names_of(config_.instances));
    if (instance->file.manifest.table(file.table) != nullptr) return;
    unknown(file.place, "table", file.table, names_of(instance->file.manifest.tables));
}

}  // namespace oms::runtime
