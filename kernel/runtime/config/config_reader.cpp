// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/config_reader.hpp"

#include "lifecycle/yaml/compile.hpp"

#include <set>
#include <utility>

namespace oms::runtime {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

/// Reads a size or a count into whatever integer it is kept in.
template <class Number>
void set_size(yaml::Fields& fields, std::string_view key, Number& number, std::int64_t least) {
    const auto value = fields.size(key);
    if (!value) return;
    if (*value >= least) {
        number = static_cast<Number>(*value);
        return;
    }
    fields.problems().add(yaml::error_out_of_bounds, fields.node().find(key)->place(),
                          std::string(key) + " is " + yaml::size_text(*value) + ", the least is " +
                              yaml::size_text(least),
                          "make it larger");
}

template <class Number>
void set_count(yaml::Fields& fields, std::string_view key, Number& number, std::int64_t least,
               std::int64_t largest) {
    if (const auto value = fields.integer(key, yaml::Need::optional, least, largest))
        number = static_cast<Number>(*value);
}

void set_duration(yaml::Fields& fields, std::string_view key, std::int64_t& number,
                  std::int64_t unit_ms = 1) {
    if (const auto value = fields.duration_ms(key)) number = *value * unit_ms;
}

}  // namespace

Config ConfigReader::read(const yaml::Node& document, std::filesystem::path base) {
    config_.file = document.file();
    config_.base = std::move(base);
    {
        yaml::Fields fields(document, problems_, "the configuration");
        read_places(fields);
        if (const auto* section = fields.map("journal")) read_journal(*section);
        if (const auto* section = fields.map("limits")) read_limits(*section);
        if (const auto* section = fields.map("instances")) read_instances(*section);
        if (const auto* section = fields.list("lifecycles")) read_lifecycles(*section);
        if (const auto* section = fields.map("asset_classes")) read_asset_classes(*section);
        if (const auto* section = fields.map("kinds")) read_kinds(*section);
        if (const auto* section = fields.map("load")) read_load(*section);
        read_references(fields);
    }
    check();
    return std::move(config_);
}

std::string ConfigReader::path(const std::string& written) const {
    return (config_.base / written).lexically_normal().string();
}

void ConfigReader::each(const yaml::Node& map, std::string_view what,
                        const std::function<void(const yaml::Node&)>& visit) {
    for (const yaml::Node& node : map.items()) {
        if (is_code(node.key())) {
            visit(node);
            continue;
        }
        problems_.add(error_config_name, node.key_place(),
                      "\"" + node.key() + "\" is not a name for " + std::string(what),
                      "a name has 1 to 64 bytes without blanks");
    }
}

void ConfigReader::read_places(yaml::Fields& fields) {
    config_.data = path(fields.text("data").value_or("data"));
    if (const auto control = fields.text("control")) config_.control = path(*control);
    config_.search = source_.plugin_path;
    for (const std::string& folder : fields.texts("search").value_or(std::vector<std::string>()))
        config_.search.emplace_back(path(folder));
    for (const std::filesystem::path& folder : default_plugin_path())
        config_.search.push_back(folder);
    config_.start_halted_after_crash = fields.boolean("start_halted_after_crash").value_or(false);
}

