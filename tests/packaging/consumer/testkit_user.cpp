// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <oms/testkit/fake_view.hpp>

// The kit stands in for a kernel, and a plugin's test needs nothing else.
TEST(TestkitUser, HasAWorldToLookAt) {
    oms::testkit::World world;
    EXPECT_NE(world.account("A"), world.account("B"));
}
