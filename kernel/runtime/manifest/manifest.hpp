// SPDX-License-Identifier: Apache-2.0
// The manifest of a plugin: the one truth about what it is, offers, needs and can be told.
//
// It is a YAML document, `manifest.yaml`, embedded in the plugin's binary:
//
//     id: example.limits              # dotted, unique among all plugins
//     name: limits                    # short; names the namespace of the generated header
//     version: 0.1.0                  # semantic version
//     abi: 0                          # revision of the contract it was built for
//     maturity: beta                  # experimental, beta or stable
//     summary: Refuses orders above the limits of their account.
//     provides: [oms.check/1]
//     requires:                       # all optional
//       host: [oms.clock/1]           # capabilities of the host
//       plugins: [oms.asset_class/1]  # capabilities of other plugins
//       libraries: [libssl.so.3]      # shared libraries
//     settings:                       # few, and per instance of the plugin
//       window:
//         type: duration              # text integer decimal boolean duration size choice
//         default: 30m                #   secret path "list of text" "list of integer"
//         minimum: 1s                 # for integer, decimal, duration, size, list of integer
//         maximum: 1d
//         help: How far back it looks. # `scale: 2` is required for decimal, `choices` for choice
//     cells:                          # values the plugin keeps, one a key
//       sent_today:
//         number: 1                   # for ever: journals hold it
//         key: [account, product]     # at most two; `{from: account, to: account}` names them
//         type: quantity
//         help: Quantity sent since the day began.
//     tables:                         # values that people set, one row a key
//       limits:
//         key: [account, product]
//         values:
//           most_quantity: {number: 2, type: quantity, help: The most an order may ask for.}
//     events:                         # that it raises
//       limit_near: Nine tenths of a limit are used.
//     denials:                        # codes of its opinions, CATEGORY_CONDITION
//       QUANTITY_ABOVE_LIMIT: The order asks for more than the account may.
//
// Unknown keys, doubled keys and everything else that the strict YAML layer refuses is an error
// with file, line and column.
#pragma once

#include "yaml/readers.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

inline constexpr ErrorCode error_manifest_name = 4050;        ///< an id, name or code is malformed
inline constexpr ErrorCode error_manifest_version = 4051;     ///< not a semantic version
inline constexpr ErrorCode error_manifest_abi = 4052;         ///< built for another revision
inline constexpr ErrorCode error_manifest_capability = 4053;  ///< malformed, unknown, or twice
inline constexpr ErrorCode error_manifest_setting = 4054;     ///< a setting's parts do not agree
inline constexpr ErrorCode error_manifest_cell = 4055;  ///< a cell's or column's number or key
inline constexpr ErrorCode error_manifest_text = 4056;  ///< a text is empty or too long