void ConfigReader::read_journal(const yaml::Node& section) {
    yaml::Fields fields(section, problems_, "journal");
    set_size(fields, "segment", config_.journal.segment_bytes, std::int64_t{1} << 20);
    set_size(fields, "low_space", config_.journal.low_space_bytes, 0);
    if (const auto mark = fields.text("mark")) config_.journal.mark = path(*mark);
    set_count(fields, "snapshot_after", config_.snapshots.after_segments, 0, 1'000'000);
    set_count(fields, "snapshots_kept", config_.snapshots.kept, 1, 1'000);
    config_.journal.check_all = fields.boolean("check_all").value_or(false);
}

void ConfigReader::read_limits(const yaml::Node& section) {
    RuntimeLimits& limits = config_.limits;
    yaml::Fields fields(section, problems_, "limits");
    set_count(fields, "inputs_waiting", limits.kernel.inputs_waiting, 16, 10'000'000);
    set_size(fields, "input_memory", limits.kernel.input_bytes_waiting, std::int64_t{1} << 20);
    set_count(fields, "commit_inputs", limits.kernel.group_inputs, 1, 1'000'000);
    set_size(fields, "commit_bytes", limits.kernel.group_bytes, 4096);
    set_size(fields, "ring", limits.ring_bytes, std::int64_t{1} << 16);
    set_duration(fields, "plugin_stall", limits.plugin_stall_ms);
    set_duration(fields, "stop_timeout", limits.stop_timeout_ms);
    set_count(fields, "control_clients", limits.control_clients, 1, 1024);
    set_count(fields, "events_per_step", limits.engine.events_per_step, 1, 1'000'000);
    set_count(fields, "effects_per_step", limits.engine.effects_per_step, 100, 10'000'000);
    set_duration(fields, "retire_after", limits.engine.retire_after_ns, ns_per_ms);
    set_duration(fields, "key_window", limits.engine.key_window_ns, ns_per_ms);
}

void ConfigReader::read_instances(const yaml::Node& section) {
    const PluginCatalogue catalogue(config_.search, source_.plugins);
    each(section, "an instance", [&](const yaml::Node& node) { read_instance(node, catalogue); });
}

void ConfigReader::read_instance(const yaml::Node& node, const PluginCatalogue& catalogue) {
    yaml::Fields fields(node, problems_, "instance \"" + node.key() + "\"");
    const auto plugin = fields.text("plugin", yaml::required);
    const yaml::Node* settings = fields.any("settings");
    if (!plugin) return;
    yaml::Checked<PluginFile> file =
        catalogue.find(*plugin, config_.base, node.find("plugin")->place());
    if (!file) {
        for (const Error& error : file.error()) problems_.add(error);
        return;
    }
    yaml::Checked<Settings> checked = check_settings(file->manifest, settings, node.key_place());
    if (!checked)
        for (const Error& error : checked.error()) problems_.add(error);
    config_.instances.push_back({node.key(), node.key_place(), std::move(*file),
                                 checked ? std::move(*checked) : Settings()});
}

void ConfigReader::read_lifecycles(const yaml::Node& section) {
    for (const yaml::Node& node : section.items()) {
        const Result<std::string> written = yaml::as_text(node);
        if (!written) {
            problems_.add(written.error());
            continue;
        }
        yaml::Checked<lifecycle::Compiled> compiled = lifecycle::compile_file(path(*written));
        if (!compiled) {
            for (const Error& error : compiled.error()) problems_.add(error);
            continue;
        }
        for (Error& warning : compiled->warnings) warnings_.push_back(std::move(warning));
        if (config_.lifecycle(compiled->table.name) != nullptr) {
            problems_.add(error_config_lifecycle, node.place(),
                          "another lifecycle is called \"" + compiled->table.name + "\" as well",
                          "rename one of them, or leave it out");
            continue;
        }
        config_.lifecycles.push_back(std::move(compiled->table));
    }
}

void ConfigReader::read_asset_classes(const yaml::Node& section) {
    each(section, "an asset class", [&](const yaml::Node& node) {
        const Result<std::string> instance = yaml::as_text(node);
        if (!instance) return problems_.add(instance.error());
        config_.asset_classes.push_back({node.key(), node.place(), *instance});
    });
}

void ConfigReader::read_kinds(const yaml::Node& section) {
    each(section, "a kind of order", [&](const yaml::Node& node) { read_kind(node); });
}

void ConfigReader::read_kind(const yaml::Node& node) {
    yaml::Fields fields(node, problems_, "kind \"" + node.key() + "\"");
    KindSpec kind;
    kind.name = node.key();
    kind.place = node.key_place();
    kind.lifecycle = fields.text("lifecycle", yaml::required).value_or("");
    kind.route_lifecycle = fields.text("route_lifecycle", yaml::required).value_or("");
    kind.checks = fields.texts("checks").value_or(std::vector<std::string>());
    if (fields.has("routing") || fields.has("destinations"))
        kind.roles.push_back(read_role(fields, {}, kind.place));
    if (const yaml::Node* roles = fields.map("roles")) {
        each(*roles, "a role", [&](const yaml::Node& role_node) {
            yaml::Fields role_fields(role_node, problems_, "role \"" + role_node.key() + "\"");
            kind.roles.push_back(read_role(role_fields, role_node.key(), role_node.key_place()));
        });
    }
    ReferenceSpec reference;
    reference.reference_class = OMS_class_order_kind;
    reference.code = kind.name;
    reference.place = kind.place;
    config_.references.push_back(std::move(reference));
    config_.kinds.push_back(std::move(kind));
}

RoleSpec ConfigReader::read_role(yaml::Fields& fields, std::string name, std::string place) {
    RoleSpec role;
    role.name = std::move(name);
    role.place = std::move(place);
    role.routing = fields.text("routing").value_or("");
    role.destinations = fields.texts("destinations").value_or(std::vector<std::string>());
    role.takes = fields.texts("takes").value_or(std::vector<std::string>());
    return role;
}

void ConfigReader::read_load(const yaml::Node& section) {
    yaml::Fields fields(section, problems_, "load");
    const std::vector<std::string> none;
    for (const std::string& file : fields.texts("products").value_or(none))
        product_files_.push_back(path(file));
    for (const std::string& file : fields.texts("balances").value_or(none))
        config_.balance_files.push_back(path(file));
    if (const yaml::Node* tables = fields.list("tables"))
        for (const yaml::Node& node : tables->items()) read_table_file(node);
}

void ConfigReader::read_table_file(const yaml::Node& node) {
    if (!node.is_map()) {
        problems_.add(yaml::error_wrong_kind, node.place(),
                      "expected a map, found " + std::string(yaml::kind_text(node.kind())),
                      "write {instance: NAME, table: NAME, file: NAME.csv}");
        return;
    }
    yaml::Fields fields(node, problems_, "table file");
    TableFile file;
    file.instance = fields.text("instance", yaml::required).value_or("");
    file.table = fields.text("table", yaml::required).value_or("");
    file.path = path(fields.text("file", yaml::required).value_or(""));
    file.place = node.place();
    config_.table_files.push_back(std::move(file));
}

}  // namespace oms::runtime
