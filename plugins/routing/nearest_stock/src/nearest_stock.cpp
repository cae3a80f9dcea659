// SPDX-License-Identifier: Apache-2.0
// Sends orders from where their goods lie. The README says the rules in words, sourcing.hpp the
// arithmetic.
#include "distance.hpp"
#include "nearest_stock_settings.hpp"
#include "sourcing.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/routing.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace oms::plugins::nearest_stock {
namespace {

using namespace oms::sdk;

/// What must be sent of one product in one direction, over all lines.
struct Need {
    std::uint32_t product = 0;
    std::uint32_t direction = 0;
    std::int64_t quantity = 0;
    unsigned scale = 0;
    std::string code;
};

struct Candidate {
    std::uint32_t destination = 0;
    Place place;
    std::string why_not;  ///< empty: it may take part
    bool chosen = false;
};

std::vector<Rule> read_rules(const std::vector<std::string>& names) {
    std::vector<Rule> rules;
    for (const std::string& name : names) {
        const auto found = std::find(std::begin(rule_names), std::end(rule_names), name);
        if (found == std::end(rule_names))
            throw std::invalid_argument("prefer: there is no rule \"" + name + "\"" +
                                        did_you_mean(name, rule_names) +
                                        "; use: " + name_list(rule_names));
        rules.push_back(static_cast<Rule>(found - std::begin(rule_names)));
    }
    return rules;
}

class NearestStock : public Routing {
public:
    explicit NearestStock(const sdk::Settings& given)
        : settings_(nearest_stock::Settings::from(given)), rules_(read_rules(settings_.prefer)) {}

    void plan(const RoutingCall& call, const View& view, const Routes& say) override {
        const std::vector<oms_line_row> lines = lines_to_route(call, view);
        if (lines.empty()) return;
        const std::vector<Need> needs = needs_of(lines, view);
        std::vector<Candidate> candidates;
        for (const std::uint32_t destination : call.destinations)
            candidates.push_back(weigh(call, destination, needs, view));

        std::vector<std::int64_t> quantities;
        for (const Need& need : needs) quantities.push_back(need.quantity);
        std::vector<Place> places;
        for (const Candidate& candidate : candidates) places.push_back(candidate.place);
        const auto choice =
            choose(places, quantities, rules_, static_cast<std::size_t>(settings_.max_splits),
                   settings_.partial);
        if (choice) open(*choice, lines, needs, candidates, say);
        explain_rest(choice, needs, candidates, say);
    }

private:
    // ---- what is known ------------------------------------------------------------------------

    static std::vector<Need> needs_of(const std::vector<oms_line_row>& lines, const View& view) {
        std::vector<Need> needs;
        for (const oms_line_row& line : lines) {
            const std::size_t index = need_of(line, needs);
            if (index == needs.size()) {
                const oms_reference_row product = view.reference(line.product);
                needs.push_back({line.product, line.direction, 0, product.scale,
                                 std::string(sdk::view(product.code))});
            }
            const auto sum = add(needs[index].quantity, line.unrouted);
            if (!sum) throw CallError(OMS_OUT_OF_RANGE, "the order's quantities do not fit");
            needs[index].quantity = *sum;
        }
        return needs;
    }

    static std::size_t need_of(const oms_line_row& line, const std::vector<Need>& needs) {
        const auto found = std::find_if(needs.begin(), needs.end(), [&](const Need& need) {
            return need.product == line.product && need.direction == line.direction;
        });
        return static_cast<std::size_t>(found - needs.begin());
    }

    Candidate weigh(const RoutingCall& call, std::uint32_t destination,
                    const std::vector<Need>& needs, const View& view) const {
        const oms_reference_row row = view.reference(destination);
        Candidate candidate;
        candidate.destination = destination;
        candidate.place.priority = view.reference_number(destination, field::priority).value_or(0);
        candidate.place.distance_m = distance(call.order, destination, view);
        if ((row.flags & OMS_REFERENCE_DISABLED) != 0)
            candidate.why_not = "it is disabled";
        else if (call.attempt > 1 && fell_short(view, call.order, destination))
            candidate.why_not = "it did not send before what it was asked for";
        for (const Need& need : needs)
            candidate.place.has.push_back(candidate.why_not.empty() ? stock(row, need, view) : 0);
        return candidate;
    }

    static std::optional<std::int64_t> distance(std::uint64_t order, std::uint32_t destination,
                                                const View& view) {
        const auto to_latitude = view.number(order, whole_order, field::ship_to_latitude);
        const auto to_longitude = view.number(order, whole_order, field::ship_to_longitude);
        const auto latitude = view.reference_number(destination, field::latitude);
        const auto longitude = view.reference_number(destination, field::longitude);
        if (!to_latitude || !to_longitude || !latitude || !longitude) return std::nullopt;
        return distance_m({*latitude, *longitude}, {*to_latitude, *to_longitude});
    }

