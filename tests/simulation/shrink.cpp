// SPDX-License-Identifier: Apache-2.0
#include "shrink.hpp"

#include <algorithm>

namespace oms::simulation {

namespace {

class Shrinker {
public:
    Shrinker(Failure failure, unsigned most_tries) : best_(std::move(failure)), left_(most_tries) {}

    Failure run() {
        for (const Fault fault : Weather::of(best_.script.seed).all()) {
            const auto& without = best_.script.without;
            if (std::find(without.begin(), without.end(), fault) != without.end()) continue;
            Script script = best_.script;
            script.without.push_back(fault);
            try_one(std::move(script));
        }
        for (std::uint64_t size = best_.script.steps / 2; size > 0 && left_ > 0; size /= 2)
            leave_out(size);
        return best_;
    }

private:
    /// Leaves out one stretch of the size after the other, where it fails without it.
    void leave_out(std::uint64_t size) {
        std::uint64_t first = 1;
        while (first < best_.script.steps && left_ > 0) {
            const std::uint64_t last = std::min(first + size - 1, best_.script.steps - 1);
            bool left_out = true;
            for (std::uint64_t step = first; step <= last && left_out; ++step)
                left_out = best_.script.skips(step);
            if (!left_out) {
                Script script = best_.script;
                script.skip.emplace_back(first, last);
                tidy(script);
                try_one(std::move(script));
            }
            first += size;
        }
    }

    /// Stretches that touch become one.
    static void tidy(Script& script) {
        std::sort(script.skip.begin(), script.skip.end());
        std::vector<std::pair<std::uint64_t, std::uint64_t>> merged;
        for (const auto& range : script.skip) {
            if (!merged.empty() && range.first <= merged.back().second + 1)
                merged.back().second = std::max(merged.back().second, range.second);
            else
                merged.push_back(range);
        }
        script.skip = std::move(merged);
    }

    void try_one(Script script) {
        if (left_ == 0) return;
        --left_;
        std::optional<Failure> failure = play_apart(script);
        if (!failure || failure->invariant != best_.invariant) return;
        std::erase_if(failure->script.skip,
                      [&](const auto& range) { return range.first > failure->script.steps; });
        best_ = std::move(*failure);
    }

    Failure best_;
    unsigned left_;
};

}  // namespace

Failure shrink(Failure failure, unsigned most_tries) {
    return Shrinker(std::move(failure), most_tries).run();
}

}  // namespace oms::simulation
