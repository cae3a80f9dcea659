// SPDX-License-Identifier: Apache-2.0
// The folder of an assembled product, `oms.yaml` in it: which plugins there are, how orders of each
// kind are checked and routed, and which accounts, products and parties are known from the start.
//
//     data: ../../data/hybrid          # where the journal lies
//     instances:                       # plugins, each under a name of its own
//       desk_limits: {plugin: limits, settings: {...}}
//     lifecycles: [../lifecycles/plain.yaml]
//     asset_classes: {pieces: goods}   # which instance knows the products of a class
//     kinds:
//       plain:
//         lifecycle: plain
//         route_lifecycle: destination
//         checks: [desk_limits]
//         roles:
//           goods: {takes: [pieces], routing: by_hand, destinations: [north, south]}
//     accounts: {house: {external: true}, desk: {under: house}}
//     products: {EUR: {class: cash, scale: 2}}
//     channels: [north]
//     destinations: {north: {channel: north, account: house, terms: {fee_bps: 5}}}
//     load: {products: [products.csv], balances: [balances.csv],
//            tables: [{instance: desk_limits, table: limits, file: limits.csv}]}
//
// Reading it loads no plugin: settings are held against the manifests in the plugins' files.
#pragma once

#include "engine/bindings.hpp"
#include "runtime/config/config_errors.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/kernel.hpp"
#include "runtime/manifest/settings.hpp"
#include "runtime/plugin_catalogue.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// A term of a reference entry as it is written; what it means follows when names have numbers.
struct TermSpec {
    std::uint32_t field = 0;
    std::string text;
    std::string place;
};

/// A reference entry that is to be there.
struct ReferenceSpec {
    std::uint32_t reference_class = 0;
    std::string code;
    std::uint32_t scale = 0;
    std::uint32_t price_scale = 0;
    std::string group;  ///< a code: asset class of a product, parent of an account, ...
    std::string via;    ///< the code of a destination's channel
    std::uint32_t flags = 0;
    std::vector<TermSpec> terms;
    std::string place;
};

struct InstanceSpec {
    std::string name;
    std::string place;
    PluginFile file;
    Settings settings;
};

/// How lines of one role find their way out. Where the lifecycle names no roles, `routing` and
/// `destinations` stand beside it, and the name here is empty.
struct RoleSpec {
    std::string name;
    std::string place;
    std::string routing;
    std::vector<std::string> destinations;
    std::vector<std::string> takes;  ///< asset classes or products; none: all
};

struct KindSpec {
    std::string name;
    std::string place;
    std::string lifecycle;
    std::string route_lifecycle;
    std::vector<std::string> checks;
    std::vector<RoleSpec> roles;
};

struct AssetClassSpec {
    std::string name;
    std::string place;
    std::string instance;
};

/// A file of rows for a table of a plugin.
struct TableFile {
    std::string instance;
    std::string table;
    std::string path;
    std::string place;
};

struct RuntimeLimits {
    KernelLimits kernel;
    engine::Limits engine;
    std::uint64_t ring_bytes = std::uint64_t{64} << 20;
    std::int64_t plugin_stall_ms = 5'000;
    std::int64_t stop_timeout_ms = 10'000;
    std::uint32_t control_clients = 64;
};

struct Config {
    std::string file;            ///< oms.yaml, as places in messages begin
    std::filesystem::path base;  ///< the folder that relative paths start at
    std::filesystem::path data;
    std::filesystem::path control;  ///< empty: control.sock in `data`
    std::vector<std::filesystem::path> search;
    SqliteJournalOptions journal;
    SnapshotOptions snapshots;
    RuntimeLimits limits;
    bool start_halted_after_crash = false;

    std::vector<InstanceSpec> instances;
    std::vector<lifecycle::Table> lifecycles;
    std::vector<AssetClassSpec> asset_classes;
    std::vector<KindSpec> kinds;
    /// In an order in which each comes behind those it names, products of files at the end.
    std::vector<ReferenceSpec> references;
    std::vector<std::string> balance_files;
    std::vector<TableFile> table_files;

    const InstanceSpec* instance(std::string_view name) const;
    const lifecycle::Table* lifecycle(std::string_view name) const;
    const ReferenceSpec* reference(std::uint32_t reference_class, std::string_view code) const;
};

struct ConfigSource {
    std::filesystem::path place;      ///< a folder with oms.yaml, or the file
    std::optional<std::string> text;  ///< instead of the file; `place` is the folder
    std::vector<std::filesystem::path> plugin_path;
    std::vector<GivenPlugin> plugins;
};

/// Reads everything that belongs to the configuration, and says everything that is wrong with it at
/// once. `warnings` gets what can be used and is odd.
yaml::Checked<Config> read_config(const ConfigSource& source, yaml::Errors* warnings = nullptr);

/// The file of a configuration: the one named, or oms.yaml in the folder named.
std::filesystem::path config_file(const std::filesystem::path& place);

/// The data directory and the control socket of a configuration, read without anything else.
struct ConfigPlaces {
    std::filesystem::path data;
    std::filesystem::path control;
};
yaml::Checked<ConfigPlaces> read_config_places(const std::filesystem::path& place);

/// 1 to 64 bytes without blanks or control characters.
bool is_code(std::string_view text);

}  // namespace oms::runtime
