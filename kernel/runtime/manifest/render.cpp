// SPDX-License-Identifier: Apache-2.0
// A manifest written three ways: canonical YAML, for people, and JSON.
#include "runtime/manifest/manifest.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace oms::runtime {
namespace {

std::string scalar(std::string_view text) {
    return value_text(SettingType::text,
                      Value{.number = 0, .text = std::string(text), .items = {}});
}

template <class List, class Text>
std::string joined(const List& list, Text text, const char* between = ", ") {
    std::string result;
    for (const auto& item : list) {
        if (!result.empty()) result += between;
        result += text(item);
    }
    return result;
}

std::string id_of(const Capability& capability) { return capability.id; }
std::string same(const std::string& text) { return text; }

/// The type in which a bound is written.
SettingType bound_type(const SettingSpec& spec) {
    return spec.type == SettingType::integers ? SettingType::integer : spec.type;
}

std::string key_text(const std::vector<KeyColumn>& key) {
    const auto part = [](const KeyColumn& column) {
        return column.name + ": " + std::string(name_of(column.kind));
    };
    return "{" + joined(key, part) + "}";
}

// ---- canonical YAML
// ------------------------------------------------------------------------------

void append_requires(std::string& out, const Manifest& manifest) {
    const bool any = !manifest.requires_host.empty() || !manifest.requires_plugins.empty() ||
                     !manifest.requires_libraries.empty();
    if (!any) return;
    out += "requires:\n";
    const auto append = [&](const char* key, const std::string& list) {
        if (!list.empty()) out += std::string("  ") + key + ": [" + list + "]\n";
    };
    append("host", joined(manifest.requires_host, id_of));
    append("plugins", joined(manifest.requires_plugins, id_of));
    append("libraries",
           joined(manifest.requires_libraries, [](const std::string& s) { return scalar(s); }));
}

void append_setting(std::string& out, const SettingSpec& spec) {
    out += "  " + spec.name + ":\n    type: " + std::string(name_of(spec.type)) + "\n";
    if (spec.type == SettingType::decimal) out += "    scale: " + std::to_string(spec.scale) + "\n";
    if (!spec.choices.empty()) {
        const Value choices{.number = 0, .text = {}, .items = spec.choices};
        out += "    choices: " + value_text(SettingType::texts, choices) + "\n";
    }
    if (spec.required) out += "    required: true\n";
    if (spec.fallback) out += "    default: " + value_text(spec.type, *spec.fallback) + "\n";
    if (!spec.unit.empty()) out += "    unit: " + scalar(spec.unit) + "\n";
    if (spec.minimum) out += "    minimum: " + value_text(bound_type(spec), *spec.minimum) + "\n";
    if (spec.maximum) out += "    maximum: " + value_text(bound_type(spec), *spec.maximum) + "\n";
    out += "    help: " + scalar(spec.help) + "\n";
}

void append_cell(std::string& out, const CellSpec& cell, const std::string& indent) {
    out += indent + cell.name + ":\n";
    const std::string inner = indent + "  ";
    out += inner + "number: " + std::to_string(cell.number) + "\n";
    out += inner + "type: " + std::string(name_of(cell.type)) + "\n";
    if (cell.type == ValueType::decimal) {
        out += inner + "scale: " + std::to_string(cell.scale) + "\n";
    }
    if (!cell.unit.empty()) out += inner + "unit: " + scalar(cell.unit) + "\n";
    if (!cell.key.empty()) out += inner + "key: " + key_text(cell.key) + "\n";
    out += inner + "help: " + scalar(cell.help) + "\n";
}

void append_table(std::string& out, const TableSpec& table) {
    out += "  " + table.name + ":\n";
    if (!table.help.empty()) out += "    help: " + scalar(table.help) + "\n";
    out += "    key: " + key_text(table.key) + "\n    values:\n";
    for (const CellSpec& value : table.values) append_cell(out, value, "      ");
}

void append_named(std::string& out, const char* key, const std::vector<NamedHelp>& list) {
    if (list.empty()) return;
    out += std::string(key) + ":\n";
    for (const NamedHelp& item : list) out += "  " + item.name + ": " + scalar(item.help) + "\n";
}

// ---- for people
// ----------------------------------------------------------------------------------

/// Rows of a left and a right column, the left one as wide as its widest entry.
void append_rows(std::string& out, const std::string& title,
                 const std::vector<std::pair<std::string, std::string>>& rows) {
    if (rows.empty()) return;
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, row.first.size());
    out += "\n" + title + "\n";
    for (const auto& [left, right] : rows) {
        out += "  " + left + std::string(width - left.size() + 2, ' ') + right + "\n";
    }
}

