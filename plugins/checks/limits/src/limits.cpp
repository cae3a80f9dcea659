// SPDX-License-Identifier: Apache-2.0
// Orders against the limits of their account. The README says exactly what each rule measures.
#include "limits_settings.hpp"
#include "order_chain.hpp"

#include <oms/sdk/check.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/scratch.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::plugins::limits {
namespace {

using namespace oms::sdk;
namespace rows = tables;

/// A line, and in which currency it is counted.
struct AskedLine {
    std::uint32_t line = 0;
    std::uint32_t product = 0;
    std::uint32_t direction = 0;
    std::int64_t ordered = 0;
    std::optional<std::uint32_t> currency;
    std::optional<std::int64_t> amount;  ///< owed for the line, if the order says so
};

void sort_unique(std::pmr::vector<std::uint32_t>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

/// What the order asks for, read once for all rules.
struct Asked {
    Asked(std::uint64_t of, const View& view) : order(of), account(view.order(of).account) {
        for (const oms_line_row& row : view.lines(order)) {
            AskedLine& line = lines.emplace_back(
                AskedLine{row.line, row.product, row.direction, row.ordered, {}, {}});
            if (const auto amount = view.term(order, row.line, field::line_amount)) {
                line.amount = amount->number;
                line.currency = amount->product;
            } else if (const auto currency = view.reference_number(row.product, field::currency)) {
                line.currency = static_cast<std::uint32_t>(*currency);
            }
            products.push_back(line.product);
            if (line.currency) currencies.push_back(*line.currency);
        }
        sort_unique(products);
        sort_unique(currencies);
    }

    const std::uint64_t order;
    const std::uint32_t account;
    Scratch<1024> memory;  // enough for a few lines
    std::pmr::vector<AskedLine> lines{&memory};
    std::pmr::vector<std::uint32_t> products{&memory};
    std::pmr::vector<std::uint32_t> currencies{&memory};
};

class Limits : public Check {
public:
    explicit Limits(const sdk::Settings& given) : settings_(limits::Settings::from(given)) {}

    void evaluate(const CheckCall& call, const View& view, const Opinions& say) override {
        // What a route carries was held against the limits when it was ordered.
        if (call.stage != Stage::route) {
            const Asked asked(call.order, view);
            for (const std::uint32_t product : asked.products) {
                check_quantity(asked, product, view, say);
                check_position(asked, product, view, say);
            }
            for (const std::uint32_t currency : asked.currencies) {
                check_notional(asked, currency, view, say);
                check_held(asked.account, currency, view, say);
            }
        }
        say.otherwise_pass();
    }

private:
    /// Passes or refuses, with both numbers shown at the scale of the product or currency.
    static void weigh(bool within, std::uint32_t rule, std::int64_t limit, Wide observed,
                      std::uint32_t asset, std::string_view what, const View& view,
                      const Opinions& say) {
        const Measured measured{.limit = limit,
                                .observed = saturate(observed),
                                .product = asset,
                                .unit = OMS_unit_quantity};
        if (within) {
            say.pass(rule, measured);
            return;
        }
        const oms_reference_row row = view.reference(asset);
        const std::string code = " " + std::string(sdk::view(row.code));
        say.refuse(rule, measured,
                   std::string(what) + " " + format_decimal_wide(observed, row.scale, 0) + code +
                       ", and the limit is " + format_decimal(limit, row.scale, 0) + code + ".");
    }

    static void check_quantity(const Asked& asked, std::uint32_t product, const View& view,
                               const Opinions& say) {
        const auto limit = view.cell(rows::order_limits::most_quantity, asked.account, product);
        if (!limit) return;
        Wide received = 0;
        Wide delivered = 0;
        for (const AskedLine& line : asked.lines)
            if (line.product == product)
                (line.direction == OMS_direction_receive ? received : delivered) += line.ordered;
        for (const Wide quantity : {received, delivered})
            if (quantity != 0)
                weigh(quantity <= *limit, denials::quantity_above_limit, *limit, quantity, product,
                      "The order asks for", view, say);
    }

    void check_position(const Asked& asked, std::uint32_t product, const View& view,
                        const Opinions& say) const {
        const std::uint32_t account = asked.account;
        const auto longest = view.cell(rows::position_limits::longest, account, product);
        const auto shortest = view.cell(rows::position_limits::shortest, account, product);
        if (!longest && !shortest) return;
        OrderChain chain(account, product, view, say);
        chain.link(asked.order);
        std::int64_t orders = 0;
        const OpenQuantity open = chain.sum(settings_.most_open_orders, orders);
        if (orders > settings_.most_open_orders) {
            say.refuse(denials::orders_above_limit,
                       {.limit = settings_.most_open_orders, .observed = orders},
                       "The account has " + std::to_string(settings_.most_open_orders) +
                           " open orders in the product already; its position limit is held "
                           "against no more.");
            return;
        }
        const Wide balance = to_int128(view.balance(account, product).balance);
        if (longest)
            weigh(balance + open.receive <= *longest, denials::position_above_limit, *longest,
                  balance + open.receive, product, "With all that is open the account would have",
                  view, say);
        if (shortest)
            weigh(balance - open.deliver >= *shortest, denials::position_below_limit, *shortest,
                  balance - open.deliver, product, "With all that is open the account would have",
                  view, say);
    }

    static void check_notional(const Asked& asked, std::uint32_t currency, const View& view,
                               const Opinions& say) {
        const auto limit = view.cell(rows::value_limits::most_notional, asked.account, currency);
        if (!limit) return;
        Wide total = 0;
        for (const AskedLine& line : asked.lines) {
            if (line.currency != currency) continue;
            const auto value = line.amount ? line.amount : value_of(asked.order, line, view);
            if (!value) {
                say.refuse(denials::notional_unknown,
                           {.limit = *limit,
                            .line = line.line,
                            .product = currency,
                            .unit = OMS_unit_quantity},
                           "The account has a limit on value, and no price of the line is known.");
                return;
            }
            total += *value;
        }
        weigh(total <= *limit, denials::notional_above_limit, *limit, total, currency,
              "The order is worth", view, say);
    }

    static void check_held(std::uint32_t account, std::uint32_t currency, const View& view,
                           const Opinions& say) {
        const auto limit = view.cell(rows::value_limits::most_held, account, currency);
        if (!limit) return;
        const Wide held = to_int128(view.balance(account, currency).held);
        weigh(held <= *limit, denials::cash_above_limit, *limit, held, currency,
              "The account's open orders tie up", view, say);
    }

    /// Quantity x price, rounded up; nothing without a price.
    static std::optional<std::int64_t> value_of(std::uint64_t order, const AskedLine& line,
                                                const View& view) {
        const auto price = price_of(order, line, view);
        if (!price) return std::nullopt;
        const oms_reference_row product = view.reference(line.product);
        const auto value = multiply(line.ordered, product.scale, *price, product.price_scale,
                                    view.reference(*line.currency).scale, Rounding::up);
        if (!value) throw CallError(OMS_OUT_OF_RANGE, "quantity x price does not fit");
        return value;
    }

    static std::optional<std::int64_t> price_of(std::uint64_t order, const AskedLine& line,
                                                const View& view) {
        if (const auto limit = view.number(order, line.line, field::limit_price)) return limit;
        const bool receives = line.direction == OMS_direction_receive;
        for (const std::uint32_t seen : {receives ? observed::ask : observed::bid, observed::last})
            if (const auto value = view.observation(line.product, seen)) return value->value;
        return std::nullopt;
    }

    limits::Settings settings_;
};

}  // namespace
}  // namespace oms::plugins::limits

OMS_PLUGIN(oms::plugins::limits::Limits);
