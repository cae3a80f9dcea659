// SPDX-License-Identifier: Apache-2.0
// Routes by quotes. The README says the rules in words, split.hpp the arithmetic.
#include "best_venue_settings.hpp"
#include "split.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/routing.hpp>
#include <oms/sdk/scratch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace oms::plugins::best_venue {
namespace {

using namespace oms::sdk;

/// A venue as one line sees it.
struct Candidate {
    Candidate(std::uint32_t where, std::pmr::memory_resource* memory)
        : destination(where), why_not(memory) {}

    std::uint32_t destination;
    Quote quote;
    std::pmr::string why_not;  ///< empty: it has a quote within the limit
    bool usable = true;        ///< orders may go there, whatever it quotes
    bool quoted = false;
    bool chosen = false;
};

/// What the quotes of one line are about.
struct Line {
    oms_line_row row;
    oms_reference_row product;
    std::optional<std::int64_t> limit;
    Terms terms;

    bool buys() const { return terms.buys; }
    std::string price(std::int64_t value) const {
        return format_decimal(value, product.price_scale);
    }
    std::string quantity(std::int64_t value) const {
        return format_decimal(value, product.scale, 0);
    }
};

class BestVenue : public Routing {
    using Memory = Scratch<>;

public:
    explicit BestVenue(const sdk::Settings& given) : settings_(best_venue::Settings::from(given)) {}

    void plan(const RoutingCall& call, const View& view, const Routes& say) override {
        Scratch for_lines;
        for (const oms_line_row& row : lines_to_route(call, view, &for_lines)) {
            Scratch memory;
            const Line line = describe(call.order, row, view);
            auto candidates = memory.vector<Candidate>(call.destinations.size());
            for (const std::uint32_t destination : call.destinations)
                weigh(candidates.emplace_back(destination, &memory), call, line, view);
            plan_line(line, candidates, memory, say);
        }
    }

private:
    // ---- what is known ------------------------------------------------------------------------

    static Line describe(std::uint64_t order, const oms_line_row& row, const View& view) {
        Line line{
            row, view.reference(row.product), view.number(order, row.line, field::limit_price), {}};
        line.terms.buys = row.direction == OMS_direction_receive;
        line.terms.scale = line.product.scale;
        line.terms.price_scale = line.product.price_scale;
        line.terms.lot =
            std::max<std::int64_t>(1, view.reference_number(row.product, field::lot).value_or(1));
        const auto currency = view.reference_number(row.product, field::currency);
        line.terms.currency_scale =
            currency ? view.reference(static_cast<std::uint32_t>(*currency)).scale
                     : line.product.price_scale;
        return line;
    }

    void weigh(Candidate& venue, const RoutingCall& call, const Line& line,
               const View& view) const {
        const std::uint32_t destination = venue.destination;
        const oms_reference_row row = view.reference(destination);
        venue.quote.fee_bps = view.reference_number(destination, field::fee_bps).value_or(0);
        venue.quote.fee_fixed = view.reference_number(destination, field::fee_fixed).value_or(0);
        if ((row.flags & OMS_REFERENCE_DISABLED) != 0) {
            venue.usable = false;
            venue.why_not = "it is disabled";
        } else if (call.attempt > 1 && fell_short(view, call.order, destination)) {
            venue.usable = false;
            venue.why_not = "it did not do before what it was sent";
        } else {
            read_quote(venue, row, line, view);
        }
    }

    void read_quote(Candidate& venue, const oms_reference_row& row, const Line& line,
                    const View& view) const {
        const std::string_view side = line.buys() ? "ask" : "bid";
        const auto price =
            shown_by(row, line.row.product, line.buys() ? observed::ask : observed::bid, view);
        if (!price) {
            venue.why_not.append("it shows no ").append(side);
            return;
        }
        const std::int64_t stale_ns = std::chrono::nanoseconds(settings_.stale_after).count();
        if (stale_ns != 0 && view.now() - price->time > stale_ns) {
            venue.why_not.append("its ").append(side).append(" ").append(line.price(price->value));
            venue.why_not += " is stale";
            return;
        }
        const auto size = view.observation(
            line.row.product, line.buys() ? observed::ask_size : observed::bid_size, price->source);
        venue.quote.price = price->value;
        venue.quote.size = size ? size->value : line.row.unrouted;
        venue.quoted = venue.quote.size > 0;
        if (!venue.quoted) {
            venue.why_not.append("its ").append(side).append(" has no size");
            return;
        }
        const bool beyond =
            line.limit && (line.buys() ? price->value > *line.limit : price->value < *line.limit);
        if (beyond)
            venue.why_not.append("its ")
                .append(side)
                .append(" ")
                .append(line.price(price->value))
                .append(" is beyond the limit ")
                .append(line.price(*line.limit));
    }

