// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/manifest.hpp"

#include "model/assert.hpp"
#include "runtime/manifest/names.hpp"

#include <oms/abi/base.h>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace oms::runtime {
namespace {

using yaml::Fields;
using yaml::Node;
using yaml::Problems;
using yaml::required;

constexpr std::int64_t highest_cell_number = 65'535;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::optional<PluginKind> kind_of_capability(std::string_view capability_name) {
    const std::vector<std::string> names = plugin_kind_names();
    for (std::size_t at = 0; at < names.size(); ++at) {
        if (capability_name == "oms." + names[at]) return static_cast<PluginKind>(at);
    }
    return std::nullopt;
}

/// Reads one manifest; what is wrong with it piles up in `problems`.
class ManifestReader {
public:
    explicit ManifestReader(Problems& problems) : problems_(problems) {}

    Manifest read(const Node& root) {
        Fields fields(root, problems_, "manifest");
        read_identity(fields);
        if (const Node* list = fields.list("provides", required)) {
            manifest_.provides = read_capabilities(*list);
            check_provided(*list);
        }
        if (const Node* map = fields.map("requires")) read_required(*map);
        if (const Node* map = fields.map("settings")) read_settings(*map);
        if (const Node* map = fields.map("cells")) read_cells(*map);
        if (const Node* map = fields.map("tables")) read_tables(*map);
        manifest_.events = read_named(fields, "events", "event");
        manifest_.denials = read_named(fields, "denials", "denial");
        fields.finish();
        return std::move(manifest_);
    }

private:
    void read_identity(Fields& fields);
    std::vector<Capability> read_capabilities(const Node& list);
    void check_provided(const Node& list);
    void read_required(const Node& map);
    void read_settings(const Node& map);
    SettingSpec read_setting(const Node& node);
    void read_bounds(Fields& fields, SettingSpec& spec);
    void check_parts(Fields& fields, SettingSpec& spec);
    void read_fallback(Fields& fields, SettingSpec& spec);
    void read_cells(const Node& map);
    void read_tables(const Node& map);
    CellSpec read_cell(const Node& node, const std::string& what,
                       const std::vector<KeyColumn>* table_key);
    std::vector<KeyColumn> read_key(Fields& fields, yaml::Need need);
    std::vector<NamedHelp> read_named(Fields& fields, std::string_view key, const char* what);
    std::uint32_t read_scale(Fields& fields, bool decimal);
    std::string read_help(Fields& fields, std::string_view key = "help");
    bool check_name(const Node& node, const char* what);

    Problems& problems_;
    Manifest manifest_;
    std::set<std::uint32_t> cell_numbers_;
};

void ManifestReader::read_identity(Fields& fields) {
    manifest_.id = fields.text("id", required).value_or("");
    if (!manifest_.id.empty() && !is_dotted_id(manifest_.id)) {
        problems_.add(error_manifest_name, fields.node().find("id")->place(),
                      quoted(manifest_.id) + " is not an id",
                      "use small letters, digits and underscores with points between them, such "
                      "as example.limits");
    }
    manifest_.name = fields.text("name", required).value_or("");
    if (const Node* name = fields.node().find("name"); name != nullptr && name->is_scalar()) {
        if (!is_identifier(name->text()) || is_reserved(name->text())) {
            problems_.add(error_manifest_name, name->place(),
                          quoted(name->text()) + " is not a name",
                          "use small letters, digits and underscores, such as limits");
        }
    }
    manifest_.version = fields.text("version", required).value_or("");
    if (!manifest_.version.empty() && !is_semantic_version(manifest_.version)) {
        problems_.add(error_manifest_version, fields.node().find("version")->place(),
                      quoted(manifest_.version) + " is not a semantic version",
                      "write three numbers with points between them, such as 1.0.0");
    }
    manifest_.abi =
        static_cast<std::uint32_t>(fields.integer("abi", required, 0, 1'000'000).value_or(0));
    manifest_.maturity =
        static_cast<Maturity>(fields.choice("maturity", maturity_names(), required).value_or(0));
    manifest_.summary = read_help(fields, "summary");
}

