// SPDX-License-Identifier: Apache-2.0
// Reads oms.yaml section by section into a Config, and collects what is wrong on the way.
#pragma once

#include "runtime/config/config.hpp"
#include "yaml/readers.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

class ConfigReader {
public:
    ConfigReader(const ConfigSource& source, yaml::Problems& problems, yaml::Errors& warnings)
        : source_(source), problems_(problems), warnings_(warnings) {}

    /// `file` is what places begin with, `base` what relative paths start at.
    Config read(const yaml::Node& document, std::filesystem::path base);

private:
    // config_reader.cpp
    void read_places(yaml::Fields& fields);
    void read_journal(const yaml::Node& section);
    void read_limits(const yaml::Node& section);
    void read_instances(const yaml::Node& section);
    void read_instance(const yaml::Node& node, const PluginCatalogue& catalogue);
    void read_lifecycles(const yaml::Node& section);
    void read_asset_classes(const yaml::Node& section);
    void read_kinds(const yaml::Node& section);
    void read_kind(const yaml::Node& node);
    RoleSpec read_role(yaml::Fields& fields, std::string name, std::string place);
    void read_load(const yaml::Node& section);
    void read_table_file(const yaml::Node& node);

    // config_references.cpp
    void read_references(yaml::Fields& fields);
    void read_codes(yaml::Fields& fields, std::string_view key, std::uint32_t reference_class);
    void read_accounts(const yaml::Node& section);
    void read_products(const yaml::Node& section);
    void read_product_file(const std::string& path);
    void read_product_row(const struct Csv& csv, const struct CsvRow& row);
    void read_destinations(const yaml::Node& section);
    void read_terms(const yaml::Node* terms, ReferenceSpec& spec);
    void add_reference(ReferenceSpec spec);
    void order_accounts();

    // config_checks.cpp
    void check();
    void check_kind(const KindSpec& kind);
    void check_role(const KindSpec& kind, const RoleSpec& role);
    void check_lifecycle(const std::string& place, const std::string& name,
                         lifecycle::Attach attach);
    void check_plugin_of(const std::string& place, const std::string& instance, PluginKind kind);
    void check_capabilities(const InstanceSpec& instance);
    void check_reference(const ReferenceSpec& spec);
    void check_table_file(const TableFile& file);
    void unknown(const std::string& place, std::string_view what, std::string_view name,
                 const std::vector<std::string>& known);
    std::vector<std::string> codes(std::uint32_t reference_class) const;

    std::string path(const std::string& written) const;
    /// Calls `visit` for each entry of a map whose keys are names of our own.
    void each(const yaml::Node& map, std::string_view what,
              const std::function<void(const yaml::Node&)>& visit);

    const ConfigSource& source_;
    yaml::Problems& problems_;
    yaml::Errors& warnings_;
    Config config_;
    std::vector<std::string> product_files_;
};

}  // namespace oms::runtime
