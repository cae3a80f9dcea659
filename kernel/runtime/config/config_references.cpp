// SPDX-License-Identifier: Apache-2.0
// The sections that name reference entries: accounts, products, destinations and plain codes.
#include "runtime/config/config_reader.hpp"
#include "runtime/config/csv.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace oms::runtime {

namespace {

std::vector<std::string> term_names() {
    std::vector<std::string> names;
    for (const sdk::TermInfo& info : sdk::term_infos) names.emplace_back(info.name);
    return names;
}

ReferenceSpec make_spec(std::uint32_t reference_class, const yaml::Node& node) {
    ReferenceSpec spec;
    spec.reference_class = reference_class;
    spec.code = node.key().empty() ? node.text() : node.key();
    spec.place = node.key().empty() ? node.place() : node.key_place();
    return spec;
}

std::uint32_t scale_of(yaml::Fields& fields, std::string_view key) {
    return static_cast<std::uint32_t>(
        fields.integer(key, yaml::Need::optional, 0, sdk::max_scale).value_or(0));
}

}  // namespace

void ConfigReader::read_references(yaml::Fields& fields) {
    for (const AssetClassSpec& asset_class : config_.asset_classes) {
        ReferenceSpec spec;
        spec.reference_class = OMS_class_asset_class;
        spec.code = asset_class.name;
        spec.place = asset_class.place;
        add_reference(std::move(spec));
    }
    read_codes(fields, "channels", OMS_class_channel);
    read_codes(fields, "sources", OMS_class_source);
    read_codes(fields, "origins", OMS_class_origin);
    read_codes(fields, "actors", OMS_class_actor);
    if (const auto* section = fields.map("accounts")) read_accounts(*section);
    if (const auto* section = fields.map("products")) read_products(*section);
    if (const auto* section = fields.map("destinations")) read_destinations(*section);
    for (const std::string& file : product_files_) read_product_file(file);
}

void ConfigReader::add_reference(ReferenceSpec spec) {
    const ReferenceSpec* other = config_.reference(spec.reference_class, spec.code);
    // Of products there may be a great many: those of files are compared when all are read.
    if (other != nullptr) {
        problems_.add(error_config_doubled, spec.place,
                      "\"" + spec.code + "\" is there twice, first at " + other->place,
                      "leave one of them out");
        return;
    }
    config_.references.push_back(std::move(spec));
}

void ConfigReader::read_codes(yaml::Fields& fields, std::string_view key,
                              std::uint32_t reference_class) {
    const yaml::Node* section = fields.list(key);
    if (section == nullptr) return;
    for (const yaml::Node& node : section->items()) {
        const Result<std::string> code = yaml::as_text(node);
        if (!code) {
            problems_.add(code.error());
        } else if (!is_code(*code)) {
            problems_.add(error_config_name, node.place(), "\"" + *code + "\" is not a name",
                          "a name has 1 to 64 bytes without blanks");
        } else {
            add_reference(make_spec(reference_class, node));
        }
    }
}

void ConfigReader::read_accounts(const yaml::Node& section) {
    each(section, "an account", [&](const yaml::Node& node) {
        ReferenceSpec spec = make_spec(OMS_class_account, node);
        if (!node.is_nothing()) {
            yaml::Fields fields(node, problems_, "account \"" + node.key() + "\"");
            spec.group = fields.text("under").value_or("");
            if (fields.boolean("external").value_or(false)) spec.flags |= OMS_REFERENCE_EXTERNAL;
            if (fields.boolean("disabled").value_or(false)) spec.flags |= OMS_REFERENCE_DISABLED;
            read_terms(fields.map("terms"), spec);
        }
        add_reference(std::move(spec));
    });
    order_accounts();
}

/// Parents come before what lies under them. What is left over lies under itself.
void ConfigReader::order_accounts() {
    std::vector<ReferenceSpec> waiting;
    std::vector<ReferenceSpec> ordered;
    for (ReferenceSpec& spec : config_.references)
        (spec.reference_class == OMS_class_account ? waiting : ordered).push_back(std::move(spec));
    config_.references = std::move(ordered);
    while (!waiting.empty()) {
        const std::size_t before = waiting.size();
        std::vector<ReferenceSpec> later;
        for (ReferenceSpec& spec : waiting) {
            const bool parent_waits =
                std::any_of(waiting.begin(), waiting.end(), [&](const ReferenceSpec& other) {
                    return !other.code.empty() && other.code == spec.group;
                });
            if (parent_waits)
                later.push_back(spec);
            else
                config_.references.push_back(spec);
        }
        waiting = std::move(later);
        if (waiting.size() < before) continue;
        problems_.add(error_config_loop, waiting.front().place,
                      "account \"" + waiting.front().code + "\" lies under itself",
                      "let one of the accounts in the circle stand on its own");
        return;
    }
}

