// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/terms.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/suggest.hpp>

#include <vector>

namespace oms::runtime {

namespace {

constexpr unsigned microdegree_decimals = 6;

bool is_scaled(sdk::FieldMeaning meaning) {
    return meaning == sdk::FieldMeaning::price || meaning == sdk::FieldMeaning::quantity ||
           meaning == sdk::FieldMeaning::money;
}

/// Microdegrees, from degrees. Who writes microdegrees is told so, instead of lying beyond the
/// pole.
Result<std::int64_t> read_degrees(const TermSpec& spec, const sdk::TermInfo& info) {
    const auto degrees = read_decimal(spec.text, microdegree_decimals, spec.place);
    const std::int64_t most = info.name.ends_with("latitude") ? 90 : 180;
    if (!degrees || (*degrees >= -most * 1'000'000 && *degrees <= most * 1'000'000)) return degrees;
    return fail(error_config_term, spec.place,
                "\"" + spec.text + "\" is beyond " + std::to_string(most) + " degrees",
                "write degrees with at most 6 decimals, such as 52.52");
}

std::vector<std::string> choice_names(std::string_view term) {
    std::vector<std::string> names;
    for (const sdk::ChoiceInfo& info : sdk::choices(term)) names.emplace_back(info.name);
    return names;
}

}  // namespace

Result<std::int64_t> read_decimal(std::string_view text, unsigned scale, const std::string& place) {
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, scale);
    if (parsed) return *parsed;
    return fail(error_config_term, place,
                "\"" + std::string(text) + "\" " + std::string(sdk::to_text(parsed.fault)),
                "write a decimal with at most " + std::to_string(scale) + " decimals");
}

Result<std::uint32_t> TermReader::reference(std::uint32_t reference_class, std::string_view code,
                                            const std::string& place) const {
    if (const std::uint32_t found = names_.find(reference_class, code); found != 0) return found;
    const std::vector<std::string> known = names_.codes(reference_class);
    const std::string what(sdk::code_name(sdk::class_names, reference_class));
    return fail(
        error_config_unknown, place,
        "there is no " + what + " \"" + std::string(code) + "\"" + sdk::did_you_mean(code, known),
        known.empty() ? "define one first" : "known are " + sdk::name_list(known));
}

Result<std::int64_t> TermReader::number(std::string_view text, std::uint32_t product, bool price,
                                        const std::string& place) const {
    auto row = sdk::make<oms_reference_row>();
    if (!names_.describe(product, row)) {
        return fail(error_config_term, place, "no product says what the number's decimals are",
                    "write the product behind it: \"" + std::string(text) + " EUR\"");
    }
    return read_decimal(text, price ? row.price_scale : row.scale, place);
}

Result<oms_term> TermReader::read_scaled(const TermSpec& spec, const sdk::TermInfo& info,
                                         std::uint32_t self) const {
    auto term = sdk::make<oms_term>();
    std::string_view text = spec.text;
    term.product = self;
    if (const std::size_t blank = text.find(' '); blank != std::string_view::npos) {
        const auto product = reference(OMS_class_product, text.substr(blank + 1), spec.place);
        if (!product) return tl::unexpected(product.error());
        term.product = *product;
        text = text.substr(0, blank);
    }
    const auto value =
        number(text, term.product, info.meaning == sdk::FieldMeaning::price, spec.place);
    if (!value) return tl::unexpected(value.error());
    term.number = *value;
    return term;
}

Result<std::int64_t> TermReader::read_plain(const TermSpec& spec, const sdk::TermInfo& info) const {
    const auto referred = [&](std::uint32_t reference_class) -> Result<std::int64_t> {
        const auto found = reference(reference_class, spec.text, spec.place);
        if (!found) return tl::unexpected(found.error());
        return *found;
    };
    // Its number is a reference of a class that has no meaning of its own among terms.
    if (info.number == sdk::field::quote_source) return referred(OMS_class_source);
    switch (info.meaning) {
        case sdk::FieldMeaning::product: return referred(OMS_class_product);
        case sdk::FieldMeaning::account: return referred(OMS_class_account);
        case sdk::FieldMeaning::destination: return referred(OMS_class_destination);
        case sdk::FieldMeaning::microdegrees: return read_degrees(spec, info);
        case sdk::FieldMeaning::choice: {
            if (const auto number = sdk::choice_number(info.name, spec.text)) return *number;
            const std::vector<std::string> known = choice_names(info.name);
            return fail(error_config_term, spec.place,
                        "\"" + spec.text + "\" is no word of " + std::string(info.name) +
                            sdk::did_you_mean(spec.text, known),
                        "use one of " + sdk::name_list(known));
        }
        default: return read_decimal(spec.text, 0, spec.place);
    }
}

Result<oms_term> TermReader::read(const TermSpec& spec, std::uint32_t self) const {
    const sdk::TermInfo& info = *sdk::term_info(spec.field);
    auto term = sdk::make<oms_term>();
    if (info.type == sdk::TermType::text) {
        term.text = sdk::text(spec.text);
    } else if (is_scaled(info.meaning)) {
        const Result<oms_term> scaled = read_scaled(spec, info, self);
        if (!scaled) return scaled;
        term = *scaled;
    } else {
        const Result<std::int64_t> number = read_plain(spec, info);
        if (!number) return tl::unexpected(number.error());
        term.number = *number;
    }
    term.line = OMS_WHOLE_ORDER;
    term.field = spec.field;
    term.type = static_cast<std::uint32_t>(info.type);
    return term;
}

}  // namespace oms::runtime
