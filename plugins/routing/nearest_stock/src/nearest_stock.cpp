// SPDX-License-Identifier: Apache-2.0
// Sends orders from where their goods lie. The README says the rules in words, sourcing.hpp the
// arithmetic.
#include "distance.hpp"
#include "nearest_stock_settings.hpp"
#include "sourcing.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/routing.hpp>
#include <oms/sdk/scratch.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory_resource>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
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
    std::pmr::string code;
};

struct Candidate {
    Candidate(std::uint32_t where, std::pmr::memory_resource* memory)
        : destination(where), why_not(memory) {}

    std::uint32_t destination;
    std::pmr::string why_not;  ///< empty: it may take part
    bool chosen = false;
};

/// What one call is about.
struct Question {
    Scratch<8192> memory;
    std::pmr::vector<oms_line_row> lines{&memory};
    std::pmr::vector<std::size_t> need_of_line{&memory};
    std::pmr::vector<Need> needs{&memory};
    std::pmr::vector<Candidate> candidates{&memory};
    std::pmr::vector<Place> places{&memory};  ///< of the candidates
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
        Question asked;
        asked.lines = lines_to_route(call, view, &asked.memory);
        if (asked.lines.empty()) return;
        find_needs(asked, view);
        asked.candidates.reserve(call.destinations.size());
        asked.places.reserve(call.destinations.size());
        for (const std::uint32_t destination : call.destinations)
            weigh(call, destination, asked, view);

        auto quantities = asked.memory.vector<std::int64_t>(asked.needs.size());
        for (const Need& need : asked.needs) quantities.push_back(need.quantity);
        const auto choice =
            choose(asked.places, quantities, rules_, static_cast<std::size_t>(settings_.max_splits),
                   settings_.partial, &asked.memory);
        if (choice) open(*choice, asked, say);
        explain_rest(choice, asked, say);
    }

