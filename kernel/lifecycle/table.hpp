// SPDX-License-Identifier: Apache-2.0
// A lifecycle, compiled: what the engine walks at each event. Made from a document by compile.hpp,
// kept in the journal in the form of codec.hpp, never changed afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace oms::lifecycle {

inline constexpr std::size_t max_regions = 8;
inline constexpr std::size_t max_states = 64;  ///< of one region: they fill a mask
inline constexpr std::size_t max_slots = 16;
inline constexpr std::size_t max_undo = 64;  ///< actions with an `undo`: they fill a mask
inline constexpr std::size_t role_count = 4;
inline constexpr std::uint8_t any_role = 4;
inline constexpr std::uint8_t stay = 0xff;     ///< Rule::to: the state does not change
inline constexpr std::uint16_t none = 0xffff;  ///< no text, no action, no slot
inline constexpr std::uint32_t first_custom_event = 1000;

/// What the lifecycle's instances sit on.
enum class Attach : std::uint8_t { order = 1, route = 2 };

enum class Event : std::uint32_t {
#define OMS_EVENT(name, number) name = number,
#define OMS_LINE_FACT(name, bit)
#define OMS_WHOLE_FACT(name, bit)
#define OMS_VERB(name, number)
#include "lifecycle/words.def"
#undef OMS_EVENT
#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#undef OMS_VERB
};

enum class Verb : std::uint8_t {
#define OMS_EVENT(name, number)
#define OMS_LINE_FACT(name, bit)
#define OMS_WHOLE_FACT(name, bit)
#define OMS_VERB(name, number) name = number,
#include "lifecycle/words.def"
#undef OMS_EVENT
#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#undef OMS_VERB
};

/// The facts of an instance, computed once per event: bit `role * 10 + bit` for a line fact of a
/// role (`any_role` for any), the bit itself for a fact of the whole.
using Facts = std::uint64_t;

enum class Fact : std::uint8_t {
#define OMS_EVENT(name, number)
#define OMS_LINE_FACT(name, bit) name = bit,
#define OMS_WHOLE_FACT(name, bit) name = bit,
#define OMS_VERB(name, number)
#include "lifecycle/words.def"
#undef OMS_EVENT
#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#undef OMS_VERB
};
inline constexpr unsigned line_facts_per_role = 10;

constexpr Facts fact_bit(Fact fact, std::uint8_t role = any_role) {
    const auto bit = static_cast<unsigned>(fact);
    return Facts{1} << (bit < line_facts_per_role ? role * line_facts_per_role + bit : bit);
}

/// What a comparison looks at.
enum class Operand : std::uint8_t {
    slot = 1,         ///< an integer slot of the instance
    number = 2,       ///< the number that the event carries (a progress report's, a raised event's)
    plugin_fact = 3,  ///< a fact that a plugin knows by name
    attempt = 4,      ///< how often lines of the role `index` have been routed
    role = 5,         ///< of the lines of the route that the event came from: the event
                      ///< `money.route_acked` compiles to route_acked and this comparison
    term = 6,         ///< the number in the order's own term `index` (of the SDK's registry)
};
enum class Comparison : std::uint8_t {
    less = 1,
    at_most,
    equal,
    unequal,
    at_least,
    more,
    present,
    absent,  ///< of a term: `when: has stop_price`, `when: not has stop_price`
};

/// `region` is in one of `states`.
struct RegionTest {
    std::uint8_t region = 0;
    std::uint64_t states = 0;
};
struct Compare {
    Operand operand = Operand::slot;
    Comparison comparison = Comparison::equal;
    std::uint16_t index = 0;  ///< of the slot or the plugin fact's name; the role; the term's field
    std::int64_t value = 0;
};

/// True when all of it is true. Ranges are in Table::tests and Table::compares.
struct Guard {
    Facts require = 0;
    Facts forbid = 0;
    std::uint16_t first_test = 0;
    std::uint16_t tests = 0;
    std::uint16_t first_compare = 0;
    std::uint16_t compares = 0;
};

/// To whom `emit` speaks.
enum class Target : std::uint8_t { self = 1, order, routes, parent, linked };

/// Where `signal` takes its quantity from.
enum class Amount : std::uint8_t {
    working = 1,  ///< all that works on the route's line
    number,       ///< the number that the event carries
    done_part,    ///< for money that is owed for other lines: sum over the lines of role 0 of
                  ///< (the line's term `field`) x done / ordered, less what was signalled or done
};