    // ---- what is said -------------------------------------------------------------------------

    void plan_line(const Line& line, std::span<Candidate> candidates, Memory& memory,
                   const Routes& say) const {
        auto quotes = memory.vector<Quote>(candidates.size());
        auto within = memory.vector<Candidate*>(candidates.size());
        for (Candidate& venue : candidates) {
            if (!venue.why_not.empty()) continue;
            quotes.push_back(venue.quote);
            within.push_back(&venue);
        }
        if (within.empty()) {
            rest_somewhere(line, candidates, memory, say);
            return;
        }
        const Split split = best_split(quotes, line.row.unrouted,
                                       static_cast<std::size_t>(settings_.max_splits), line.terms);
        std::pmr::string why("best of ", &memory);
        why.append(std::to_string(within.size())).append(" quotes");
        for (const Part& part : split)
            open(line, *within[part.quote], part.quantity, why, memory, say);
        for (Candidate* venue : within) {
            if (venue->chosen) continue;
            append_quote(venue->why_not, line, venue->quote);
            venue->why_not += " is not better than what was chosen";
        }
        explain_rest(line, candidates, say);
    }

    /// No quote is within the limit: the order rests where the best quote is, or where it is told
    /// to.
    void rest_somewhere(const Line& line, std::span<Candidate> candidates, Memory& memory,
                        const Routes& say) const {
        Candidate* chosen = nullptr;
        for (Candidate& venue : candidates) {
            if (!venue.quoted) continue;
            if (chosen == nullptr || cost(venue.quote, line.row.unrouted, line.terms) <
                                         cost(chosen->quote, line.row.unrouted, line.terms))
                chosen = &venue;
        }
        std::string_view why = "no quote is within the limit; it rests where the best one is";
        if (chosen == nullptr && settings_.unquoted == "first") {
            const auto first = std::find_if(candidates.begin(), candidates.end(),
                                            [](const Candidate& venue) { return venue.usable; });
            if (first != candidates.end()) chosen = &*first;
            why = "no venue shows a quote; it is the first one configured";
        }
        if (chosen != nullptr) open(line, *chosen, line.row.unrouted, why, memory, say);
        explain_rest(line, candidates, say);
    }

    static void open(const Line& line, Candidate& venue, std::int64_t quantity,
                     std::string_view why, Memory& memory, const Routes& say) {
        venue.chosen = true;
        RoutePlan plan(venue.destination, &memory);
        plan.add_line(line.row.line, line.row.product, quantity);
        std::pmr::string text(&memory);
        text.reserve(usual_text);
        text.append(line.quantity(quantity))
            .append(" of ")
            .append(line.quantity(line.row.unrouted));
        if (venue.quoted) append_quote(text += " at ", line, venue.quote);
        say.open(plan, score(line, venue), text.append(": ").append(why));
    }

    static void explain_rest(const Line& line, std::span<const Candidate> candidates,
                             const Routes& say) {
        for (const Candidate& venue : candidates)
            if (!venue.chosen)
                say.passed_over(venue.destination, score(line, venue), venue.why_not);
    }

    static void append_quote(std::pmr::string& text, const Line& line, const Quote& quote) {
        text.reserve(usual_text);
        text.append(line.price(quote.price)).append(" x ").append(line.quantity(quote.size));
        if (quote.fee_bps != 0)
            text.append(", fee ").append(std::to_string(quote.fee_bps)).append(" bp");
        if (quote.fee_fixed != 0)
            text.append(", fee ").append(
                format_decimal(quote.fee_fixed, line.terms.currency_scale));
    }

    /// The price with its fee in it, at the product's price scale; 0 where there is no quote.
    static std::int64_t score(const Line& line, const Candidate& venue) {
        return venue.quoted ? effective_price(venue.quote, line.buys()) : 0;
    }

    static constexpr std::size_t usual_text = 96;

    best_venue::Settings settings_;
};

}  // namespace
}  // namespace oms::plugins::best_venue

OMS_PLUGIN(oms::plugins::best_venue::BestVenue);
