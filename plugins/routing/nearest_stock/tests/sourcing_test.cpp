// SPDX-License-Identifier: Apache-2.0
#include "sourcing.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace oms::plugins::nearest_stock;
using Quantities = std::pmr::vector<std::int64_t>;

const std::vector<Rule> usual{Rule::one_parcel, Rule::nearest, Rule::most_stock};

std::optional<Choice> choose_by(const std::vector<Place>& places, const Quantities& needs,
                                const std::vector<Rule>& rules = usual, std::size_t most = 3,
                                bool partial = false) {
    return choose(places, needs, rules, most, partial);
}

std::vector<std::size_t> places_of(const std::optional<Choice>& choice) {
    std::vector<std::size_t> places;
    if (choice)
        for (const Parcel& parcel : choice->parcels) places.push_back(parcel.place);
    return places;
}

TEST(Sourcing, PrefersOneParcelFromFarToTwoFromNear) {
    const std::vector<Place> places{{{2, 0}, 1'000}, {{0, 1}, 2'000}, {{5, 5}, 900'000}};
    const auto choice = choose_by(places, {2, 1});
    EXPECT_EQ(places_of(choice), (std::vector<std::size_t>{2}));
    EXPECT_EQ(choice->decided_by, "one_parcel");
    EXPECT_EQ(places_of(choose_by(places, {2, 1}, {Rule::nearest})),
              (std::vector<std::size_t>{0, 1}));
}

TEST(Sourcing, CarriesATieToTheNextRule) {
    const std::vector<Place> places{{{5}, 2'000}, {{5}, 1'000}, {{9}, 1'000}};
    const auto choice = choose_by(places, {2});
    EXPECT_EQ(places_of(choice), (std::vector<std::size_t>{2}));
    EXPECT_EQ(choice->decided_by, "most_stock");
    const std::vector<Place> equal{{{5}, 1'000}, {{5}, 1'000}};
    const auto first = choose_by(equal, {2});
    EXPECT_EQ(places_of(first), (std::vector<std::size_t>{0}));
    EXPECT_EQ(first->decided_by, "the configured order");
}

TEST(Sourcing, AsksTheRulesInTheirOrder) {
    const std::vector<Place> places{{{9}, 9'000, 2}, {{3}, 1'000, 3}, {{4}, 5'000, 1}};
    EXPECT_EQ(places_of(choose_by(places, {2}, {Rule::most_stock})), (std::vector<std::size_t>{0}));
    EXPECT_EQ(places_of(choose_by(places, {2}, {Rule::one_parcel, Rule::nearest})),
              (std::vector<std::size_t>{1}));
    EXPECT_EQ(places_of(choose_by(places, {2}, {Rule::one_parcel, Rule::priority})),
              (std::vector<std::size_t>{2}));
    EXPECT_EQ(places_of(choose_by(places, {2}, {})), (std::vector<std::size_t>{0}));
}

TEST(Sourcing, SplitsWhereNoPlaceHasAllTheNearerGivesFirst) {
    const std::vector<Place> places{{{3}, 5'000}, {{3}, 1'000}};
    const auto choice = choose_by(places, {4});
    EXPECT_EQ(places_of(choice), (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ(choice->parcels[0].quantities, (Quantities{3}));
    EXPECT_EQ(choice->parcels[1].quantities, (Quantities{1}));
    EXPECT_EQ(choice->decided_by, "there is no other");
}

TEST(Sourcing, KeepsToTheMostPlaces) {
    const std::vector<Place> places{{{2}, 1}, {{2}, 2}, {{2}, 3}};
    EXPECT_EQ(places_of(choose_by(places, {6})).size(), 3U);
    EXPECT_FALSE(choose_by(places, {6}, usual, 2));
    const auto part = choose_by(places, {6}, usual, 2, true);
    EXPECT_EQ(places_of(part), (std::vector<std::size_t>{0, 1}));
    EXPECT_FALSE(part->complete);
}

TEST(Sourcing, SendsNothingOrWhatThereIs) {
    const std::vector<Place> places{{{1, 0}, 1}, {{0, 0}, 2}};
    EXPECT_FALSE(choose_by(places, {1, 1}));
    const auto part = choose_by(places, {1, 1}, usual, 3, true);
    EXPECT_EQ(places_of(part), (std::vector<std::size_t>{0}));
    EXPECT_FALSE(part->complete);
    EXPECT_FALSE(choose_by({{{0}, 1}}, {1}, usual, 3, true));
    EXPECT_FALSE(choose_by({}, {1}, usual, 3, true));
}

TEST(Sourcing, PutsPlacesOfUnknownDistanceLast) {
    const std::vector<Place> places{{{5}, std::nullopt}, {{5}, 19'000'000}};
    EXPECT_EQ(places_of(choose_by(places, {1})), (std::vector<std::size_t>{1}));
}

TEST(Sourcing, LooksAtTheScarcestNeedForMostStock) {
    const std::vector<Place> places{{{100, 1}, 1}, {{3, 3}, 1}};
    EXPECT_EQ(places_of(choose_by(places, {1, 1}, {Rule::most_stock})),
              (std::vector<std::size_t>{1}));
}

TEST(Sourcing, CombinesTheNearestOfVeryManyPlaces) {
    std::vector<Place> places;
    for (std::int64_t place = 0; place < 40; ++place) places.push_back({{1}, 40 - place});
    const auto choice = choose_by(places, {2});
    EXPECT_EQ(places_of(choice), (std::vector<std::size_t>{39, 38}));
}

}  // namespace
