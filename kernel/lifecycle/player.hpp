// SPDX-License-Identifier: Apache-2.0
// Plays a lifecycle by itself: no engine, no parties, no clock. Facts are what the player is told;
// what the table would have the engine do is written down.
//
// A scenario is a text, a line a step; docs/lifecycle-language.md lists the lines:
//
//     scenario A cancel that the party refuses
//     event accepted
//       does route
//     facts any_working
//     event cancel_asked
//       region closing is asked
//       status is pending_cancel
#pragma once

#include "lifecycle/interpret.hpp"
#include "model/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::lifecycle {

/// One instance and the world around it, as told.
class Player {
public:
    explicit Player(const Table& table);
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    // ---- the world ----------------------------------------------------------------------------

    /// Facts stay as they are until they are told again, but for what `cancel_rest` does to them.
    /// What is true of some role is true of any.
    void set_fact(Fact fact, std::uint8_t role, bool holds);
    void clear_facts() { facts_ = 0; }
    void set_plugin_fact(const std::string& name, std::optional<std::int64_t> value);
    void set_term(std::uint32_t field, std::optional<std::int64_t> value);
    void set_attempt(std::uint8_t role, std::int64_t attempt) {
        attempts_[role] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(attempt, 0, 255));
    }

    // ---- events -------------------------------------------------------------------------------

    struct Move {
        std::uint32_t event = 0;
        std::uint8_t region = 0;
        std::uint8_t from = 0;
        std::uint8_t to = 0;
    };
    /// What came of one event and of all that it set off.
    struct Step {
        bool taken = false;                  ///< a rule fired for the event itself
        std::optional<std::string> refused;  ///< the reason; nothing else happened then
        std::vector<Move> moves;
        std::vector<std::string> done;  ///< actions, as documents write them
        bool endless = false;           ///< more events than one step may have
    };
    const Step& raise(std::uint32_t event, std::int64_t number = 0, std::uint8_t role = any_role);

    /// A timer falls due, a watch is hit, a person answers: null when nothing waits for it.
    const Step* timer_due(std::uint32_t event);
    const Step* watch_hit(std::uint32_t event);
    const Step* answer(std::string_view word);

    // ---- what is so ---------------------------------------------------------------------------

    const Step& last() const { return step_; }
    std::string_view status() const;
    std::string state(std::uint8_t region) const;
    std::int64_t slot(std::uint16_t at) const { return slots_[at]; }
    bool ended() const;
    const std::vector<std::uint32_t>& timers() const { return timers_; }
    const std::vector<std::uint32_t>& watches() const { return watches_; }
    std::vector<std::string> answers() const;
    const Table& table() const { return table_; }

    static constexpr std::size_t max_events_per_step = 1'000;

private:
    struct Raised {
        std::uint32_t event = 0;
        std::int64_t number = 0;
        std::uint8_t role = any_role;
    };

    Moment moment(const Raised& raised) const;
    bool take(const Raised& raised);
    void carry_out(const Action& action, const Raised& raised);
    void cancel_rest(std::uint8_t role);
    void undo_all(const Raised& raised);

    const Table& table_;
    TableIndex index_;
    Facts facts_ = 0;
    std::map<std::string, std::int64_t> plugin_facts_;
    std::map<std::uint32_t, std::int64_t> terms_;
    std::array<std::uint8_t, role_count> attempts_{};
    std::vector<std::uint8_t> states_;
    std::vector<std::int64_t> slots_;
    std::uint64_t undo_mask_ = 0;
    std::vector<std::uint32_t> timers_;
    std::vector<std::uint32_t> watches_;
    std::vector<Action> tasks_;
    std::vector<Raised> queue_;
    Step step_;
};

struct Played {
    std::size_t scenarios = 0;
    std::size_t events = 0;
    std::size_t expectations = 0;
    std::string trace;              ///< line by line what was told and what came of it
    std::optional<Error> mismatch;  ///< the first expectation that does not hold: the end
};

/// Plays a text; `name` is what places begin with. An error is a line that cannot be read.
Result<Played> play(const Table& table, std::string_view text, const std::string& name);

}  // namespace oms::lifecycle
