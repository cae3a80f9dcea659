// SPDX-License-Identifier: Apache-2.0
#include "distance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace {

using oms::plugins::nearest_stock::distance_m;
using oms::plugins::nearest_stock::Point;

/// The oracle may use floating point; what it measures may not.
long double on_sphere_m(const Point& from, const Point& to) {
    const auto radians = [](std::int64_t micro) {
        return static_cast<long double>(micro) * acosl(-1.0L) / 180e6L;
    };
    const long double latitude = sinl((radians(from.latitude) - radians(to.latitude)) / 2);
    const long double longitude = sinl((radians(from.longitude) - radians(to.longitude)) / 2);
    const long double chord = latitude * latitude + cosl(radians(from.latitude)) *
                                                        cosl(radians(to.latitude)) * longitude *
                                                        longitude;
    return 2 * 6'371'009.0L * asinl(std::min(1.0L, sqrtl(chord)));
}

TEST(Distance, IsThatOfTheAtlas) {
    const Point paris{48'856'600, 2'352'200};
    const Point london{51'507'400, -127'800};
    const Point sydney{-33'868'800, 151'209'300};
    EXPECT_NEAR(static_cast<double>(*distance_m(paris, london)), 343'556, 500);
    EXPECT_NEAR(static_cast<double>(*distance_m(london, sydney)), 16'993'000, 10'000);
    EXPECT_EQ(distance_m(paris, paris), 0);
    EXPECT_EQ(distance_m(paris, london), distance_m(london, paris));
}

TEST(Distance, KnowsPolesAntipodesAndTheDateLine) {
    EXPECT_NEAR(static_cast<double>(*distance_m({90'000'000, 0}, {-90'000'000, 0})), 20'015'115, 2);
    EXPECT_NEAR(static_cast<double>(*distance_m({0, 0}, {0, 180'000'000})), 20'015'115, 2);
    EXPECT_EQ(distance_m({90'000'000, 0}, {90'000'000, 123'000'000}), 0);
    EXPECT_EQ(distance_m({0, 180'000'000}, {0, -180'000'000}), 0);
    EXPECT_NEAR(static_cast<double>(*distance_m({0, 179'990'000}, {0, -179'990'000})), 2'224, 1);
}

TEST(Distance, RefusesPointsOffTheGlobe) {
    EXPECT_FALSE(distance_m({90'000'001, 0}, {0, 0}));
    EXPECT_FALSE(distance_m({0, 0}, {0, -180'000'001}));
    EXPECT_FALSE(distance_m({INT64_MIN + 1, 0}, {0, 0}));
}

TEST(Distance, IsWithinAMetreOfTheSphere) {
    std::mt19937_64 random(11);
    std::uniform_int_distribution<std::int64_t> latitude(-90'000'000, 90'000'000);
    std::uniform_int_distribution<std::int64_t> longitude(-180'000'000, 180'000'000);
    std::uniform_int_distribution<std::int64_t> near(-20'000, 20'000);
    for (int round = 0; round < 3'000; ++round) {
        const Point from{latitude(random), longitude(random)};
        Point to{latitude(random), longitude(random)};
        if (round % 2 == 0) {
            to = {
                std::clamp<std::int64_t>(from.latitude + near(random), -90'000'000, 90'000'000),
                std::clamp<std::int64_t>(from.longitude + near(random), -180'000'000, 180'000'000)};
        }
        ASSERT_NEAR(static_cast<double>(*distance_m(from, to)),
                    static_cast<double>(on_sphere_m(from, to)), 1.0)
            << from.latitude << " " << from.longitude << " " << to.latitude << " " << to.longitude;
    }
}

}  // namespace
