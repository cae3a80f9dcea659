// SPDX-License-Identifier: Apache-2.0
// One input on its way to a decision. The stations each have a file of their own:
//
//   step.cpp        the way itself: sequence and dedupe, roll back or keep, the decision record
//   place.cpp       a new order            amend.cpp       a changed one
//   requests.cpp    everything else that an owner or a person asks for
//   reports.cpp     what destinations say  executions.cpp  counts, books and blocks follow
//   admin.cpp       names, books, cells, halts, epochs
//   walk.cpp        events through the lifecycles          actions.cpp     what the rules do
//   routes.cpp      plans and routes       holds.cpp       what is set aside
//   opinions.cpp    checks and asset classes               view.cpp        what plugins see
#pragma once

#include "engine/core.hpp"
#include "engine/engine.hpp"
#include "model/assert.hpp"
#include "model/frame.hpp"

#include <oms/sdk/batch.hpp>

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::engine {

/// 0: go on; otherwise the number after "OMS-" with which the request is refused.
using Refusal = std::uint32_t;

/// Whether a text from outside may be read and kept.
inline bool is_sound(oms_text text) {
    return text.size <= OMS_MAX_TEXT_BYTES && (text.size == 0 || text.data != nullptr);
}

inline constexpr std::size_t max_reservations = 4;  ///< of one call
inline constexpr std::size_t max_transfers = 16;

/// What an asset class wants to be held.
struct Reservation {
    std::uint32_t account = 0;
    std::uint32_t asset = 0;
    std::uint32_t bucket = 0;
    std::int64_t amount = 0;
};

enum class HoldMode : std::uint8_t {
    request,  ///< refused when the balance has not so much available
    fact,     ///< it has happened: what is available may go below zero, and a person is told
};

/// A place to which a part of the step can be taken back: what was folded, what was written, and
/// who was told.
struct UndoMark {
    std::size_t undo = 0;
    std::size_t events = 0;
    RecordList::Mark effects;
    RecordList::Mark kept;
    std::uint64_t made = 0;
};

/// What a report says was executed of a line, and what it takes the place of.
struct Booked {
    std::uint32_t line = 0;
    std::int64_t quantity = 0;
    std::int64_t instead_of = 0;  ///< the quantity of the execution that it corrects
    std::uint64_t refers_to = 0;  ///< that execution
};

/// What lists mostly hold is few, and then they need no memory of their own.
template <class Value>
using Few = boost::container::small_vector<Value, 4>;

using Reservations = boost::container::static_vector<Reservation, max_reservations>;
using Transfers = boost::container::static_vector<oms_transfer, max_transfers>;

struct PlannedRoute {
    std::uint32_t destination = 0;
    Few<oms_route_line> lines;
    std::vector<Term> terms;
    std::uint32_t flags = 0;
};

/// What inside plugins may say in the call that is on.
enum class Call : std::uint8_t { check, validate, reserve, post, plan, fact };

class Step {
public:
    Step(Core& core, std::int64_t now);
    Outcome run(const oms_batch& input, Frame& frame);
    /// Writes the decision that it would be, and leaves the world as it was.
    void rehearse(const oms_batch& input, Frame& frame);

private:
    friend struct PluginCall;

    // ---- step.cpp ------------------------------------------------------------------------------
    template <class Record>
    void emit(const Record& effect);
    template <class Record>
    void emit_for_good(const Record& effect);  ///< an effect that the undo log does not know
    void keep_input();
    template <class Record>
    void keep(const Record& effect);  ///< an effect that a refusal does not take back
    Refusal parse(const oms_batch& input);
    bool repeated(Outcome& outcome);
    Refusal dispatch();
    void roll_back();
    UndoMark mark_effects() const;
    void take_back_to(const UndoMark& mark);
    void advance_channel();
    void answer(Refusal refusal);
    void forget_old_keys();
    void update_statuses();
    void update_status(std::uint64_t order, std::uint64_t route, std::string_view known);
    void write(Frame& frame);
    void say(std::string_view text) { draft_.answer_text = text; }
    void touch(std::uint64_t order);
    std::uint64_t fingerprint();

    template <class Record>
    const Record& head() const {
        return *reinterpret_cast<const Record*>(head_);
    }
    template <class Record, class Visit>
    void details(Visit visit) const {
        for (const oms_record& record : sdk::Records(input_))
            if (const auto* detail = sdk::as<Record>(record)) visit(*detail);
    }

    /// So much later than now; the end of time when that is later.
    std::int64_t after(std::int64_t span) const {
        std::int64_t then = 0;
        return __builtin_add_overflow(now_, span, &then) ? INT64_MAX : then;
    }

    const Order* order(std::uint64_t id) const { return core_.world.orders.find(id); }
    const Route* route(std::uint64_t id) const { return core_.world.routes.find(id); }
    const World& world() const { return core_.world; }
    const Program& program_of(const Instance& instance) const;

    // ---- place.cpp -----------------------------------------------------------------------------
    Refusal place_order();
    Refusal open_order(std::uint32_t kind, std::uint32_t account, std::uint32_t flags,
                       std::uint64_t parent);
    Refusal open_lines(std::uint64_t id, bool fact);
    Refusal find_role(const Order& of, const oms_line& line, bool fact, std::uint32_t& role);
    Refusal open_terms(std::uint64_t id);
    Refusal open_links(std::uint64_t id);
    Refusal open_sources(std::uint64_t id);
    bool can_gather(const Order& block, const oms_line_source& wanted, const Order& source) const;
    std::uint32_t block_depth(const Order& order) const;
    Refusal check_term(const oms_term& term, std::size_t lines) const;
    Refusal accept_order(std::uint64_t id, bool fact);
    Refusal adopt_order();

    // ---- amend.cpp -----------------------------------------------------------------------------
    Refusal amend_order();
    Refusal check_amend(const Order& order);
    Refusal try_amend(std::uint64_t order, std::uint64_t route);
    Refusal carry_out_amend(std::uint64_t order);
    Refusal amend_line(std::uint64_t order, const oms_line& change,
                       const std::vector<std::uint64_t>& open, bool& pends);
    Refusal amend_route();
    Refusal amend_route_line(const Route& route, const oms_route_line& change);
    std::int64_t free_of(const Order& order, std::uint32_t line, std::uint64_t but = 0) const;
    void apply_amend(std::uint64_t route);
    void drop_amend(std::uint64_t route);
    void drop_terms(std::uint64_t route);

    // ---- requests.cpp --------------------------------------------------------------------------
    const Order* target_order(std::uint64_t id, oms_text target, Refusal& refusal) const;
    Refusal cancel_order();
    Refusal route_order();
    Refusal cancel_route();
    Refusal raise_event();
    Refusal resolve_task();
    Refusal timer_due();
    Refusal watch_hit();
    Refusal retire_order();

    // ---- reports.cpp ---------------------------------------------------------------------------
    Refusal report();
    void judge_after_the_fact(std::uint64_t route);
    std::uint64_t reported_route();
    std::uint64_t found_in_archive(const Result<std::uint64_t>& found);
    const std::string* archived(std::uint64_t id);
    bool recall(std::uint64_t retired);
    Few<oms_route_line> reported_lines(const Route& route) const;
    bool cannot_book(std::uint64_t route, std::string_view why);
    bool can_count(const Route& route, const Few<Booked>& bookings) const;
    bool report_execution(std::uint64_t route);
    std::uint32_t report_reversal(std::uint64_t route);
    std::uint32_t report_reversal_ahead(std::uint64_t route, bool corrects);
    bool report_ended(std::uint64_t route);
    void spend(std::uint64_t route, oms_text external_ref);
    void report_offer(std::uint64_t route);
    std::uint32_t report_progress(std::uint64_t route);
    void report_answer(std::uint64_t route);
    void report_restated(std::uint64_t route);
    void anomaly(std::uint64_t order, std::uint64_t route, std::string_view text);
    void open_task(std::uint64_t order, std::uint64_t route, std::string_view queue,
                   std::string_view title, std::string_view answers);
    void tell_once(std::uint64_t route, std::string_view title);

    // ---- executions.cpp ------------------------------------------------------------------------
    void execute(std::uint64_t route, std::uint32_t line, std::int64_t quantity, std::int64_t price,
                 std::uint64_t refers_to);
    void reverse(std::uint64_t order, std::uint64_t execution, std::uint32_t state);
    void count(const Order& order, std::uint32_t line, Counts counts, Int128 value);
    void count(const Order& order, std::uint32_t line, Counts counts) {
        count(order, line, counts, order.value(line));
    }
    void count(const Route& route, std::uint32_t line, Counts counts, std::int64_t amending);
    void count_whole(const Order& order, std::uint32_t line);
    void resize(std::uint64_t route, const RouteLine& at, std::int64_t wanted);
    void give_back(std::uint64_t route, const RouteLine& at, std::int64_t quantity,
                   std::int64_t amending);
    void post_execution(const Order& order, const Execution& execution, std::uint32_t destination,
                        std::uint32_t counterparty);
    void post_reversal(std::uint64_t order, std::uint64_t execution);
    void transfer(const oms_transfer& transfer, std::uint64_t order, std::uint64_t execution);
    void note_balance(const BalanceKey& key);
    void mind_balances();
    void apportion(std::uint64_t order, std::uint64_t execution);
    void take_back(std::uint64_t order, std::uint64_t execution, std::uint32_t state);
    void set_source(std::uint64_t order, const Source& source);
    void return_to_sources(std::uint64_t order);

    // ---- admin.cpp -----------------------------------------------------------------------------
    Refusal define();
    Refusal post();
    Refusal write_cell();
    Refusal set_halt();
    Refusal advance_numbers();
    Refusal begin_epoch();
    std::uint32_t intern(std::uint32_t reference_class, std::string_view code);
    const Halt* halted(std::uint32_t scope, std::uint32_t target) const;
    bool says_halted(std::uint32_t scope, std::uint32_t target);

    // ---- walk.cpp ------------------------------------------------------------------------------
    void raise(const Raised& raised) { draft_.events.push(raised); }
    /// Walks the queue to its end; whether the first event found a rule anywhere.
    bool walk(Refusal& refusal);
    bool deliver(const Raised& raised, Refusal& refusal);
    void mind_end(std::uint64_t order, std::uint64_t route);
    bool has_ended(std::uint64_t order, std::uint64_t route);
    bool retires(const Order& order) const;
    void retire_later(std::uint64_t order);
    lifecycle::Facts facts_of(const Order& order) const;
    lifecycle::Facts facts_of(const Route& at, lifecycle::Facts needed) const;
    std::uint8_t role_of(const Route& route) const;
    template <class Needed, class Visit>
    decltype(auto) with_moment(const Raised& raised, Needed needed, Visit visit);

    // ---- actions.cpp ---------------------------------------------------------------------------
    Refusal act(const Raised& raised, const Program& program, const lifecycle::Action& action);
    Refusal act_on_order(const Raised& raised, const Program& program,
                         const lifecycle::Action& action);
    void act_on_route(const Raised& raised, const lifecycle::Action& action);
    void emit_event(const Raised& raised, const Program& program, const lifecycle::Action& action);
    void send_signal(const Raised& raised, const Program& program, const lifecycle::Action& action);
    void set_slot(const Raised& raised, const lifecycle::Action& action);
    void set_timer(const Raised& raised, const Program& program, const lifecycle::Action& action);
    void set_watch(const Raised& raised, const Program& program, const lifecycle::Action& action);
    void watch_available(const Raised& raised, const Program& program,
                         const lifecycle::Action& action);
    void ask_person(const Raised& raised, const Program& program, const lifecycle::Action& action);
    void clear_timers(const Raised& raised, std::uint32_t event);
    void clear_watches(std::uint64_t order);
    void clear_tasks(const Raised& raised);
    void cancel_rest(std::uint64_t order, std::uint8_t role);
    void undo_all(const Raised& raised, const Program& program);
    void raise_on_routes(std::uint64_t order, std::uint8_t role, std::uint32_t event,
                         std::uint32_t without_flags, std::uint32_t with_flags);
    std::int64_t done_part(const Order& order, std::uint32_t field, std::uint8_t role) const;

    // ---- routes.cpp ----------------------------------------------------------------------------
    Few<oms_route_line> free_lines(const Order& order, std::uint8_t role) const;
    bool awaits_approval(const Order& order) const;
    Refusal plan_routes(std::uint64_t order, std::uint8_t role);
    Refusal check_plan(const Order& order, const ActiveKind& kind, const PlannedRoute& plan,
                       Few<std::int64_t>& asked) const;
    Refusal open_route(std::uint64_t order, const PlannedRoute& plan);
    void send(std::uint64_t route, std::uint32_t action, std::uint32_t event, std::uint32_t line,
              std::int64_t quantity);
    void flag_route(std::uint64_t route, std::uint32_t set, std::uint32_t clear);
    void end_route(std::uint64_t route);

    // ---- holds.cpp -----------------------------------------------------------------------------
    std::int64_t held_for(const Order& order, std::uint32_t line) const;
    Refusal hold_line(std::uint64_t order, std::uint32_t line, HoldMode mode);
    Refusal hold_route_line(std::uint64_t route, std::uint32_t line, HoldMode mode);
    Refusal hold_exactly(const Order& order, std::uint32_t line, std::uint64_t route,
                         const Reservations& wanted, HoldMode mode, bool grow_only);
    Few<std::uint64_t> holds_of(const Order& order, std::uint32_t line, std::uint64_t route) const;
    void end_holds(const Order& order, std::uint32_t line, std::uint64_t route);
    void release_holds(std::uint64_t order, std::uint8_t role);

    // ---- opinions.cpp --------------------------------------------------------------------------
    Refusal validate_lines(const Order& order);
    Refusal run_checks(std::uint64_t order, std::uint64_t route, std::uint32_t stage);
    Refusal reserve(const Order& order, std::uint32_t line, std::uint64_t route,
                    std::int64_t quantity, Reservations& wanted);
    bool read_fact(const Program& program, std::uint64_t order, std::uint16_t index,
                   std::int64_t& value);

    Core& core_;
    Draft& draft_;
    const std::int64_t now_;

    oms_batch input_{};
    const oms_record* head_ = nullptr;
    const oms_place_order* common_ = nullptr;  ///< any head: they all start alike

    oms_text key_{};                   ///< the request's, when it is new
    const KeyEntry* known_ = nullptr;  ///< what its key stands for, when it is not
    std::uint64_t subject_ = 0;        ///< the order that the decision is about
    std::uint64_t made_ = 0;           ///< the id of what was made
    std::uint64_t opened_ = 0;         ///< the order that this input opens
    bool approval_needed_ = false;
    bool rehearsing_ = false;
    bool trying_ = false;  ///< an amend is tried and will be taken back
    std::optional<std::uint64_t> fingerprint_;
};

template <class Record>
void Step::emit(const Record& effect) {
    const Status applied = core_.world.apply(effect);
    OMS_ASSERT(applied.has_value());
    draft_.add(effect);
}

template <class Record>
void Step::keep(const Record& effect) {
    char* kept = draft_.kept.copy(draft_.add(effect));
    // What was said of an order that will not exist must not name whichever gets its number next.
    if constexpr (requires { effect.order; })
        if (effect.order == opened_) reinterpret_cast<Record*>(kept)->order = 0;
}

template <class Record>
void Step::emit_for_good(const Record& effect) {
    if (!rehearsing_) return emit(effect);
    draft_.add(effect);
}

}  // namespace oms::engine