std::vector<Capability> ManifestReader::read_capabilities(const Node& list) {
    std::vector<Capability> capabilities;
    std::set<std::string> seen;
    for (const Node& item : list.items()) {
        const Result<std::string> text = yaml::as_text(item);
        if (!text) {
            problems_.add(text.error());
            continue;
        }
        const std::size_t slash = text->find('/');
        const std::string_view digits =
            slash == std::string::npos ? "" : std::string_view(*text).substr(slash + 1);
        Capability capability{.id = *text, .name = text->substr(0, slash), .revision = 0};
        const char* const last = digits.data() + digits.size();
        const auto [end, status] = std::from_chars(digits.data(), last, capability.revision);
        if (!is_dotted_id(capability.name) || digits.empty() || digits[0] == '0' ||
            status != std::errc{} || end != last) {
            problems_.add(error_manifest_capability, item.place(),
                          quoted(*text) + " is not a capability",
                          "write its name and revision, such as oms.check/1");
        } else if (!seen.insert(capability.name).second) {
            problems_.add(error_manifest_capability, item.place(),
                          "the capability " + quoted(capability.name) + " comes twice",
                          "keep one of the two");
        } else {
            capabilities.push_back(std::move(capability));
        }
    }
    return capabilities;
}

void ManifestReader::check_provided(const Node& list) {
    std::vector<std::string> known;
    for (const std::string& kind : plugin_kind_names()) known.push_back("oms." + kind);
    bool any = false;
    for (const Node& item : list.items()) {
        const std::string capability_name = item.text().substr(0, item.text().find('/'));
        const bool is_known = kind_of_capability(capability_name).has_value();
        any = any || is_known;
        if (is_known || capability_name.rfind("oms.", 0) != 0) continue;
        problems_.add(error_manifest_capability, item.place(),
                      "the kernel knows no capability " + quoted(capability_name) +
                          sdk::did_you_mean(capability_name, known),
                      "use one of: " + sdk::name_list(known));
        any = true;  // One message about one word is enough.
    }
    if (!any) {
        problems_.add(error_manifest_capability, list.place(),
                      "the plugin provides nothing that the kernel could call",
                      "provide one of: " + sdk::name_list(known));
    }
}

void ManifestReader::read_required(const Node& map) {
    Fields fields(map, problems_, "requires");
    if (const Node* list = fields.list("host")) {
        manifest_.requires_host = read_capabilities(*list);
    }
    if (const Node* list = fields.list("plugins")) {
        manifest_.requires_plugins = read_capabilities(*list);
    }
    manifest_.requires_libraries = fields.texts("libraries").value_or(std::vector<std::string>{});
    for (const std::string& library : manifest_.requires_libraries) {
        if (!library.empty() && library.find('/') == std::string::npos) continue;
        problems_.add(error_manifest_text, map.find("libraries")->place(),
                      quoted(library) + " is not the name of a shared library",
                      "write what the dynamic linker looks for, such as libssl.so.3");
    }
    fields.finish();
}

/// Names in a manifest become names in C++.
bool ManifestReader::check_name(const Node& node, const char* what) {
    if (!is_identifier(node.key())) {
        problems_.add(error_manifest_name, node.key_place(),
                      quoted(node.key()) + " cannot name a " + what,
                      "use small letters, digits and underscores, a letter first, at most " +
                          std::to_string(manifest_max_name));
        return false;
    }
    if (is_reserved(node.key())) {
        problems_.add(error_manifest_name, node.key_place(),
                      quoted(node.key()) + " cannot name a " + what +
                          ": it means something in C++, where the name is used too",
                      "use another name");
        return false;
    }
    return true;
}

std::string ManifestReader::read_help(Fields& fields, std::string_view key) {
    std::optional<std::string> help = fields.text(key, required);
    if (!help) return "";
    if (help->empty() || help->size() > manifest_max_help) {
        problems_.add(error_manifest_text, fields.node().find(key)->place(),
                      quoted(key) + " has " + std::to_string(help->size()) + " bytes",
                      "write a sentence of at most " + std::to_string(manifest_max_help));
    }
    return std::move(*help);
}

void ManifestReader::read_settings(const Node& map) {
    for (const Node& item : map.items()) {
        if (check_name(item, "setting")) manifest_.settings.push_back(read_setting(item));
    }
}

