// SPDX-License-Identifier: Apache-2.0
#include "weather.hpp"

#include "chance.hpp"

#include <algorithm>

namespace oms::simulation {

std::optional<Fault> fault_named(std::string_view name) {
    const auto found = std::find(fault_names.begin(), fault_names.end(), name);
    if (found == fault_names.end()) return std::nullopt;
    return static_cast<Fault>(found - fault_names.begin());
}

Weather Weather::of(std::uint64_t seed) {
    Weather weather;
    if (seed % 4 == 0) return weather;
    for (std::size_t fault = 0; fault < fault_count; ++fault)
        weather.on_[fault] = test::scatter(seed, fault, 0xfa017) % 2 == 0;
    // Power cuts are what the journal is for: few seeds go without.
    weather.on_[static_cast<std::size_t>(Fault::power_cut)] =
        test::scatter(seed, 1, 0xc07) % 8 != 0;
    return weather;
}

std::vector<Fault> Weather::all() const {
    std::vector<Fault> all;
    for (std::size_t fault = 0; fault < fault_count; ++fault)
        if (on_[fault]) all.push_back(static_cast<Fault>(fault));
    return all;
}

}  // namespace oms::simulation
