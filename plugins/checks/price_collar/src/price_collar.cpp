// SPDX-License-Identifier: Apache-2.0
// Limit prices against what the market shows. The README says the rules in words.
#include "price_collar_settings.hpp"

#include <oms/sdk/check.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oms::plugins::price_collar {
namespace {

using namespace oms::sdk;

std::uint32_t outcome(const std::string& word) {
    if (word == "warn") return OMS_outcome_warn;
    return word == "ask" ? OMS_outcome_ask : OMS_outcome_refuse;
}

class PriceCollar : public Check {
public:
    explicit PriceCollar(const sdk::Settings& given)
        : PriceCollar(price_collar::Settings::from(given)) {}
    explicit PriceCollar(const price_collar::Settings& settings)
        : within_(settings.within),
          both_sides_(settings.sides == "both"),
          beyond_(outcome(settings.beyond)),
          unknown_(outcome(settings.unknown)),
          max_age_ns_(std::chrono::nanoseconds(settings.max_age).count()) {}

    void evaluate(const CheckCall& call, const View& view, const Opinions& say) override {
        // A collar is for what may still be stopped: at an execution the limit price is history.
        if (call.stage == Stage::report) return say.otherwise_pass();
        for (const oms_line_row& line : view.lines(call.order))
            if (const auto limit = view.number(call.order, line.line, field::limit_price))
                check(line, *limit, view, say);
        say.otherwise_pass();
    }

private:
    void check(const oms_line_row& line, std::int64_t limit, const View& view,
               const Opinions& say) const {
        const bool receives = line.direction == OMS_direction_receive;
        const auto seen = price_seen(line.product, receives, view);
        if (!seen) {
            say.say(unknown_, denials::price_unseen, price(line, 0, limit),
                    "No price of the product has been seen to hold the limit price against.");
            return;
        }
        const Wide allowed = room(*seen);
        const Wide off = static_cast<Wide>(limit) - *seen;
        if (off > allowed && (receives || both_sides_)) {
            refuse(line, limit, *seen, allowed, "above", view, say);
        } else if (-off > allowed && (!receives || both_sides_)) {
            refuse(line, limit, *seen, -allowed, "below", view, say);
        } else {
            say.pass(denials::price_beyond_collar, price(line, *seen, limit));
        }
    }

    static Measured price(const oms_line_row& line, std::int64_t limit, std::int64_t observed) {
        return {limit, observed, line.line, line.product, OMS_unit_price};
    }

    void refuse(const oms_line_row& line, std::int64_t limit, std::int64_t seen, Wide allowed,
                std::string_view side, const View& view, const Opinions& say) const {
        const unsigned scale = view.reference(line.product).price_scale;
        const Measured measured = price(line, narrow(seen + allowed).value_or(seen), limit);
        say.say(beyond_, denials::price_beyond_collar, measured,
                "The limit price " + format_decimal(limit, scale) + " is more than " +
                    format_decimal(within_, Settings::within_scale, 0) + " percent " +
                    std::string(side) + " the price seen, " + format_decimal(seen, scale) + ".");
    }

    /// How far a price may be from this one, whole steps of the price scale, rounded down. A price
    /// below zero has a distance all the same.
    Wide room(std::int64_t seen) const {
        const Wide size = seen < 0 ? -static_cast<Wide>(seen) : static_cast<Wide>(seen);
        return *divide(size * within_, 100 * power_of_ten(Settings::within_scale), Rounding::down);
    }

    /// What the line would meet: the ask when it receives, the bid when it delivers; or else the
    /// last price; or else the other side.
    std::optional<std::int64_t> price_seen(std::uint32_t product, bool receives,
                                           const View& view) const {
        const std::uint32_t near = receives ? observed::ask : observed::bid;
        const std::uint32_t far = receives ? observed::bid : observed::ask;
        for (const std::uint32_t which : {near, observed::last, far}) {
            const auto seen = view.observation(product, which);
            if (seen && (max_age_ns_ == 0 || view.now() - seen->time <= max_age_ns_))
                return seen->value;
        }
        return std::nullopt;
    }

    std::int64_t within_;  ///< percent, at Settings::within_scale
    bool both_sides_;
    std::uint32_t beyond_;
    std::uint32_t unknown_;
    std::int64_t max_age_ns_;
};

}  // namespace
}  // namespace oms::plugins::price_collar

OMS_PLUGIN(oms::plugins::price_collar::PriceCollar);
