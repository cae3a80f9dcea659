// SPDX-License-Identifier: Apache-2.0
#include "sourcing.hpp"

#include <oms/sdk/decimal.hpp>

#include <boost/container/static_vector.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

namespace oms::plugins::nearest_stock {
namespace {

using sdk::Wide;
using Memory = std::pmr::memory_resource;

constexpr std::int64_t unknown_m = 20'037'508;  // half way round the earth
constexpr Wide whole_need = 10'000;             // a need, in hundredths of a percent of itself

/// Places that together send the order.
struct Plan {
    std::uint32_t chosen = 0;  ///< bit i: the i-th nearest
    Wide lacks = 0;            ///< over all needs, each in hundredths of a percent, rounded up
};

std::int64_t way_m(const Place& place) { return place.distance_m.value_or(unknown_m); }

/// The places worth combining, by distance and then as configured.
std::pmr::vector<std::size_t> by_distance(std::span<const Place> places, Memory* memory) {
    std::pmr::vector<std::size_t> order(memory);
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

/// All that a decision is about, the places by distance.
class Sourcing {
public:
    Sourcing(std::span<const Place> places, std::span<const std::int64_t> needs, Memory* memory)
        : memory_(memory),
          places_(places),
          needs_(needs),
          nearest_(by_distance(places, memory)),
          left_(needs.size(), memory) {}

    std::pmr::vector<Plan> plans(std::size_t max_places) {
        std::pmr::vector<Plan> all(memory_);
        const std::uint32_t end = std::uint32_t{1} << nearest_.size();
        for (std::uint32_t chosen = 1; chosen < end; ++chosen) {
            if (static_cast<std::size_t>(std::popcount(chosen)) > max_places) continue;
            const auto lacks = share_out(chosen, [](std::size_t, std::size_t, std::int64_t) {});
            if (lacks) all.push_back({chosen, *lacks});
        }
        return all;
    }

    std::pmr::vector<Parcel> parcels(const Plan& plan) {
        std::pmr::vector<Parcel> all(memory_);
        all.reserve(static_cast<std::size_t>(std::popcount(plan.chosen)));
        each(plan.chosen, [&](std::size_t place) {
            all.push_back({place, std::pmr::vector<std::int64_t>(needs_.size(), 0, memory_)});
        });
        share_out(plan.chosen, [&](std::size_t parcel, std::size_t need, std::int64_t quantity) {
            all[parcel].quantities[need] = quantity;
        });
        return all;
    }

    /// Less is better.
    Wide measure(Rule rule, const Plan& plan) const {
        Wide sum = 0;
        switch (rule) {
            case Rule::one_parcel: return std::popcount(plan.chosen);
            case Rule::nearest:
                each(plan.chosen, [&](std::size_t place) { sum += way_m(places_[place]); });
                return sum;
            case Rule::priority:
                each(plan.chosen, [&](std::size_t place) { sum += places_[place].priority; });
                return sum;
            case Rule::most_stock: break;
        }
        Wide scarcest = sdk::wide_max;
        for (std::size_t need = 0; need < needs_.size(); ++need) {
            Wide stock = 0;
            each(plan.chosen, [&](std::size_t place) { stock += places_[place].has[need]; });
            scarcest = std::min(scarcest, stock * whole_need / needs_[need]);
        }
        return -scarcest;
    }

    /// Whether the places of one, as they were configured, come before those of the other.
    bool comes_first(const Plan& plan, const Plan& other) const {
        const PlaceList places = places_of(plan);
        const PlaceList others = places_of(other);
        return std::lexicographical_compare(places.begin(), places.end(), others.begin(),
                                            others.end());
    }

private:
    using PlaceList = boost::container::static_vector<std::size_t, max_combined>;

    /// As they were configured.
    PlaceList places_of(const Plan& plan) const {
        PlaceList all;
        each(plan.chosen, [&](std::size_t place) { all.push_back(place); });
        std::sort(all.begin(), all.end());
        return all;
    }

    /// Calls `visit(place)` for those whose bits are set, the nearest first.
    template <class Visit>
    void each(std::uint32_t chosen, Visit visit) const {
        for (; chosen != 0; chosen &= chosen - 1)
            visit(nearest_[static_cast<std::size_t>(std::countr_zero(chosen))]);
    }

    /// Calls `give(parcel, need, quantity)` with what each of the chosen places gives, and tells
    /// what is lacking then. Nothing when one of them has nothing to give.
    template <class Give>
    std::optional<Wide> share_out(std::uint32_t chosen, Give give) {
        std::copy(needs_.begin(), needs_.end(), left_.begin());
        std::size_t parcel = 0;
        bool all_give = true;
        each(chosen, [&](std::size_t place) {
            bool gives = false;
            for (std::size_t need = 0; need < needs_.size(); ++need) {
                const std::int64_t quantity = std::min(places_[place].has[need], left_[need]);
                left_[need] -= quantity;
                gives = gives || quantity > 0;
                give(parcel, need, quantity);
            }
            all_give = all_give && gives;
            ++parcel;
        });
        if (!all_give) return std::nullopt;
        Wide lacks = 0;
        for (std::size_t need = 0; need < needs_.size(); ++need)
            lacks += *sdk::divide(left_[need] * whole_need, needs_[need], sdk::Rounding::up);
        return lacks;
    }

    Memory* memory_;
    std::span<const Place> places_;
    std::span<const std::int64_t> needs_;
    const std::pmr::vector<std::size_t> nearest_;
    std::pmr::vector<std::int64_t> left_;
};

template <class Measure>
void keep_best(std::pmr::vector<Plan>& plans, Measure measure) {
    Wide best = sdk::wide_max;
    for (const Plan& plan : plans) best = std::min(best, measure(plan));
    std::erase_if(plans, [&](const Plan& plan) { return measure(plan) != best; });
}

}  // namespace

std::optional<Choice> choose(std::span<const Place> places, std::span<const std::int64_t> needs,
                             std::span<const Rule> rules, std::size_t max_places, bool partial,
                             Memory* memory) {
    Sourcing sourcing(places, needs, memory);
    std::pmr::vector<Plan> plans = sourcing.plans(max_places);
    keep_best(plans, [](const Plan& plan) { return plan.lacks; });
    if (plans.empty() || (plans.front().lacks != 0 && !partial)) return std::nullopt;

    Choice choice;
    choice.plans = plans.size();
    choice.complete = plans.front().lacks == 0;
    choice.decided_by = plans.size() == 1 ? "there is no other" : "the configured order";
    for (std::size_t next = 0; next < rules.size() && plans.size() > 1; ++next) {
        keep_best(plans, [&](const Plan& plan) { return sourcing.measure(rules[next], plan); });
        if (plans.size() == 1)
            choice.decided_by = rule_names[static_cast<std::size_t>(rules[next])];
    }
    const auto first = std::min_element(
        plans.begin(), plans.end(),
        [&](const Plan& left, const Plan& right) { return sourcing.comes_first(left, right); });
    choice.parcels = sourcing.parcels(*first);
    return choice;
}

}  // namespace oms::plugins::nearest_stock
