// SPDX-License-Identifier: Apache-2.0
// Goods that lie on shelves. The README says the rules in words.
#include "goods_settings.hpp"
#include "gtin.hpp"

#include <oms/sdk/asset_class.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::plugins::goods {
namespace {

using namespace oms::sdk;

class Goods : public AssetClass {
public:
    void validate(const LineCall& call, const View& view, const Opinions& say) override {
        const oms_line_row line = view.line(call.order, call.line);
        const oms_reference_row product = view.reference(line.product);
        validate_numbers(call, product, view, say);
        validate_quantity(call, line, product, view, say);
        say.otherwise_pass();
    }

    /// Units are held where they lie, so only once it is known where they are to come from.
    void reserve(const LineCall& call, const View& view, const Holds& say) override {
        if (call.route == 0 || call.quantity == 0) return;
        const oms_line_row line = view.line(call.order, call.line);
        if (line.direction != OMS_direction_deliver) return;
        const std::uint32_t place = view.reference(call.destination).group;
        if (place != 0) say.hold(place, line.product, call.quantity);
    }

    /// The units' own leg, said here because they lie with the place and not with the order's
    /// account. What is owed for them is a line of its own.
    void post(const ExecutionCall& call, const View& view, const Transfers& say) override {
        const bool leaves = view.line(call.order, call.line).direction == OMS_direction_deliver;
        const std::uint32_t place = call.counterparty;
        const auto outside = static_cast<std::uint32_t>(
            view.reference_number(call.account, field::outside_account).value_or(call.account));
        if (outside == place) return;
        const bool from_place = leaves != call.reverse;
        say.transfer(from_place ? place : outside, from_place ? outside : place, call.product,
                     call.quantity);
    }

private:
    static void validate_numbers(const LineCall& call, const oms_reference_row& product,
                                 const View& view, const Opinions& say) {
        // Without a `sku` of its own, a product's code is its stock keeping unit.
        const std::string_view sku =
            view.reference_text(product.reference, field::sku).value_or(sdk::view(product.code));
        const bool blank = std::any_of(sku.begin(), sku.end(), [](char letter) {
            return static_cast<unsigned char>(letter) <= ' ';
        });
        if (sku.empty() || blank)
            say.refuse(denials::sku_malformed, {.line = call.line},
                       "The stock keeping unit \"" + std::string(sku) +
                           "\" is empty or has blanks in it.");
        const auto gtin = view.reference_text(product.reference, field::gtin);
        if (gtin && !is_gtin(*gtin))
            say.refuse(denials::gtin_malformed, {.line = call.line},
                       "\"" + std::string(*gtin) +
                           "\" is no trade item number: 8, 12, 13 or 14 digits, the last of which "
                           "checks the others.");
    }

    static void validate_quantity(const LineCall& call, const oms_line_row& line,
                                  const oms_reference_row& product, const View& view,
                                  const Opinions& say) {
        const auto shown = [&](std::int64_t quantity) {
            return format_decimal(quantity, product.scale, 0);
        };
        const auto against = [&](std::int64_t limit) {
            return Measured{limit, line.ordered, call.line, line.product, OMS_unit_quantity};
        };
        const auto start = [&] { return "The quantity " + shown(line.ordered) + " is "; };
        // Without a unit of its own, goods are sold by the piece.
        const std::int64_t unit =
            view.reference_number(product.reference, field::unit)
                .value_or(static_cast<std::int64_t>(power_of_ten(product.scale)));
        if (unit > 0 && line.ordered % unit != 0) {
            const auto name = view.reference_text(product.reference, field::unit_name);
            say.refuse(denials::quantity_off_unit, against(unit),
                       start() + "not a multiple of " + shown(unit) +
                           (name ? " (" + std::string(*name) + ")." : "."));
        }
        const auto minimum = view.reference_number(product.reference, field::minimum);
        if (minimum && line.ordered < *minimum)
            say.refuse(denials::quantity_below_minimum, against(*minimum),
                       start() + "below the least that is sold at once, " + shown(*minimum) + ".");
        const auto maximum = view.reference_number(product.reference, field::maximum);
        if (maximum && line.ordered > *maximum)
            say.refuse(denials::quantity_above_maximum, against(*maximum),
                       start() + "above the most that is sold at once, " + shown(*maximum) + ".");
    }
};

}  // namespace
}  // namespace oms::plugins::goods

OMS_PLUGIN(oms::plugins::goods::Goods);