std::string setting_text(const SettingSpec& spec) {
    std::string text = std::string(name_of(spec.type));
    if (!spec.choices.empty()) text += " of " + joined(spec.choices, same);
    if (!spec.unit.empty()) text += " in " + spec.unit;
    const auto bound = [&](const Value& value) { return value_text(bound_type(spec), value); };
    if (spec.minimum && spec.maximum) {
        text += ", " + bound(*spec.minimum) + " to " + bound(*spec.maximum);
    } else if (spec.minimum) {
        text += ", at least " + bound(*spec.minimum);
    } else if (spec.maximum) {
        text += ", at most " + bound(*spec.maximum);
    }
    if (spec.required) text += ", required";
    if (spec.fallback) text += ", default " + value_text(spec.type, *spec.fallback);
    return text + ". " + spec.help;
}

std::string cell_text(const CellSpec& cell) {
    std::string text = std::string(name_of(cell.type));
    if (!cell.unit.empty()) text += " in " + cell.unit;
    if (!cell.key.empty()) {
        text += " by " + joined(cell.key, [](const KeyColumn& column) { return column.name; });
    }
    return text + ". " + cell.help;
}

// ---- JSON
// ----------------------------------------------------------------------------------------

std::string json_string(std::string_view text) {
    std::string out;
    sdk::append_json_string(out, text);
    return out;
}

template <class List, class Text>
std::string json_list(const List& list, Text text) {
    return "[" + joined(list, text, ",") + "]";
}

std::string json_member(const char* name, const std::string& value) {
    return "\"" + std::string(name) + "\":" + value;
}

std::string json_value(const SettingSpec& spec, const Value& value, bool bound) {
    switch (bound ? bound_type(spec) : spec.type) {
        case SettingType::integer: return std::to_string(value.number);
        case SettingType::boolean: return value.number != 0 ? "true" : "false";
        case SettingType::duration: return json_string(yaml::duration_text(value.number));
        case SettingType::size: return json_string(yaml::size_text(value.number));
        case SettingType::texts: return json_list(value.items, json_string);
        case SettingType::integers: return json_list(value.items, same);
        case SettingType::text:
        case SettingType::decimal:
        case SettingType::choice:
        case SettingType::secret:
        case SettingType::path: break;
    }
    return json_string(value.text);
}

std::string json_setting(const SettingSpec& spec) {
    std::string out = "{" + json_member("name", json_string(spec.name)) + "," +
                      json_member("type", json_string(name_of(spec.type)));
    const auto add = [&](const char* name, const std::string& value) {
        out += "," + json_member(name, value);
    };
    if (spec.type == SettingType::decimal) add("scale", std::to_string(spec.scale));
    if (!spec.choices.empty()) add("choices", json_list(spec.choices, json_string));
    add("required", spec.required ? "true" : "false");
    if (spec.fallback) add("default", json_value(spec, *spec.fallback, false));
    if (!spec.unit.empty()) add("unit", json_string(spec.unit));
    if (spec.minimum) add("minimum", json_value(spec, *spec.minimum, true));
    if (spec.maximum) add("maximum", json_value(spec, *spec.maximum, true));
    add("help", json_string(spec.help));
    return out + "}";
}

std::string json_key(const std::vector<KeyColumn>& key) {
    return json_list(key, [](const KeyColumn& column) {
        return "{" + json_member("name", json_string(column.name)) + "," +
               json_member("kind", json_string(name_of(column.kind))) + "}";
    });
}

std::string json_cell(const CellSpec& cell, bool with_key) {
    std::string out = "{" + json_member("name", json_string(cell.name)) + "," +
                      json_member("number", std::to_string(cell.number)) + "," +
                      json_member("type", json_string(name_of(cell.type)));
    if (cell.type == ValueType::decimal) {
        out += "," + json_member("scale", std::to_string(cell.scale));
    }
    if (!cell.unit.empty()) out += "," + json_member("unit", json_string(cell.unit));
    if (with_key) out += "," + json_member("key", json_key(cell.key));
    return out + "," + json_member("help", json_string(cell.help)) + "}";
}

std::string json_table(const TableSpec& table) {
    std::string out = "{" + json_member("name", json_string(table.name));
    if (!table.help.empty()) out += "," + json_member("help", json_string(table.help));
    out += "," + json_member("key", json_key(table.key));
    const auto value = [](const CellSpec& cell) { return json_cell(cell, false); };
    return out + "," + json_member("values", json_list(table.values, value)) + "}";
}

std::string json_named(const NamedHelp& item) {
    return "{" + json_member("name", json_string(item.name)) + "," +
           json_member("help", json_string(item.help)) + "}";
}

}  // namespace

