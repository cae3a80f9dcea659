// SPDX-License-Identifier: Apache-2.0
// Which faults a seed has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::simulation {

enum class Fault : std::uint8_t {
#define FAULT(name, words) name,
#include "faults.def"
#undef FAULT
};

inline constexpr std::array fault_names{
#define FAULT(name, words) std::string_view(#name),
#include "faults.def"
#undef FAULT
};
inline constexpr std::size_t fault_count = fault_names.size();

std::optional<Fault> fault_named(std::string_view name);

class Weather {
public:
    /// The subset that the seed draws.
    static Weather of(std::uint64_t seed);

    bool has(Fault fault) const { return on_[static_cast<std::size_t>(fault)]; }
    void leave_out(Fault fault) { on_[static_cast<std::size_t>(fault)] = false; }
    std::vector<Fault> all() const;
    void clear() { on_ = {}; }

private:
    std::array<bool, fault_count> on_{};
};

}  // namespace oms::simulation