SettingSpec ManifestReader::read_setting(const Node& node) {
    SettingSpec spec;
    spec.name = node.key();
    Fields fields(node, problems_, "setting \"" + spec.name + "\"");
    const std::optional<std::size_t> type = fields.choice("type", setting_type_names(), required);
    spec.type = static_cast<SettingType>(type.value_or(0));
    spec.required = fields.boolean("required").value_or(false);
    spec.help = read_help(fields);
    spec.unit = fields.text("unit").value_or("");
    if (!type) {
        // What these mean hangs on the type, so nothing can be said about them.
        for (const char* key : {"scale", "choices", "minimum", "maximum", "default"}) {
            fields.any(key);
        }
        fields.finish();
        return spec;
    }
    spec.scale = read_scale(fields, spec.type == SettingType::decimal);
    spec.choices = fields.texts("choices").value_or(std::vector<std::string>{});
    read_bounds(fields, spec);
    check_parts(fields, spec);
    read_fallback(fields, spec);
    fields.finish();
    return spec;
}

std::uint32_t ManifestReader::read_scale(Fields& fields, bool decimal) {
    if (decimal) {
        return static_cast<std::uint32_t>(
            fields.integer("scale", required, 0, sdk::max_scale).value_or(0));
    }
    if (const Node* scale = fields.any("scale")) {
        problems_.add(error_manifest_setting, scale->place(), "only a decimal has a scale",
                      "remove it");
    }
    return 0;
}

void ManifestReader::read_bounds(Fields& fields, SettingSpec& spec) {
    const bool bounded = spec.type == SettingType::integer || spec.type == SettingType::decimal ||
                         spec.type == SettingType::duration || spec.type == SettingType::size ||
                         spec.type == SettingType::integers;
    SettingSpec bound = spec;
    if (spec.type == SettingType::integers) bound.type = SettingType::integer;
    for (const char* key : {"minimum", "maximum"}) {
        const Node* node = fields.any(key);
        if (node == nullptr) continue;
        if (!bounded) {
            problems_.add(error_manifest_setting, node->place(),
                          "a " + std::string(name_of(spec.type)) + " has no " + key, "remove it");
            continue;
        }
        (key[1] == 'i' ? spec.minimum : spec.maximum) = read_value(bound, *node, problems_);
    }
    if (spec.minimum && spec.maximum && spec.minimum->number > spec.maximum->number) {
        problems_.add(error_manifest_setting, fields.node().find("minimum")->place(),
                      "the minimum of " + quoted(spec.name) + " is above its maximum",
                      "put the smaller number first");
        spec.minimum.reset();
    }
}

void ManifestReader::check_parts(Fields& fields, SettingSpec& spec) {
    const Node& node = fields.node();
    const bool chooses = spec.type == SettingType::choice;
    if (chooses && spec.choices.empty()) {
        problems_.add(error_manifest_setting, node.key_place(),
                      "the choice " + quoted(spec.name) + " has no choices",
                      "add \"choices: [a, b]\"");
    }
    if (!chooses && node.find("choices") != nullptr) {
        problems_.add(error_manifest_setting, node.find("choices")->place(),
                      "a " + std::string(name_of(spec.type)) + " has no choices",
                      "remove them, or make the type choice");
    }
    const std::set<std::string> different(spec.choices.begin(), spec.choices.end());
    if (different.size() != spec.choices.size()) {
        problems_.add(error_manifest_setting, node.find("choices")->place(),
                      "a choice of " + quoted(spec.name) + " comes twice", "keep one of the two");
    }
    const bool measured = spec.type == SettingType::integer || spec.type == SettingType::decimal ||
                          spec.type == SettingType::integers;
    if (!spec.unit.empty() && !measured) {
        problems_.add(error_manifest_setting, node.find("unit")->place(),
                      "a " + std::string(name_of(spec.type)) + " has no unit of its own",
                      "remove it; durations and sizes are written with theirs");
    }
}

void ManifestReader::read_fallback(Fields& fields, SettingSpec& spec) {
    const Node* fallback = fields.any("default");
    if (fallback == nullptr) return;
    if (spec.type == SettingType::secret) {
        problems_.add(error_manifest_setting, fallback->place(), "a secret has no default",
                      "remove it");
        return;
    }
    if (spec.required) {
        problems_.add(error_manifest_setting, fallback->place(),
                      quoted(spec.name) + " is required and has a default", "keep one of the two");
        return;
    }
    if (spec.type == SettingType::choice && spec.choices.empty()) return;
    spec.fallback = read_value(spec, *fallback, problems_);
}

