// SPDX-License-Identifier: Apache-2.0
// What an order is worth, for the guards of lifecycles. The README says what each fact counts.
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/facts.hpp>
#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace oms::plugins::order_value {
namespace {

using namespace oms::sdk;

class OrderValue : public Facts {
public:
    static constexpr std::string_view fact_names[] = {"total", "dearest_line", "lines"};

    std::optional<std::int64_t> evaluate(std::uint32_t fact, std::uint64_t order,
                                         const View& view) override {
        if (fact_names[fact] == "lines") return view.order(order).lines;
        std::optional<std::int64_t> total;
        std::int64_t dearest = 0;
        std::uint32_t currency = 0;
        for (const oms_line_row& line : view.lines(order)) {
            const auto amount = view.term(order, line.line, field::line_amount);
            if (!amount) continue;
            if (total && amount->product != currency) return std::nullopt;
            currency = amount->product;
            total = add(total.value_or(0), amount->number);
            if (!total) return std::nullopt;
            dearest = std::max(dearest, amount->number);
        }
        if (!total) return std::nullopt;
        return fact_names[fact] == "total" ? *total : dearest;
    }
};

}  // namespace
}  // namespace oms::plugins::order_value

OMS_PLUGIN(oms::plugins::order_value::OrderValue);