    /// What the place can send of it. What comes in needs room and no stock: every place has that.
    std::int64_t stock(const oms_reference_row& place, const Need& need, const View& view) const {
        if (need.direction == OMS_direction_receive) return need.quantity;
        Wide there = 0;
        if (settings_.stock == "balance") {
            if (place.group != 0) there = view.available(place.group, need.product);
        } else if (const auto told = shown_by(place, need.product, observed::available, view)) {
            there = told->value;
        }
        there -= kept_back(place.reference, need, view);
        return static_cast<std::int64_t>(std::clamp<Wide>(there, 0, plenty(need)));
    }

    /// More than a thousand times the need decides nothing any more, and stays far from overflow.
    static Wide plenty(const Need& need) {
        return std::min<Wide>(static_cast<Wide>(need.quantity) * 1000, INT64_MAX);
    }

    /// The place's safety stock: of the product that the term names, or pieces of every product
    /// when it names none (a configuration then puts the place itself there).
    static Wide kept_back(std::uint32_t destination, const Need& need, const View& view) {
        const auto term = view.reference_term(destination, field::safety_stock);
        if (!term) return 0;
        if (term->product == 0 || term->product == destination)
            return term->number * power_of_ten(need.scale);
        return term->product == need.product ? term->number : 0;
    }

    // ---- what is said -------------------------------------------------------------------------

    void open(const Choice& choice, const std::vector<oms_line_row>& lines,
              const std::vector<Need>& needs, std::vector<Candidate>& candidates,
              const Routes& say) const {
        std::vector<std::int64_t> unrouted;
        for (const oms_line_row& line : lines) unrouted.push_back(line.unrouted);
        for (const Parcel& parcel : choice.parcels) {
            Candidate& candidate = candidates[parcel.place];
            RoutePlan plan(candidate.destination);
            std::vector<std::int64_t> left = parcel.quantities;
            for (std::size_t index = 0; index < lines.size(); ++index) {
                std::int64_t& give = left[need_of(lines[index], needs)];
                const std::int64_t part = std::min(give, unrouted[index]);
                if (part == 0) continue;
                plan.add_line(lines[index].line, lines[index].product, part);
                unrouted[index] -= part;
                give -= part;
            }
            std::string why = list(needs, parcel.quantities) + " of " + list(needs, {}) +
                              way_text(candidate.place);
            why += choice.plans == 1 ? "; the only plan"
                                     : "; decided by " + std::string(choice.decided_by) +
                                           " among " + std::to_string(choice.plans) + " plans";
            if (!choice.complete) why += "; nobody has the rest";
            say.open(plan, score(candidate.place), why);
            candidate.chosen = true;
        }
    }

    static void explain_rest(const std::optional<Choice>& choice, const std::vector<Need>& needs,
                             const std::vector<Candidate>& candidates, const Routes& say) {
        for (const Candidate& candidate : candidates) {
            if (candidate.chosen) continue;
            std::string why = candidate.why_not;
            if (why.empty()) {
                why =
                    "it has " + stock_list(needs, candidate.place.has) + way_text(candidate.place);
                if (!choice)
                    why += "; no places that may be combined have everything";
                else if (choice->plans == 1)
                    why += "; the only plan does without it";
                else
                    why += "; decided by " + std::string(choice->decided_by);
            }
            say.passed_over(candidate.destination, score(candidate.place), why);
        }
    }

    /// `2 MUG, 1 TEE`: of each need so much, or, of none given, all of it.
    static std::string list(const std::vector<Need>& needs,
                            const std::vector<std::int64_t>& quantities) {
        std::string text;
        for (std::size_t index = 0; index < needs.size(); ++index) {
            const Need& need = needs[index];
            if (!text.empty()) text += ", ";
            text += format_decimal(quantities.empty() ? need.quantity : quantities[index],
                                   need.scale, 0) +
                    " " + need.code;
        }
        return text;
    }

    /// The same of what a place has, which was not counted beyond plenty.
    static std::string stock_list(const std::vector<Need>& needs,
                                  const std::vector<std::int64_t>& has) {
        std::string text;
        for (std::size_t index = 0; index < needs.size(); ++index) {
            const Need& need = needs[index];
            if (!text.empty()) text += ", ";
            text += has[index] < plenty(need) ? format_decimal(has[index], need.scale, 0)
                                              : std::string("plenty of");
            text += " " + need.code;
        }
        return text;
    }

    static std::string way_text(const Place& place) {
        if (!place.distance_m) return "; distance not known";
        return "; " + format_decimal(*place.distance_m / 100, 1) + " km";
    }

    /// Metres to the buyer, -1 where they are not known.
    static std::int64_t score(const Place& place) { return place.distance_m.value_or(-1); }

    nearest_stock::Settings settings_;
    std::vector<Rule> rules_;
};

}  // namespace
}  // namespace oms::plugins::nearest_stock

OMS_PLUGIN(oms::plugins::nearest_stock::NearestStock);
