// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same for the same seed with every compiler and library.
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace oms::test {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t bits() { return engine_(); }
    /// 0 .. limit - 1.
    std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : engine_() % limit; }
    std::uint32_t small(std::uint32_t limit) { return static_cast<std::uint32_t>(below(limit)); }
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    bool one_in(std::uint64_t count) { return below(count) == 0; }

    template <class List>
    const auto& pick(const List& from) {
        return from[below(from.size())];
    }

    /// A number at or beyond what the kernel can count with.
    std::int64_t extreme() {
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        static const std::vector<std::int64_t> numbers = {
            most,         most - 1, most / 2,      most / 2 + 1, most / 4,  most / 4 + 1,
            most / 4 - 1, most / 8, -most,         -most - 1,    -most / 2, -most / 4,
            -1,           0,        4'000'000'000,
        };
        return pick(numbers);
    }

private:
    std::mt19937_64 engine_;
};

/// A number that looks random and is the same for the same arguments: what plugins without state
/// decide by.
inline std::uint64_t scatter(std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) {
    std::uint64_t mixed =
        a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u + c * 0x94d049bb133111ebu;
    mixed ^= mixed >> 31;
    mixed *= 0xd6e8feb86659fd93u;
    return mixed ^ mixed >> 32;
}

}  // namespace oms::test
