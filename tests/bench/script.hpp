// SPDX-License-Identifier: Apache-2.0
// A day's inputs, made once by playing the day, then played again as often as needed: deciding is
// deterministic, so that the ids which the parties' reports name are the same each time.
#pragma once

#include "figures.hpp"
#include "runtime/assembly.hpp"
#include "runtime/flat_batch.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::bench {

/// The bench's configuration with its plugins, opened and not started: whoever holds it calls the
/// engine.
std::unique_ptr<runtime::Assembly> open_assembly(const Options& options, runtime::Clock& clock);

/// Options for a runtime on that configuration.
runtime::Options runtime_options(const Options& options, runtime::Clock* clock);

class Names {
public:
    using Find = std::function<std::uint32_t(std::uint32_t, std::string_view)>;
    explicit Names(Find find) : find_(std::move(find)) {}
    std::uint32_t operator()(std::uint32_t reference_class, std::string_view code) const;

private:
    Find find_;
};

/// Balances, limits: what has to be so before the first order. `give` takes each input.
void prepare(const Names& names, const std::function<void(const sdk::Batch&)>& give);
/// What the venues quote.
std::vector<oms_observation> quotes(const Names& names);

/// A buy of 100 of one of four shares by one of four desks, at a price that the collar passes.
class ShareOrders {
public:
    explicit ShareOrders(const Names& names);
    /// The input that places order `number`; good until the next call.
    const sdk::Batch& place(std::uint64_t number, std::string_view prefix = "s",
                            std::uint32_t lines = 1);
    /// From here on these accounts buy, and these products are bought, in turn.
    void spread_over(std::vector<std::uint32_t> accounts, std::vector<std::uint32_t> products);
    std::uint32_t origin() const { return head_.origin; }
    /// What order `number` buys.
    std::uint32_t share(std::uint64_t number) const { return shares_[number / 4 % shares_.size()]; }

private:
    oms_place_order head_;
    std::vector<std::uint32_t> desks_;
    std::vector<std::uint32_t> shares_;
    std::string key_;
    sdk::Batch batch_;
};

/// How a part's orders come: `live` of them are alive before the first round and stay so many.
struct Course {
    std::size_t live = 1'000;
    std::size_t orders = 20'000;  ///< placed, and ended, in one round
    int rounds = 1;
    bool to_the_end = true;  ///< those that are alive after the last round end too
};

/// Inputs one after another.
struct Stretch {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// A day like a conveyor: at each step one order is placed and an older one goes on at each of the
/// further stages of an order's life, the oldest to its end. So an order that goes on was last
/// touched when many others had their turn, and those in the later stages come out of order.
class Script {
public:
    Script(const Options& options, const Course& course);

    struct Part {
        std::string name;
        std::size_t inputs_a_life = 0;
        Stretch filling;              ///< until `live` orders are alive
        std::vector<Stretch> rounds;  ///< as many orders end as are placed
        Stretch ending;
    };
    /// Everything up to the first order, then each part.
    const std::vector<oms_batch>& opening() const { return opening_; }
    const std::vector<oms_batch>& inputs() const { return inputs_; }
    const std::vector<Part>& parts() const { return parts_; }

private:
    class Player;
    std::vector<oms_batch> opening_;
    std::vector<oms_batch> inputs_;
    std::vector<Part> parts_;
    runtime::Arena memory_;
};

/// Plays the opening; the quotes are observed behind it.
void play_opening(const Script& script, runtime::Assembly& assembly, runtime::VirtualClock& clock,
                  Frame& frame);

inline constexpr std::int64_t ns_between_inputs = 10'000;
inline constexpr std::int64_t start_of_day = 1'767'225'600'000'000'000;  // 2026-01-01

}  // namespace oms::bench