std::string canonical_text(const Manifest& manifest) {
    std::string out = "id: " + manifest.id + "\nname: " + scalar(manifest.name) +
                      "\nversion: " + scalar(manifest.version) +
                      "\nabi: " + std::to_string(manifest.abi) +
                      "\nmaturity: " + std::string(name_of(manifest.maturity)) +
                      "\nsummary: " + scalar(manifest.summary) + "\nprovides: [" +
                      joined(manifest.provides, id_of) + "]\n";
    append_requires(out, manifest);
    if (!manifest.settings.empty()) out += "settings:\n";
    for (const SettingSpec& spec : manifest.settings) append_setting(out, spec);
    if (!manifest.cells.empty()) out += "cells:\n";
    for (const CellSpec& cell : manifest.cells) append_cell(out, cell, "  ");
    if (!manifest.tables.empty()) out += "tables:\n";
    for (const TableSpec& table : manifest.tables) append_table(out, table);
    append_named(out, "events", manifest.events);
    append_named(out, "denials", manifest.denials);
    return out;
}

std::string describe(const Manifest& manifest) {
    std::string out = manifest.name + " " + manifest.version + " (" + manifest.id + "), " +
                      std::string(name_of(manifest.kind())) + ", " +
                      std::string(name_of(manifest.maturity)) + ", contract revision " +
                      std::to_string(manifest.abi) + "\n" + manifest.summary + "\n";
    using Rows = std::vector<std::pair<std::string, std::string>>;
    Rows contract = {{"provides", joined(manifest.provides, id_of)}};
    const auto needs = [&](const char* what, const std::string& list) {
        if (!list.empty()) contract.emplace_back(what, list);
    };
    needs("needs of the host", joined(manifest.requires_host, id_of));
    needs("needs of other plugins", joined(manifest.requires_plugins, id_of));
    needs("needs shared libraries", joined(manifest.requires_libraries, same));
    append_rows(out, "Contract", contract);

    Rows settings;
    for (const SettingSpec& spec : manifest.settings) {
        settings.emplace_back(spec.name, setting_text(spec));
    }
    append_rows(out, "Settings", settings);
    Rows cells;
    for (const CellSpec& cell : manifest.cells) cells.emplace_back(cell.name, cell_text(cell));
    append_rows(out, "Cells", cells);
    for (const TableSpec& table : manifest.tables) {
        Rows values;
        for (const CellSpec& value : table.values)
            values.emplace_back(value.name, cell_text(value));
        const auto part = [](const KeyColumn& column) { return column.name; };
        append_rows(out, "Table " + table.name + " by " + joined(table.key, part), values);
    }
    const auto named = [&](const char* title, const std::vector<NamedHelp>& list) {
        Rows rows;
        for (const NamedHelp& item : list) rows.emplace_back(item.name, item.help);
        append_rows(out, title, rows);
    };
    named("Events", manifest.events);
    named("Denials", manifest.denials);
    return out;
}

std::string to_json(const Manifest& manifest) {
    const auto id = [](const Capability& capability) { return json_string(capability.id); };
    std::string out = "{" + json_member("id", json_string(manifest.id));
    const auto add = [&](const char* name, const std::string& value) {
        out += "," + json_member(name, value);
    };
    add("name", json_string(manifest.name));
    add("version", json_string(manifest.version));
    add("abi", std::to_string(manifest.abi));
    add("maturity", json_string(name_of(manifest.maturity)));
    add("kind", json_string(name_of(manifest.kind())));
    add("summary", json_string(manifest.summary));
    add("provides", json_list(manifest.provides, id));
    if (!manifest.requires_host.empty())
        add("requires_host", json_list(manifest.requires_host, id));
    if (!manifest.requires_plugins.empty()) {
        add("requires_plugins", json_list(manifest.requires_plugins, id));
    }
    if (!manifest.requires_libraries.empty()) {
        add("requires_libraries", json_list(manifest.requires_libraries, json_string));
    }
    if (!manifest.settings.empty()) add("settings", json_list(manifest.settings, json_setting));
    const auto cell = [](const CellSpec& spec) { return json_cell(spec, true); };
    if (!manifest.cells.empty()) add("cells", json_list(manifest.cells, cell));
    if (!manifest.tables.empty()) add("tables", json_list(manifest.tables, json_table));
    if (!manifest.events.empty()) add("events", json_list(manifest.events, json_named));
    if (!manifest.denials.empty()) add("denials", json_list(manifest.denials, json_named));
    return out + "}";
}

}  // namespace oms::runtime