/// One action. What counts for each verb, beside `role` where it says "of the role":
///   route          plan with the routing of the role and open what it says; `no_route` on failure
///   cancel_routes  raise `cancel_asked` on every open route of the role
///   ask_routes     raise `ask_again` on every unknown route of the role
///   cancel_rest    cancel what is unrouted on the lines of the role
///   amend          carry out the amend that was asked for: at once where nothing works, otherwise
///                  by amending the routes
///   release_holds  end the holds on the lines of the role
///   emit           `event` to `target`; with routes: to the open ones of the role
///   signal         an intent `signal` with `event` and `amount` (and `field`) to the open routes
///                  of the role
///   set, add       slot `index` becomes, grows by, `number`; `from_event` 1: the event's number
///   timer          `event` after `number` ns, or, when `field` is set, at the time in that term
///   clear_timer    the instance's timers for `event`
///   watch          `event` when the observation `observation_field` of line 0's product crosses
///                  the price in term `field`: upwards for a line that receives, else downwards.
///                  Without an observation: `event` when more of what is unrouted becomes available
///                  at an account of the destinations of its role
///   clear_watches  all of the order's
///   task           ask `text` (the queue), titled `text2`, for one of the answers in
///                  Table::answers[index ..]; the answer raises its event
///   clear_tasks    close the instance's open tasks unanswered
///   tell_linked    `event` to the orders of link kind `index` (0: all)
///   undo_all       carry out the `undo` of each action done so far, last first
///   refuse         the request is refused with `text`; everything it did is rolled back
///   place, cancel, send_amend, ask    an intent to the route's channel
///   end_route      nothing works there any more: what worked goes back to the order's unrouted
///   mark_unknown, mark_known          the route's flag
///   apply_amend, drop_amend           the pending amend became true, or did not
struct Action {
    Verb verb = Verb::route;
    std::uint8_t role = any_role;
    Target target = Target::self;
    Amount amount = Amount::working;
    std::uint16_t index = 0;
    std::uint16_t answers = 0;  ///< task: how many answers
    std::uint32_t event = 0;    ///< an Event, or first_custom_event + index in Table::events
    std::uint32_t field = 0;    ///< a term's number in the SDK's registry
    std::uint32_t observation_field = 0;
    std::uint8_t from_event = 0;
    std::uint8_t undo_bit = 0xff;  ///< which bit of the undo mask this action sets
    std::uint16_t undo = none;     ///< the action that undoes it, in Table::actions
    std::uint16_t text = none;     ///< in Table::texts
    std::uint16_t text2 = none;
    std::int64_t number = 0;
};

/// Rules of one event stand together, in the document's order. For each region the first whose
/// state and guard hold fires; regions are walked in their order, facts, states and slots are those
/// of the event's start.
struct Rule {
    std::uint32_t event = 0;  ///< as in Action
    std::uint8_t region = 0;
    std::uint8_t to = stay;
    std::uint16_t first_action = 0;
    std::uint16_t actions = 0;
    std::uint16_t line = 0;  ///< of the document, for messages
    std::uint64_t from = 0;  ///< mask of states
    Guard guard;
};

struct Region {
    std::string name;
    std::vector<std::string> states;  ///< the first is where an instance starts
};
struct StatusName {
    std::string name;
    Guard guard;
};
struct Answer {
    std::string word;
    std::uint32_t event = 0;
};

struct Table {
    std::string name;
    std::uint32_t revision = 0;
    Attach attach = Attach::order;
    std::vector<std::string> roles;  ///< names of roles 0.., at most role_count
    std::vector<Region> regions;
    std::vector<std::string> slots;
    std::vector<std::string> events;        ///< names of the custom ones
    std::vector<std::string> plugin_facts;  ///< names, as "plugin.fact"
    std::vector<std::string> texts;
    std::vector<Answer> answers;
    std::vector<RegionTest> tests;
    std::vector<Compare> compares;
    std::vector<Action> actions;
    std::vector<Rule> rules;           ///< sorted by event, stable
    std::vector<StatusName> statuses;  ///< the first that holds; the last has an empty guard
    Guard ended;  ///< when the instance is at its end: it may be retired, and links are told
};

}  // namespace oms::lifecycle
