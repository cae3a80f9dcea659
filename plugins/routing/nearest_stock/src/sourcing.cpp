// SPDX-License-Identifier: Apache-2.0
#include "sourcing.hpp"

#include <oms/sdk/decimal.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

namespace oms::plugins::nearest_stock {
namespace {

using sdk::Wide;

constexpr std::int64_t unknown_m = 20'037'508;  // half way round the earth
constexpr Wide whole_need = 10'000;             // a need, in hundredths of a percent of itself

struct Plan {
    std::vector<Parcel> parcels;
    Wide lacks = 0;  ///< over all needs, each in hundredths of a percent, rounded up
};

std::int64_t way_m(const Place& place) { return place.distance_m.value_or(unknown_m); }

/// The places worth combining, by distance and then as configured.
std::vector<std::size_t> by_distance(std::span<const Place> places) {
    std::vector<std::size_t> order;
    for (std::size_t place = 0; place < places.size(); ++place)
        if (std::any_of(places[place].has.begin(), places[place].has.end(),
                        [](std::int64_t quantity) { return quantity > 0; }))
            order.push_back(place);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return way_m(places[left]) < way_m(places[right]);
    });
    if (order.size() > max_combined) order.resize(max_combined);
    return order;
}

/// What each of the places gives, in their order. Nothing when one of them has nothing to give.
std::optional<Plan> share_out(std::span<const Place> places, std::span<const std::int64_t> needs,
                              const std::vector<std::size_t>& chosen) {
    Plan plan;
    std::vector<std::int64_t> left(needs.begin(), needs.end());
    for (const std::size_t place : chosen) {
        Parcel parcel{place, std::vector<std::int64_t>(needs.size(), 0)};
        bool gives = false;
        for (std::size_t need = 0; need < needs.size(); ++need) {
            parcel.quantities[need] = std::min(places[place].has[need], left[need]);
            left[need] -= parcel.quantities[need];
            gives = gives || parcel.quantities[need] > 0;
        }
        if (!gives) return std::nullopt;
        plan.parcels.push_back(std::move(parcel));
    }
    for (std::size_t need = 0; need < needs.size(); ++need)
        plan.lacks += *sdk::divide(left[need] * whole_need, needs[need], sdk::Rounding::up);
    return plan;
}

/// Less is better.
Wide measure(Rule rule, const Plan& plan, std::span<const Place> places,
             std::span<const std::int64_t> needs) {
    Wide sum = 0;
    switch (rule) {
        case Rule::one_parcel: return static_cast<Wide>(plan.parcels.size());
        case Rule::nearest:
            for (const Parcel& parcel : plan.parcels) sum += way_m(places[parcel.place]);
            return sum;
        case Rule::priority:
            for (const Parcel& parcel : plan.parcels) sum += places[parcel.place].priority;
            return sum;
        case Rule::most_stock: break;
    }
    Wide scarcest = sdk::wide_max;
    for (std::size_t need = 0; need < needs.size(); ++need) {
        Wide stock = 0;
        for (const Parcel& parcel : plan.parcels) stock += places[parcel.place].has[need];
        scarcest = std::min(scarcest, stock * whole_need / needs[need]);
    }
    return -scarcest;
}

template <class Measure>
void keep_best(std::vector<Plan>& plans, Measure measure) {
    Wide best = sdk::wide_max;
    for (const Plan& plan : plans) best = std::min(best, measure(plan));
    std::erase_if(plans, [&](const Plan& plan) { return measure(plan) != best; });
}

/// Which plan names places that were configured earlier.
bool comes_first(const Plan& left, const Plan& right) {
    const auto places = [](const Plan& plan) {
        std::vector<std::size_t> named;
        for (const Parcel& parcel : plan.parcels) named.push_back(parcel.place);
        std::sort(named.begin(), named.end());
        return named;
    };
    return places(left) < places(right);
}

}  // namespace

std::optional<Choice> choose(std::span<const Place> places, std::span<const std::int64_t> needs,
                             std::span<const Rule> rules, std::size_t max_places, bool partial) {
    const std::vector<std::size_t> order = by_distance(places);
    std::vector<Plan> plans;
    for (std::uint32_t mask = 1; mask < (std::uint32_t{1} << order.size()); ++mask) {
        if (static_cast<std::size_t>(std::popcount(mask)) > max_places) continue;
        std::vector<std::size_t> chosen;
        for (std::size_t place = 0; place < order.size(); ++place)
            if ((mask >> place & 1U) != 0) chosen.push_back(order[place]);
        if (auto plan = share_out(places, needs, chosen)) plans.push_back(std::move(*plan));
    }
    keep_best(plans, [](const Plan& plan) { return plan.lacks; });
    if (plans.empty() || (plans.front().lacks != 0 && !partial)) return std::nullopt;

    Choice choice;
    choice.plans = plans.size();
    choice.complete = plans.front().lacks == 0;
    choice.decided_by = plans.size() == 1 ? "there is no other" : "the configured order";
    for (std::size_t next = 0; next < rules.size() && plans.size() > 1; ++next) {
        keep_best(plans,
                  [&](const Plan& plan) { return measure(rules[next], plan, places, needs); });
        if (plans.size() == 1)
            choice.decided_by = rule_names[static_cast<std::size_t>(rules[next])];
    }
    choice.parcels = std::move(std::min_element(plans.begin(), plans.end(), comes_first)->parcels);
    return choice;
}

}  // namespace oms::plugins::nearest_stock
