// SPDX-License-Identifier: Apache-2.0
// What shares mean in quantities and money. The README says the rules in words.
#include "equity_settings.hpp"

#include <oms/sdk/asset_class.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oms::plugins::equity {
namespace {

using namespace oms::sdk;

class Equity : public AssetClass {
public:
    explicit Equity(const sdk::Settings& given)
        : margin_(equity::Settings::from(given).market_order_margin) {}

    void validate(const LineCall& call, const View& view, const Opinions& say) override {
        const oms_line_row line = view.line(call.order, call.line);
        const oms_reference_row product = view.reference(line.product);
        validate_currency(call, line, view, say);
        validate_type(call, view, say);
        validate_price(call, field::limit_price, product, view, say);
        validate_price(call, field::stop_price, product, view, say);
        validate_quantity(call, line, product, view, say);
        const bool limited = view.number(call.order, call.line, field::limit_price).has_value();
        if (line.direction == OMS_direction_receive && !limited && !hold_price(call, line, view))
            say.refuse(denials::price_unknown, {.line = call.line},
                       "It has no limit price, and neither an ask nor a last price of " +
                           code(product) + " is known to hold cash by.");
        say.otherwise_pass();
    }

    void reserve(const LineCall& call, const View& view, const Holds& say) override {
        if (call.route != 0) return;  // held once, for the order's line, wherever it works
        const oms_line_row line = view.line(call.order, call.line);
        if (call.quantity == 0) {
            forget_hold_price(call.order, call.line, view, say);
            return;
        }
        const oms_order_row order = view.order(call.order);
        if (line.direction == OMS_direction_deliver) {
            if (!is_short_sell(call, view)) say.hold(order.account, line.product, call.quantity);
            return;
        }
        const std::int64_t amount = cash_for(call, line, view, say);
        if (amount > 0) say.hold(order.account, currency_of(line.product, view), amount);
    }

    /// The cash leg. It is rounded half to even by itself, and both sides are posted the same
    /// amount: the residue, less than half of the currency's smallest unit, is nobody's and is not
    /// posted.
    void post(const ExecutionCall& call, const View& view, const Transfers& say) override {
        const oms_line_row line = view.line(call.order, call.line);
        if (line.unrouted + line.working == 0) forget_hold_price(call.order, call.line, view, say);
        const std::uint32_t currency = currency_of(call.product, view);
        const std::int64_t amount = value(call.quantity, call.price, view.reference(call.product),
                                          view.reference(currency), Rounding::half_even);
        if (amount == 0 || call.account == call.counterparty) return;
        const bool pays = (line.direction == OMS_direction_receive) != call.reverse;
        const bool upwards = amount > 0;  // a price below zero pays the other way
        const bool from_order = pays == upwards;
        say.transfer(from_order ? call.account : call.counterparty,
                     from_order ? call.counterparty : call.account, currency,
                     upwards ? amount : -amount);
    }

private:
    // ---- validate -----------------------------------------------------------------------------

    static void validate_currency(const LineCall& call, const oms_line_row& line, const View& view,
                                  const Opinions& say) {
        const auto currency = view.reference_number(line.product, field::currency);
        if (!currency) {
            say.refuse(denials::currency_missing, {.line = call.line},
                       "The product has no currency; load it with one.");
            return;
        }
        const auto wanted = view.number(call.order, call.line, field::currency);
        if (wanted && *wanted != *currency)
            say.refuse(denials::currency_mismatch, {*currency, *wanted, call.line},
                       "The order names another currency than the product trades in.");
    }

    static void validate_type(const LineCall& call, const View& view, const Opinions& say) {
        const auto kind = view.number(call.order, call.line, field::price_kind);
        if (kind && *kind != choice::price_kind::per_unit)
            say.refuse(denials::price_kind_unsupported,
                       {choice::price_kind::per_unit, *kind, call.line},
                       "Shares are priced per unit.");
        const auto type = view.number(call.order, call.line, field::order_type);
        if (!type) return;
        const bool limit = view.number(call.order, call.line, field::limit_price).has_value();
        const bool stop = view.number(call.order, call.line, field::stop_price).has_value();
        const bool wants_limit =
            *type == choice::order_type::limit || *type == choice::order_type::stop_limit;
        const bool wants_stop =
            *type == choice::order_type::stop || *type == choice::order_type::stop_limit;
        if (wants_limit && !limit)
            say.refuse(denials::price_missing, {.line = call.line},
                       "This type of order needs a limit price.");
        if (wants_stop && !stop)
            say.refuse(denials::price_missing, {.line = call.line},
                       "This type of order needs a stop price.");
        if (!wants_limit && limit)
            say.refuse(
                denials::price_unexpected, {.line = call.line},
                "This type of order has no limit price; leave it out or send a limit order.");
    }