private:
    // ---- what is known ------------------------------------------------------------------------

    static void find_needs(Question& asked, const View& view) {
        std::pmr::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> known(&asked.memory);
        asked.need_of_line.reserve(asked.lines.size());
        for (const oms_line_row& line : asked.lines) {
            const auto [place, fresh] =
                known.try_emplace({line.product, line.direction}, asked.needs.size());
            asked.need_of_line.push_back(place->second);
            if (fresh) {
                const oms_reference_row product = view.reference(line.product);
                asked.needs.push_back({line.product, line.direction, 0, product.scale,
                                       std::pmr::string(sdk::view(product.code), &asked.memory)});
            }
            Need& need = asked.needs[place->second];
            const auto sum = add(need.quantity, line.unrouted);
            if (!sum) throw CallError(OMS_OUT_OF_RANGE, "the order's quantities do not fit");
            need.quantity = *sum;
        }
    }

    void weigh(const RoutingCall& call, std::uint32_t destination, Question& asked,
               const View& view) const {
        const oms_reference_row row = view.reference(destination);
        Candidate& candidate = asked.candidates.emplace_back(destination, &asked.memory);
        if ((row.flags & OMS_REFERENCE_DISABLED) != 0)
            candidate.why_not = "it is disabled";
        else if (call.attempt > 1 && fell_short(view, call.order, destination))
            candidate.why_not = "it did not send before what it was asked for";
        Place place{asked.memory.vector<std::int64_t>(asked.needs.size()),
                    distance(call.order, destination, view),
                    view.reference_number(destination, field::priority).value_or(0)};
        for (const Need& need : asked.needs)
            place.has.push_back(candidate.why_not.empty() ? stock(row, need, view) : 0);
        asked.places.push_back(std::move(place));
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

    static void open(const Choice& choice, Question& asked, const Routes& say) {
        auto unrouted = asked.memory.vector<std::int64_t>(asked.lines.size());
        for (const oms_line_row& line : asked.lines) unrouted.push_back(line.unrouted);
        for (const Parcel& parcel : choice.parcels) {
            Candidate& candidate = asked.candidates[parcel.place];
            const Place& place = asked.places[parcel.place];
            RoutePlan plan(candidate.destination, &asked.memory);
            std::pmr::vector<std::int64_t> left(parcel.quantities, &asked.memory);
            for (std::size_t index = 0; index < asked.lines.size(); ++index) {
                std::int64_t& give = left[asked.need_of_line[index]];
                const std::int64_t part = std::min(give, unrouted[index]);
                if (part == 0) continue;
                plan.add_line(asked.lines[index].line, asked.lines[index].product, part);
                unrouted[index] -= part;
                give -= part;
            }
            say.open(plan, score(place), reason(choice, parcel, place, asked));
            candidate.chosen = true;
        }
    }

    static std::pmr::string reason(const Choice& choice, const Parcel& parcel, const Place& place,
                                   Question& asked) {
        std::pmr::string why = new_text(asked);
        append_quantities(why, asked, [&](std::size_t need) { return parcel.quantities[need]; });
        why += " of ";
        append_quantities(why, asked, [&](std::size_t need) { return asked.needs[need].quantity; });
        append_way(why, place);
        if (choice.plans == 1)
            why += "; the only plan";
        else
            why.append("; decided by ")
                .append(choice.decided_by)
                .append(" among ")
                .append(std::to_string(choice.plans))
                .append(" plans");
        if (!choice.complete) why += "; nobody has the rest";
        return why;
    }

    static void explain_rest(const std::optional<Choice>& choice, Question& asked,
                             const Routes& say) {
        for (std::size_t index = 0; index < asked.candidates.size(); ++index) {
            const Candidate& candidate = asked.candidates[index];
            const Place& place = asked.places[index];
            if (candidate.chosen) continue;
            if (!candidate.why_not.empty()) {
                say.passed_over(candidate.destination, score(place), candidate.why_not);
                continue;
            }
            std::pmr::string why = new_text(asked);
            why += "it has ";
            append_stock(why, asked, place.has);
            append_way(why, place);
            if (!choice)
                why += "; no places that may be combined have everything";
            else if (choice->plans == 1)
                why += "; the only plan does without it";
            else
                why.append("; decided by ").append(choice->decided_by);
            say.passed_over(candidate.destination, score(place), why);
        }
    }

    static std::pmr::string new_text(Question& asked) {
        constexpr std::size_t usual_text = 128;
        std::pmr::string text(&asked.memory);
        text.reserve(usual_text);
        return text;
    }

    /// `2 MUG, 1 TEE`: of each need what `quantity_of(need)` says.
    template <class QuantityOf>
    static void append_quantities(std::pmr::string& text, const Question& asked,
                                  QuantityOf quantity_of) {
        for (std::size_t index = 0; index < asked.needs.size(); ++index) {
            const Need& need = asked.needs[index];
            if (index != 0) text += ", ";
            text.append(format_decimal(quantity_of(index), need.scale, 0)).append(" ") += need.code;
        }
    }

    /// The same of what a place has, which was not counted beyond plenty.
    static void append_stock(std::pmr::string& text, const Question& asked,
                             std::span<const std::int64_t> has) {
        for (std::size_t index = 0; index < asked.needs.size(); ++index) {
            const Need& need = asked.needs[index];
            if (index != 0) text += ", ";
            if (has[index] < plenty(need))
                text += format_decimal(has[index], need.scale, 0);
            else
                text += "plenty of";
            (text += " ") += need.code;
        }
    }

    static void append_way(std::pmr::string& text, const Place& place) {
        if (place.distance_m)
            text.append("; ").append(format_decimal(*place.distance_m / 100, 1)).append(" km");
        else
            text += "; distance not known";
    }

    /// Metres to the buyer, -1 where they are not known.
    static std::int64_t score(const Place& place) { return place.distance_m.value_or(-1); }

    nearest_stock::Settings settings_;
    std::vector<Rule> rules_;
};

}  // namespace
}  // namespace oms::plugins::nearest_stock

OMS_PLUGIN(oms::plugins::nearest_stock::NearestStock);