std::vector<KeyColumn> ManifestReader::read_key(Fields& fields, yaml::Need need) {
    std::vector<KeyColumn> key;
    const Node* node = fields.any("key", need);
    if (node == nullptr) return key;
    if (!node->is_list() && !node->is_map()) {
        problems_.add(
            yaml::error_wrong_kind, node->place(),
            "expected the parts of a key, found " + std::string(yaml::kind_text(node->kind())),
            "write [account, product], or {from: account, to: account}");
        return key;
    }
    if (node->items().size() > manifest_max_key_columns) {
        problems_.add(
            error_manifest_cell, node->place(),
            "a key has at most two parts, this one has " + std::to_string(node->items().size()),
            "leave one out");
    }
    const std::vector<std::string> kinds = key_kind_names();
    std::set<std::string> seen;
    for (const Node& item : node->items()) {
        if (node->is_map() && !check_name(item, "part of a key")) continue;
        const auto at = std::find(kinds.begin(), kinds.end(), item.text());
        if (!item.is_scalar() || at == kinds.end()) {
            problems_.add(yaml::error_choice, item.place(),
                          "a part of a key cannot be " + quoted(item.text()) +
                              sdk::did_you_mean(item.text(), kinds),
                          "use one of: " + sdk::name_list(kinds, kinds.size()));
            continue;
        }
        const std::string name = node->is_map() ? item.key() : *at;
        if (!seen.insert(name).second) {
            problems_.add(error_manifest_cell, item.place(),
                          "the part " + quoted(name) + " of the key comes twice",
                          "name them apart: {from: " + name + ", to: " + name + "}");
        }
        key.push_back({name, static_cast<KeyKind>(at - kinds.begin())});
    }
    return key;
}

CellSpec ManifestReader::read_cell(const Node& node, const std::string& what,
                                   const std::vector<KeyColumn>* table_key) {
    CellSpec cell;
    cell.name = node.key();
    Fields fields(node, problems_, what + " \"" + cell.name + "\"");
    const auto number = fields.integer("number", required, 1, highest_cell_number);
    cell.number = static_cast<std::uint32_t>(number.value_or(0));
    if (number && !cell_numbers_.insert(cell.number).second) {
        problems_.add(error_manifest_cell, node.find("number")->place(),
                      "the number " + std::to_string(cell.number) + " is taken already",
                      "use one that no cell or column has or ever had: journals hold it");
    }
    const auto type = fields.choice("type", value_type_names(), required);
    cell.type = static_cast<ValueType>(type.value_or(0));
    if (type || node.find("scale") == nullptr) {
        cell.scale = read_scale(fields, cell.type == ValueType::decimal);
    } else {
        fields.any("scale");
    }
    cell.unit = fields.text("unit").value_or("");
    cell.help = read_help(fields);
    if (table_key == nullptr) cell.key = read_key(fields, yaml::Need::optional);
    const std::vector<KeyColumn>& key = table_key != nullptr ? *table_key : cell.key;
    const bool scaled = type && (cell.type == ValueType::quantity || cell.type == ValueType::price);
    const bool product = std::any_of(key.begin(), key.end(), [](const KeyColumn& column) {
        return column.kind == KeyKind::product;
    });
    if (scaled && !product) {
        problems_.add(error_manifest_cell, node.key_place(),
                      quoted(cell.name) + " is a " + std::string(name_of(cell.type)) +
                          ", but no product in its key gives the scale",
                      "add a product to the key, or use the type decimal with a scale");
    }
    fields.finish();
    return cell;
}

void ManifestReader::read_cells(const Node& map) {
    for (const Node& item : map.items()) {
        if (!check_name(item, "cell")) continue;
        manifest_.cells.push_back(read_cell(item, "cell", nullptr));
    }
}

