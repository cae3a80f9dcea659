// SPDX-License-Identifier: Apache-2.0
#include <oms/sdk/suggest.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oms::sdk {
namespace {

TEST(Suggest, DistanceCountsLettersAndSwaps) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("limit", "limit"), 0U);
    EXPECT_EQ(edit_distance("limt", "limit"), 1U);
    EXPECT_EQ(edit_distance("lmiit", "limit"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggest, OnlyWhatIsNearIsOffered) {
    const std::vector<std::string> names = {"limit", "linger", "name"};
    EXPECT_EQ(did_you_mean("limt", names), " (did you mean \"limit\"?)");
    EXPECT_EQ(did_you_mean("nmae", names), " (did you mean \"name\"?)");
    EXPECT_EQ(did_you_mean("colour", names), "");
    EXPECT_EQ(did_you_mean("", names), "");
    EXPECT_EQ(closest_name("x", std::vector<std::string>{"y"}), std::nullopt);
    EXPECT_EQ(closest_name(std::string(1000, 'a'), names), std::nullopt);
}

TEST(Suggest, TheFirstOfEquallyNearNamesWins) {
    EXPECT_EQ(closest_name("bat", std::vector<std::string>{"cat", "hat"}), "cat");
}

TEST(Suggest, LongListsAreCut) {
    EXPECT_EQ(name_list(std::vector<std::string>{"a", "b", "c"}), "a, b, c");
    EXPECT_EQ(name_list(std::vector<std::string>{"a", "b", "c"}, 2), "a, b and 1 more");
}

}  // namespace
}  // namespace oms::sdk