void ConfigReader::read_products(const yaml::Node& section) {
    each(section, "a product", [&](const yaml::Node& node) {
        ReferenceSpec spec = make_spec(OMS_class_product, node);
        yaml::Fields fields(node, problems_, "product \"" + node.key() + "\"");
        spec.group = fields.text("class").value_or("");
        spec.scale = scale_of(fields, "scale");
        spec.price_scale = scale_of(fields, "price_scale");
        if (fields.boolean("disabled").value_or(false)) spec.flags |= OMS_REFERENCE_DISABLED;
        read_terms(fields.map("terms"), spec);
        add_reference(std::move(spec));
    });
}

void ConfigReader::read_destinations(const yaml::Node& section) {
    each(section, "a destination", [&](const yaml::Node& node) {
        ReferenceSpec spec = make_spec(OMS_class_destination, node);
        yaml::Fields fields(node, problems_, "destination \"" + node.key() + "\"");
        spec.via = fields.text("channel", yaml::required).value_or("");
        spec.group = fields.text("account", yaml::required).value_or("");
        if (fields.boolean("disabled").value_or(false)) spec.flags |= OMS_REFERENCE_DISABLED;
        read_terms(fields.map("terms"), spec);
        add_reference(std::move(spec));
    });
}

void ConfigReader::read_terms(const yaml::Node* terms, ReferenceSpec& spec) {
    if (terms == nullptr) return;
    for (const yaml::Node& node : terms->items()) {
        const sdk::TermInfo* info = sdk::term_info(node.key());
        if (info == nullptr) {
            problems_.add(yaml::unknown_name(node.key_place(), "term", node.key(), term_names()));
        } else if (!node.is_scalar()) {
            problems_.add(yaml::error_wrong_kind, node.place(),
                          "expected a text, found " + std::string(yaml::kind_text(node.kind())));
        } else {
            spec.terms.push_back({info->number, node.text(), node.place()});
        }
    }
}

namespace {

/// The columns of a product file that are no terms.
const std::vector<std::string> product_columns{"code", "class", "scale", "price_scale", "disabled"};

std::uint32_t scale_in(const Csv& csv, const CsvRow& row, std::size_t column,
                       yaml::Problems& problems) {
    const std::string& text = row.cells[column];
    std::uint32_t scale = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (error != std::errc() || end != text.data() + text.size() || scale > sdk::max_scale)
        problems.add(error_csv_value, csv.place(row, column),
                     "expected a scale of 0 to 18, found \"" + text + "\"",
                     "say how many decimals there are");
    return scale;
}

}  // namespace

void ConfigReader::read_product_file(const std::string& file) {
    const yaml::Checked<Csv> csv = read_csv(file);
    if (!csv) {
        for (const Error& error : csv.error()) problems_.add(error);
        return;
    }
    std::vector<std::string> known = product_columns;
    for (const std::string& name : term_names()) known.push_back(name);
    bool sound = true;
    for (const std::string& name : csv->header) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        problems_.add(yaml::unknown_name(csv->file + ":1", "column", name, known));
        sound = false;
    }
    if (csv->column("code") == csv->header.size()) {
        problems_.add(error_csv, csv->file + ":1", "there is no column \"code\"",
                      "the code is what orders name the product by");
        sound = false;
    }
    if (!sound) return;
    std::map<std::string, std::string, std::less<>> places;
    for (const ReferenceSpec& spec : config_.references)
        if (spec.reference_class == OMS_class_product) places.emplace(spec.code, spec.place);
    const std::size_t code = csv->column("code");
    for (const CsvRow& row : csv->rows) {
        const auto [other, fresh] = places.emplace(row.cells[code], csv->place(row, code));
        if (fresh) {
            read_product_row(*csv, row);
            continue;
        }
        problems_.add(error_config_doubled, csv->place(row, code),
                      "\"" + row.cells[code] + "\" is there twice, first at " + other->second,
                      "leave one of them out");
    }
}

void ConfigReader::read_product_row(const Csv& csv, const CsvRow& row) {
    ReferenceSpec spec;
    spec.reference_class = OMS_class_product;
    spec.place = csv.file + ":" + std::to_string(row.line);
    for (std::size_t column = 0; column < csv.header.size(); ++column) {
        const std::string& name = csv.header[column];
        const std::string& text = row.cells[column];
        if (name == "code") {
            spec.code = text;
        } else if (text.empty()) {
            continue;
        } else if (name == "class") {
            spec.group = text;
        } else if (name == "scale") {
            spec.scale = scale_in(csv, row, column, problems_);
        } else if (name == "price_scale") {
            spec.price_scale = scale_in(csv, row, column, problems_);
        } else if (name == "disabled") {
            if (text == "true") spec.flags |= OMS_REFERENCE_DISABLED;
        } else {
            spec.terms.push_back({sdk::term_info(name)->number, text, csv.place(row, column)});
        }
    }
    if (is_code(spec.code)) {
        config_.references.push_back(std::move(spec));
        return;
    }
    problems_.add(error_config_name, csv.place(row, csv.column("code")),
                  "\"" + spec.code + "\" is not a name for a product",
                  "a name has 1 to 64 bytes without blanks");
}

}  // namespace oms::runtime