void ManifestReader::read_tables(const Node& map) {
    for (const Node& item : map.items()) {
        if (!check_name(item, "table")) continue;
        TableSpec table;
        table.name = item.key();
        Fields fields(item, problems_, "table \"" + table.name + "\"");
        table.help = fields.text("help").value_or("");
        table.key = read_key(fields, required);
        if (const Node* values = fields.map("values", required)) {
            for (const Node& value : values->items()) {
                if (!check_name(value, "column")) continue;
                table.values.push_back(read_cell(value, "column", &table.key));
                const std::string& name = table.values.back().name;
                const bool doubled =
                    std::any_of(table.key.begin(), table.key.end(),
                                [&](const KeyColumn& column) { return column.name == name; });
                if (!doubled) continue;
                problems_.add(error_manifest_cell, value.key_place(),
                              "the column " + quoted(name) + " is a part of the key already",
                              "use another name");
            }
        }
        fields.finish();
        manifest_.tables.push_back(std::move(table));
    }
}

std::vector<NamedHelp> ManifestReader::read_named(Fields& fields, std::string_view key,
                                                  const char* what) {
    std::vector<NamedHelp> list;
    const Node* map = fields.map(key);
    if (map == nullptr) return list;
    for (const Node& item : map->items()) {
        const bool denial = key == "denials";
        if (denial && !is_denial_code(item.key())) {
            problems_.add(error_manifest_name, item.key_place(),
                          quoted(item.key()) + " is not a denial code",
                          "write category and condition in capitals, such as "
                          "QUANTITY_ABOVE_LIMIT");
            continue;
        }
        if (!denial && !check_name(item, what)) continue;
        Result<std::string> help = yaml::as_text(item);
        if (!help) {
            problems_.add(std::move(help.error()));
        } else if (help->empty() || help->size() > manifest_max_help) {
            problems_.add(error_manifest_text, item.place(),
                          quoted(item.key()) + " has " + std::to_string(help->size()) + " bytes",
                          "write a sentence of at most " + std::to_string(manifest_max_help));
        } else {
            list.push_back({item.key(), std::move(*help)});
        }
    }
    return list;
}

yaml::Checked<Manifest> read_manifest(const yaml::Checked<Node>& root) {
    if (!root) return tl::unexpected(root.error());
    Problems problems;
    Manifest manifest = ManifestReader(problems).read(*root);
    if (!problems.empty()) return tl::unexpected(problems.take());
    return manifest;
}

}  // namespace

bool is_inside(PluginKind kind) {
    return kind == PluginKind::asset_class || kind == PluginKind::check ||
           kind == PluginKind::routing || kind == PluginKind::facts;
}

PluginKind Manifest::kind() const {
    for (const Capability& capability : provides) {
        if (const auto kind = kind_of_capability(capability.name)) return *kind;
    }
    OMS_ASSERT(false);  // A manifest that provides none of them is not read.
    return PluginKind::check;
}

const SettingSpec* Manifest::setting(std::string_view setting_name) const {
    for (const SettingSpec& spec : settings) {
        if (spec.name == setting_name) return &spec;
    }
    return nullptr;
}

const TableSpec* Manifest::table(std::string_view table_name) const {
    for (const TableSpec& spec : tables) {
        if (spec.name == table_name) return &spec;
    }
    return nullptr;
}

const CellSpec* Manifest::cell(std::uint32_t number, const TableSpec** table) const {
    if (table != nullptr) *table = nullptr;
    for (const CellSpec& spec : cells) {
        if (spec.number == number) return &spec;
    }
    for (const TableSpec& candidate : tables) {
        for (const CellSpec& spec : candidate.values) {
            if (spec.number != number) continue;
            if (table != nullptr) *table = &candidate;
            return &spec;
        }
    }
    return nullptr;
}

std::vector<std::string> Manifest::denial_codes() const {
    std::vector<std::string> codes;
    for (const NamedHelp& denial : denials) codes.push_back(denial.name);
    return codes;
}

Status check_abi(const Manifest& manifest, std::string place) {
    if (manifest.abi == OMS_ABI_REVISION) return {};
    return fail(error_manifest_abi, std::move(place),
                manifest.name + " was written for revision " + std::to_string(manifest.abi) +
                    " of the plugin contract, this is revision " + std::to_string(OMS_ABI_REVISION),
                "build the plugin against this oms, with \"abi: " +
                    std::to_string(OMS_ABI_REVISION) + "\" in its manifest");
}

yaml::Checked<Manifest> parse_manifest(std::string_view text, std::string name) {
    return read_manifest(yaml::parse(text, std::move(name), manifest_limits));
}

yaml::Checked<Manifest> load_manifest(const std::string& path) {
    return read_manifest(yaml::load_file(path, manifest_limits));
}

}  // namespace oms::runtime
