// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/implication.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace oms::lifecycle {
namespace {

std::span<const RegionTest> tests_of(const Table& table, const Guard& guard) {
    return std::span(table.tests).subspan(guard.first_test, guard.tests);
}

std::span<const Compare> compares_of(const Table& table, const Guard& guard) {
    return std::span(table.compares).subspan(guard.first_compare, guard.compares);
}

/// The numbers that satisfy a comparison; `unequal` and `absent` have no such form.
struct Interval {
    std::int64_t low = std::numeric_limits<std::int64_t>::min();
    std::int64_t high = std::numeric_limits<std::int64_t>::max();
    bool is_empty() const { return low > high; }
};

bool has_interval(Comparison comparison) {
    return comparison != Comparison::unequal && comparison != Comparison::absent;
}

Interval interval_of(const Compare& compare) {
    Interval interval;
    const std::int64_t value = compare.value;
    switch (compare.comparison) {
        case Comparison::less:
            if (value == interval.low) return Interval{1, 0};
            interval.high = value - 1;
            break;
        case Comparison::more:
            if (value == interval.high) return Interval{1, 0};
            interval.low = value + 1;
            break;
        case Comparison::at_most: interval.high = value; break;
        case Comparison::at_least: interval.low = value; break;
        case Comparison::equal: interval.low = interval.high = value; break;
        default: break;
    }
    return interval;
}

bool same_operand(const Compare& left, const Compare& right) {
    const bool indexed = left.operand != Operand::number && left.operand != Operand::role;
    return left.operand == right.operand && (!indexed || left.index == right.index);
}

bool implies(const Compare& left, const Compare& right) {
    if (!same_operand(left, right)) return false;
    if (left.comparison == right.comparison && left.value == right.value) return true;
    if (left.comparison == Comparison::absent) return right.comparison == Comparison::absent;
    if (right.comparison == Comparison::present) return true;
    if (left.comparison == Comparison::present || !has_interval(left.comparison)) return false;
    const Interval narrow = interval_of(left);
    if (right.comparison == Comparison::unequal)
        return right.value < narrow.low || right.value > narrow.high;
    if (!has_interval(right.comparison)) return false;
    const Interval wide = interval_of(right);
    return narrow.low >= wide.low && narrow.high <= wide.high;
}

bool exclude(const Compare& left, const Compare& right) {
    if (!same_operand(left, right)) return false;
    const bool left_absent = left.comparison == Comparison::absent;
    const bool right_absent = right.comparison == Comparison::absent;
    if (left_absent || right_absent) return left_absent != right_absent;
    if (!has_interval(left.comparison) || !has_interval(right.comparison)) return false;
    const Interval a = interval_of(left);
    const Interval b = interval_of(right);
    return Interval{std::max(a.low, b.low), std::min(a.high, b.high)}.is_empty();
}

}  // namespace

bool is_empty(const Guard& guard) {
    return guard.require == 0 && guard.forbid == 0 && guard.tests == 0 && guard.compares == 0;
}

bool implies(const Table& table, const Guard& left, const Guard& right) {
    if ((left.require & right.require) != right.require) return false;
    if ((left.forbid & right.forbid) != right.forbid) return false;
    const auto tests = tests_of(table, left);
    for (const RegionTest& wanted : tests_of(table, right)) {
        std::uint64_t states = ~std::uint64_t{0};
        for (const RegionTest& test : tests)
            if (test.region == wanted.region) states &= test.states;
        if ((states & ~wanted.states) != 0) return false;
    }
    const auto compares = compares_of(table, left);
    for (const Compare& wanted : compares_of(table, right)) {
        const bool follows =
            std::any_of(compares.begin(), compares.end(),
                        [&](const Compare& compare) { return implies(compare, wanted); });
        if (!follows) return false;
    }
    return true;
}

bool is_impossible(const Table& table, const Guard& guard) {
    if ((guard.require & guard.forbid) != 0) return true;
    const auto tests = tests_of(table, guard);
    for (const RegionTest& test : tests) {
        std::uint64_t states = test.states;
        for (const RegionTest& other : tests)
            if (other.region == test.region) states &= other.states;
        if (states == 0) return true;
    }
    const auto compares = compares_of(table, guard);
    for (std::size_t at = 0; at < compares.size(); ++at)
        for (std::size_t other = 0; other < at; ++other)
            if (exclude(compares[at], compares[other])) return true;
    return false;
}

}  // namespace oms::lifecycle