    static void validate_price(const LineCall& call, std::uint32_t which,
                               const oms_reference_row& product, const View& view,
                               const Opinions& say) {
        const auto price = view.number(call.order, call.line, which);
        if (!price) return;
        const std::string shown = format_decimal(*price, product.price_scale);
        const auto against = [&](std::int64_t limit) {
            return Measured{limit, *price, call.line, product.reference, OMS_unit_price};
        };
        if (*price <= 0) {
            say.refuse(denials::price_not_positive, against(0),
                       "The price " + shown + " is not above zero.");
            return;
        }
        const std::int64_t tick = view.reference_number(product.reference, field::tick).value_or(1);
        if (tick > 0 && *price % tick != 0)
            say.refuse(denials::price_off_tick, against(tick),
                       "The price " + shown + " is not a multiple of the tick " +
                           format_decimal(tick, product.price_scale) + ".");
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
        const std::int64_t lot = view.reference_number(product.reference, field::lot).value_or(1);
        if (lot > 0 && line.ordered % lot != 0)
            say.refuse(denials::quantity_off_lot, against(lot),
                       start() + "not a multiple of the lot " + shown(lot) + ".");
        const auto minimum = view.reference_number(product.reference, field::minimum);
        if (minimum && line.ordered < *minimum)
            say.refuse(denials::quantity_below_minimum, against(*minimum),
                       start() + "below the minimum " + shown(*minimum) + ".");
        const auto maximum = view.reference_number(product.reference, field::maximum);
        if (maximum && line.ordered > *maximum)
            say.refuse(denials::quantity_above_maximum, against(*maximum),
                       start() + "above the maximum " + shown(*maximum) + ".");
    }

    // ---- money --------------------------------------------------------------------------------

    std::int64_t cash_for(const LineCall& call, const oms_line_row& line, const View& view,
                          const Holds& say) const {
        auto price = view.number(call.order, call.line, field::limit_price);
        if (!price) {
            price = hold_price(call, line, view);
            if (!price)
                throw CallError(OMS_NOT_FOUND, "no price is known to hold cash for order " +
                                                   std::to_string(call.order) + " by");
            if (!view.cell(cells::hold_price, call.order, call.line))
                say.set_cell(cells::hold_price, call.order, call.line, *price);
        }
        return value(call.quantity, *price, view.reference(line.product),
                     view.reference(currency_of(line.product, view)), Rounding::up);
    }

    /// The price at which cash is held for a line without a limit: the one that was taken before,
    /// or the ask, or the last price, and the margin on top.
    std::optional<std::int64_t> hold_price(const LineCall& call, const oms_line_row& line,
                                           const View& view) const {
        if (const auto taken = view.cell(cells::hold_price, call.order, call.line)) return taken;
        auto seen = view.observation(line.product, observed::ask);
        if (!seen || seen->value <= 0) seen = view.observation(line.product, observed::last);
        if (!seen || seen->value <= 0) return std::nullopt;
        const std::int64_t one =
            static_cast<std::int64_t>(power_of_ten(equity::Settings::market_order_margin_scale));
        return multiply_divide(seen->value, one + margin_, one, Rounding::up);
    }

    static void forget_hold_price(std::uint64_t order, std::uint32_t line, const View& view,
                                  const Sink& say) {
        if (view.cell(cells::hold_price, order, line))
            say.erase_cell(cells::hold_price, order, line);
    }

    static std::int64_t value(std::int64_t quantity, std::int64_t price,
                              const oms_reference_row& product, const oms_reference_row& currency,
                              Rounding rounding) {
        const auto amount =
            multiply(quantity, product.scale, price, product.price_scale, currency.scale, rounding);
        if (!amount) throw CallError(OMS_OUT_OF_RANGE, "quantity x price does not fit");
        return *amount;
    }

    static std::uint32_t currency_of(std::uint32_t product, const View& view) {
        const auto currency = view.reference_number(product, field::currency);
        if (!currency) throw CallError(OMS_NOT_FOUND, "the product has no currency");
        return static_cast<std::uint32_t>(*currency);
    }

    static bool is_short_sell(const LineCall& call, const View& view) {
        const auto kind = view.number(call.order, call.line, field::sell_kind);
        return kind && *kind != choice::sell_kind::long_sell;
    }

    static std::string code(const oms_reference_row& reference) {
        return std::string(sdk::view(reference.code));
    }

    std::int64_t margin_;
};

}  // namespace
}  // namespace oms::plugins::equity

OMS_PLUGIN(oms::plugins::equity::Equity);