/// Named limits of a manifest.
inline constexpr yaml::Limits manifest_limits{
    .bytes = std::size_t{256} << 10, .depth = 8, .nodes = 20'000};
inline constexpr std::size_t manifest_max_name = 48;
inline constexpr std::size_t manifest_max_id = 64;
inline constexpr std::size_t manifest_max_help = 1'000;
inline constexpr std::size_t manifest_max_key_columns = 2;

enum class Maturity : std::uint8_t { experimental, beta, stable };

/// What an instance of the plugin is to the kernel, told by the first capability it provides.
enum class PluginKind : std::uint8_t {
    asset_class,
    check,
    routing,
    facts,
    connector,
    subscriber,
    store,
};

/// Whether it runs on the kernel's thread, or on threads of its own.
bool is_inside(PluginKind kind);

/// `oms.check/1`
struct Capability {
    std::string id;              ///< "oms.check/1"
    std::string name;            ///< "oms.check"
    std::uint32_t revision = 0;  ///< 1
};

enum class SettingType : std::uint8_t {
    text,
    integer,
    decimal,
    boolean,
    duration,  ///< milliseconds
    size,      ///< bytes
    choice,
    secret,  ///< configured as a handle, `env:NAME` or `file:PATH`
    path,
    texts,     ///< "list of text"
    integers,  ///< "list of integer"
};

/// A checked value of a setting. Which member counts depends on the type: `number` for integer,
/// boolean, duration and size; `items` for lists (integers as decimal text); `text` for the rest.
/// A decimal has its text as written and its `number` at the setting's scale.
struct Value {
    std::int64_t number = 0;
    std::string text;
    std::vector<std::string> items;

    bool operator==(const Value&) const = default;
};

struct SettingSpec {
    std::string name;
    SettingType type = SettingType::text;
    bool required = false;
    std::uint32_t scale = 0;  ///< of a decimal: how many decimals it may have
    std::string help;
    std::string unit;
    std::optional<Value> fallback;  ///< the default
    std::optional<Value> minimum;   ///< of each item, for lists
    std::optional<Value> maximum;
    std::vector<std::string> choices;
};

/// What a part of a key names. All but order, route and number are classes of reference entries.
enum class KeyKind : std::uint8_t {
    account,
    product,
    destination,
    order_kind,
    origin,
    channel,
    actor,
    event,
    source,
    asset_class,
    order,
    route,
    number,
};

struct KeyColumn {
    std::string name;
    KeyKind kind = KeyKind::number;
};

/// How an int64 of a cell or table is written and shown.
enum class ValueType : std::uint8_t {
    integer,
    boolean,
    duration,  ///< milliseconds
    time,      ///< nanoseconds since 1970 UTC
    quantity,  ///< at the scale of the key's product
    price,     ///< at the price scale of the key's product
    decimal,   ///< at the `scale` given
};

/// One numbered int64 of the plugin under a key: a cell, or a value column of a table.
struct CellSpec {
    std::uint32_t number = 0;
    std::string name;
    ValueType type = ValueType::integer;
    std::uint32_t scale = 0;  ///< of a decimal
    std::string unit;
    std::string help;
    std::vector<KeyColumn> key;  ///< empty for value columns: they have their table's
};

struct TableSpec {
    std::string name;
    std::string help;
    std::vector<KeyColumn> key;
    std::vector<CellSpec> values;
};

/// An event or a denial code, with what it means.
struct NamedHelp {
    std::string name;
    std::string help;
};

struct Manifest {
    std::string id;
    std::string name;
    std::string version;
    std::uint32_t abi = 0;
    Maturity maturity = Maturity::experimental;
    std::string summary;
    std::vector<Capability> provides;
    std::vector<Capability> requires_host;
    std::vector<Capability> requires_plugins;
    std::vector<std::string> requires_libraries;
    std::vector<SettingSpec> settings;
    std::vector<CellSpec> cells;
    std::vector<TableSpec> tables;
    std::vector<NamedHelp> events;
    std::vector<NamedHelp> denials;  ///< an opinion names a denial by its index here

    PluginKind kind() const;
    const SettingSpec* setting(std::string_view setting_name) const;
    const TableSpec* table(std::string_view table_name) const;
    /// The cell or value column with this number, and the table it lies in, if any.
    const CellSpec* cell(std::uint32_t number, const TableSpec** table = nullptr) const;
    std::vector<std::string> denial_codes() const;
};

/// What is wrong with the revision of the contract, if anything: a host takes its own alone.
Status check_abi(const Manifest& manifest, std::string place);

/// Reads and checks a manifest; `name` begins the places in messages (a path).
yaml::Checked<Manifest> parse_manifest(std::string_view text, std::string name);
yaml::Checked<Manifest> load_manifest(const std::string& path);

/// The manifest as YAML in one fixed form: equal manifests give equal texts, and it reads back.
std::string canonical_text(const Manifest& manifest);
/// For people, as `oms plugin show` prints it.
std::string describe(const Manifest& manifest);
/// One JSON object in the order of the schema; absent parts are left out.
std::string to_json(const Manifest& manifest);

/// The spelling of each enumerator in a manifest.
std::string_view name_of(Maturity maturity);
std::string_view name_of(PluginKind kind);
std::string_view name_of(SettingType type);
std::string_view name_of(KeyKind kind);
std::string_view name_of(ValueType type);

/// A value as it is written in YAML: `30m`, `true`, `[a, b]`. Never call it with a secret itself.
std::string value_text(SettingType type, const Value& value);

/// Reads the value of one setting and holds it against type, choices and bounds. What is wrong
/// lands in `problems`, under the places of the node.
std::optional<Value> read_value(const SettingSpec& spec, const yaml::Node& node,
                                yaml::Problems& problems);

}  // namespace oms::runtime
