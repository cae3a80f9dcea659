// SPDX-License-Identifier: Apache-2.0
// Bad documents, and the exact words that each is refused with.
#include "lifecycle/tests/sample.hpp"

namespace oms::lifecycle {
namespace {

/// The sample with one change, and what is said about it.
struct Bad {
    const char* from;
    const char* to;
    const char* errors;
};

const Bad bad_documents[] = {
    {"lifecycle: sample\n",
     "lifecyle: sample\n",
     "f.yaml:1:1: OMS-4010: lifecycle has no \"lifecycle\"\n"
     "  what to do: add \"lifecycle: …\"\n"
     "f.yaml:1:1: OMS-4003: unknown lifecycle key \"lifecyle\" (did you mean \"lifecycle\"?)\n"
     "  what to do: use one of: lifecycle, revision, attach, about, roles, slots, events, "
     "timers, watches, tasks, regions, conditions and 2 more"},
    {"revision: 1",
     "revision: 0",
     "f.yaml:2:11: OMS-4015: \"revision\" is 0, below 1\n"
     "  what to do: use 1 or more"},
    {"attach: order",
     "attach: orders",
     "f.yaml:3:9: OMS-4016: \"attach\" cannot be \"orders\" (did you mean \"order\"?)\n"
     "  what to do: use one of: order, route"},
    {"lifecycle: sample",
     "lifecycle: Sample",
     "f.yaml:1:12: OMS-3010: \"Sample\" is not a name for a lifecycle\n"
     "  what to do: write small letters, digits and underscores, a letter first, 48 at most"},
    {"roles: [things, money]",
     "roles: [a, b, c, d, e]",
     "f.yaml:4:21: OMS-3012: more than 4 roles\n"
     "  what to do: merge two of them\n"
     "f.yaml:24:54: OMS-3015: unknown role \"things\"\n"
     "  what to do: use one of: a, b, c, d\n"
     "f.yaml:32:17: OMS-3015: unknown role \"money\"\n"
     "  what to do: use one of: a, b, c, d\n"
     "f.yaml:36:18: OMS-3015: unknown role \"money\"\n"
     "  what to do: use one of: a, b, c, d\n"
     "f.yaml:36:45: OMS-3015: unknown role \"money\"\n"
     "  what to do: use one of: a, b, c, d"},
    {"slots: [tries]",
     "slots: [tries, any_done]",
     "f.yaml:5:16: OMS-3011: a slot cannot be called \"any_done\": that is a fact already\n"
     "  what to do: choose another name"},
    {"  nudge: somebody",
     "  on: somebody",
     "f.yaml:7:3: OMS-3010: an event cannot be called \"on\": other readers of YAML take that "
     "for a value of theirs\n"
     "  what to do: choose another word\n"
     "f.yaml:26:34: OMS-3015: unknown event \"nudge\"\n"
     "  what to do: use one of: late, crossed, go_on, give_up, checked, accepted, "
     "approval_needed, amend_asked, cancel_asked, route_asked, no_route, source_executed and 21 "
     "more"},
    {"  nudge: somebody asks how far it is",
     "  accepted: again",
     "f.yaml:7:3: OMS-3011: event \"accepted\" is a word already\n"
     "  what to do: remove it from the list, or choose another name\n"
     "f.yaml:26:34: OMS-3015: unknown event \"nudge\"\n"
     "  what to do: use one of: late, crossed, go_on, give_up, checked, accepted, "
     "approval_needed, amend_asked, cancel_asked, route_asked, no_route, source_executed and 21 "
     "more"},
    {"late: after 2h",
     "late: 2h",
     "f.yaml:9:9: OMS-3018: expected when timer \"late\" is due, found \"2h\"\n"
     "  what to do: write \"after 24h\", with ms, s, m, h or d, or \"at expire_time\", a term"},
    {"late: after 2h",
     "late: after 0s",
     "f.yaml:9:9: OMS-3018: no timer can wait 0s\n"
     "  what to do: write between 1ms and 3660d"},
    {"late: after 2h",
     "late: at limit_price",
     "f.yaml:9:9: OMS-3015: unknown term for a time \"limit_price\"\n"
     "  what to do: use one of: expire_time, settlement_date, effective_time, promised_by, "
     "ship_by"},
    {"  late: after 2h",
     "  accepted: after 2h",
     "f.yaml:9:3: OMS-3011: a timer cannot be called \"accepted\": that is an event already\n"
     "  what to do: choose another name; the timer raises an event of its own\n"
     "f.yaml:24:68: OMS-3015: unknown timer \"late\"\n"
     "  what to do: use one of: accepted\n"
     "f.yaml:25:17: OMS-3015: unknown event \"late\"\n"
     "  what to do: use one of: nudge, crossed, go_on, give_up, checked, accepted, "
     "approval_needed, amend_asked, cancel_asked, route_asked, no_route, source_executed and 21 "
     "more"},
    {"last crosses limit_price",
     "last crosses limit_prise",
     "f.yaml:11:12: OMS-3015: unknown term \"limit_prise\" (did you mean \"limit_price\"?)\n"
     "  what to do: use one of: limit_price, stop_price, price_kind, order_type, time_in_force, "
     "expire_time, min_quantity, display_quantity, sell_kind, settlement_type, settlement_date, "
     "effective_time and 57 more"},
    {"last crosses limit_price",
     "lst crosses limit_price",
     "f.yaml:11:12: OMS-3015: unknown observation \"lst\" (did you mean \"last\"?)\n"
     "  what to do: use one of: bid, ask, bid_size, ask_size, last, available, rate, closing"},
    {"last crosses limit_price",
     "last over limit_price",
     "f.yaml:11:12: OMS-3014: expected what watch \"crossed\" looks at, found \"last over "
     "limit_price\"\n"
     "  what to do: write \"last crosses stop_price\", an observation and a term of the order, or "
     "\"available grows\""},
    {"    title: Look at this\n",
     "",
     "f.yaml:14:5: OMS-4010: task has no \"title\"\n"
     "  what to do: add \"title: …\""},
    {"answers: {fine: go_on, bad: give_up}",
     "answers: {}",
     "f.yaml:16:14: OMS-3014: a task without an answer\n"
     "  what to do: write \"answers: {accept: EVENT, refuse: EVENT}\"\n"
     "f.yaml:26:18: OMS-3015: unknown event \"go_on\"\n"
     "  what to do: use one of: nudge, late, crossed, checked, accepted, approval_needed, "
     "amend_asked, cancel_asked, route_asked, no_route, source_executed, source_returned and 20 "
     "more\n"
     "f.yaml:28:17: OMS-3015: unknown event \"give_up\"\n"
     "  what to do: use one of: nudge, late, crossed, checked, accepted, approval_needed, "
     "amend_asked, cancel_asked, route_asked, no_route, source_executed, source_returned and 20 "
     "more"},
    {"answers: {fine: go_on, bad: give_up}",
     "answers: {fine: go_on, bad: give_up}\n  again:\n    queue: desk\n    title: T\n    "
     "answers: {fine: give_up}",
     "f.yaml:20:21: OMS-3011: answer \"fine\" raises \"give_up\" here and \"go_on\" in another "
     "task\n"
     "  what to do: use different words for different answers"},
    {"  over: not any_working",
     "  over: not any_wokring",
     "f.yaml:18:9: OMS-3015: unknown fact \"any_wokring\" (did you mean \"any_working\"?)\n"
     "  what to do: use one of: all_done, any_done, any_working, any_unrouted, any_cancelled, "
     "any_over, any_route_open, any_route_unknown, any_amending, any_line, has_parent, "
     "has_sources and 6 more"},
    {"  over: not any_working and not any_unrouted",
     "  tries: any_done",
     "f.yaml:18:3: OMS-3011: a condition cannot be called \"tries\": that is a slot already\n"
     "  what to do: choose another name\n"
     "f.yaml:27:44: OMS-3015: unknown fact \"over\"\n"
     "  what to do: use one of: all_done, any_done, any_working, any_unrouted, any_cancelled, "
     "any_over, any_route_open, any_route_unknown, any_amending, any_line, has_parent, "
     "has_sources and 6 more"},
    {"    states: [open, busy, done]",
     "    states: [open, busy, done, busy]",
     "f.yaml:21:32: OMS-3011: state \"busy\" comes twice\n"
     "  what to do: choose another name"},
    {"    states: [open, busy, done]",
     "    states: [open, busy, 'yes', done]",
     "f.yaml:21:26: OMS-3010: a state cannot be called \"yes\": other readers of YAML take that "
     "for a value of theirs\n"
     "  what to do: choose another word"},
    {"groups: {live: [open, busy]}",
     "groups: {busy: [open, busy]}",
     "f.yaml:22:14: OMS-3011: a group of states cannot be called \"busy\": that is a state "
     "already\n"
     "  what to do: choose another name\n"
     "f.yaml:28:32: OMS-3015: unknown state of region work \"live\"\n"
     "  what to do: use one of: open, busy, done"},
    {"groups: {live: [open, busy]}",
     "groups: {live: [opn, busy]}",
     "f.yaml:22:21: OMS-3015: unknown state of region work \"opn\" (did you mean \"open\"?)\n"
     "  what to do: use one of: open, busy, done"},
    {"event: accepted, from: open",
     "event: acepted, from: open",
     "f.yaml:24:17: OMS-3015: unknown event \"acepted\" (did you mean \"accepted\"?)\n"
     "  what to do: use one of: nudge, late, crossed, go_on, give_up, checked, accepted, "
     "approval_needed, amend_asked, cancel_asked, route_asked, no_route and 22 more"},
    {"event: accepted, from: open",
     "event: acked, from: open",
     "f.yaml:24:17: OMS-3016: event \"acked\" is one of routes, and this lifecycle is for "
     "orders\n"
     "  what to do: write \"route_acked\", which follows when the route took it"},
    {"event: accepted, from: open",
     "event: opened, from: open",
     "f.yaml:24:17: OMS-3016: event \"opened\" is one of routes, and this lifecycle is for "
     "orders\n"
     "  what to do: leave it out"},
    {"event: accepted, from: open",
     "evnt: accepted, from: open",
     "f.yaml:24:9: OMS-4010: rule has no \"event\"\n"
     "  what to do: add \"event: …\"\n"
     "f.yaml:24:10: OMS-4003: unknown rule key \"evnt\" (did you mean \"event\"?)\n"
     "  what to do: use one of: from, to, when, do, event"},
    {"event: accepted, from: open",
     "event: accepted, from: opne",
     "f.yaml:24:33: OMS-3015: unknown state of region work \"opne\" (did you mean \"open\"?)\n"
     "  what to do: use one of: open, busy, done, live"},
    {"to: busy, do: [route things",
     "to: buzy, do: [route things",
     "f.yaml:24:43: OMS-3015: unknown state of region work \"buzy\" (did you mean \"busy\"?)\n"
     "  what to do: use one of: open, busy, done"},
    {"event: money.route_acked",
     "event: mony.route_acked",
     "f.yaml:32:17: OMS-3015: unknown role \"mony\" (did you mean \"money\"?)\n"
     "  what to do: use one of: things, money"},
    {"do: [route things,",
     "do: [rout things,",
     "f.yaml:24:54: OMS-3015: unknown action \"rout\" (did you mean \"route\"?)\n"
     "  what to do: use one of: route, cancel_routes, ask_routes, cancel_rest, amend, "
     "release_holds, emit, signal, set, add, timer, clear_timer and 7 more"},
    {"do: [route things,",
     "do: [route thing,",
     "f.yaml:24:54: OMS-3015: unknown role \"thing\" (did you mean \"things\"?)\n"
     "  what to do: use one of: things, money"},
    {"do: [route things,",
     "do: [route,",
     "f.yaml:24:54: OMS-3014: action \"route\" does not say which role\n"
     "  what to do: name one of: things, money"},
    {"do: [route things,",
     "do: [signal take working,",
     "f.yaml:24:54: OMS-3014: action \"signal take working\" does not say which role\n"
     "  what to do: name one of: things, money"},
    {"do: [route things,",
     "do: [place,",
     "f.yaml:24:54: OMS-3016: action \"place\" is one of routes, and this lifecycle is for "
     "orders\n"
     "  what to do: use one of: route, cancel_routes, ask_routes, cancel_rest, amend, "
     "release_holds, emit, signal, set, add, timer, clear_timer, watch, clear_watches, task, "
     "clear_tasks, tell_linked, undo_all, refuse"},
    {"do: [route things,",
     "do: [timer latte,",
     "f.yaml:24:54: OMS-3015: unknown timer \"latte\" (did you mean \"late\"?)\n"
     "  what to do: use one of: late"},
    {"do: [route things,",
     "do: [timer,",
     "f.yaml:24:54: OMS-3014: action \"timer\" cannot be read\n"
     "  what to do: write timer NAME, with NAME declared under timers"},
    {"do: [route things,",
     "do: [emit nudge to routes things now,",
     "f.yaml:24:54: OMS-3014: action \"emit nudge to routes things now\" cannot be read\n"
     "  what to do: write emit EVENT, or emit EVENT to order, parent, linked, routes or routes "
     "ROLE"},
    {"do: [route things,",
     "do: [emit nudge to order,",
     "f.yaml:24:54: OMS-3016: an order cannot emit to \"order\"\n"
     "  what to do: leave \"to order\" out"},
    {"do: [route things,",
     "do: [signal take money,",
     "f.yaml:24:54: OMS-3014: action \"signal take money\" cannot be read\n"
     "  what to do: write signal EVENT [ROLE] working, … number, or … done_part of TERM"},
    {"do: [route things,",
     "do: [signal take money done_part of line_amout,",
     "f.yaml:24:54: OMS-3015: unknown term \"line_amout\" (did you mean \"line_amount\"?)\n"
     "  what to do: use one of: limit_price, stop_price, price_kind, order_type, time_in_force, "
     "expire_time, min_quantity, display_quantity, sell_kind, settlement_type, settlement_date, "
     "effective_time and 57 more"},
    {"do: [route things,",
     "do: [refuse,",
     "f.yaml:24:54: OMS-3014: action \"refuse\" cannot be read\n"
     "  what to do: write refuse and the reason in words"},
    {"do: [add 1 to tries,",
     "do: [add one to tries,",
     "f.yaml:25:57: OMS-3014: action \"add one to tries\" cannot be read\n"
     "  what to do: write add 1 to SLOT, or add number to SLOT"},
    {"do: [add 1 to tries,",
     "do: [add 1 to trys,",
     "f.yaml:25:57: OMS-3015: unknown slot \"trys\"\n"
     "  what to do: use one of: tries"},
    {"do: {do: cancel_routes money, undo: route money}",
     "do: {do: cancel_routes money}",
     "f.yaml:36:13: OMS-4010: action has no \"undo\"\n"
     "  what to do: add \"undo: …\""},
    {"do: {do: cancel_routes money, undo: route money}",
     "do: {do: cancel_routes money, undo: undo_all}",
     "f.yaml:36:45: OMS-3014: \"undo_all\" cannot undo anything\n"
     "  what to do: name an action that takes the other one back"},
    {"when: tries < 3",
     "when: tries",
     "f.yaml:25:41: OMS-3013: condition \"tries\": \"tries\" is a number and needs a comparison\n"
     "  what to do: write \"tries >= 1\", for example"},
    {"when: tries < 3",
     "when: tries < three",
     "f.yaml:25:41: OMS-3013: condition \"tries < three\": \"three\" is not an integer\n"
     "  what to do: compare with whole decimal digits of up to 64 bits"},
    {"when: tries < 3",
     "when: tires < 3",
     "f.yaml:25:41: OMS-3015: unknown number \"tires\" (did you mean \"tries\"?)\n"
     "  what to do: use one of: tries, number, attempt, limit_price, stop_price, price_kind, "
     "order_type, time_in_force, expire_time, min_quantity, display_quantity, sell_kind and 60 "
     "more"},
    {"when: tries < 3",
     "when: work is opn",
     "f.yaml:25:41: OMS-3015: unknown state of region work \"opn\" (did you mean \"open\"?)\n"
     "  what to do: use one of: open, busy, done, live"},
    {"when: tries < 3",
     "when: wrk is open",
     "f.yaml:25:41: OMS-3015: unknown region \"wrk\" (did you mean \"work\"?)\n"
     "  what to do: use one of: work, side"},
    {"when: tries < 3",
     "when: any_done or any_working",
     "f.yaml:25:41: OMS-3013: condition \"any_done or any_working\": \"or\" stands only between "
     "states of one region\n"
     "  what to do: write two rules or statuses, one for each case"},
    {"when: tries < 3",
     "when: not work is open",
     "f.yaml:25:41: OMS-3013: condition \"not work is open\": \"not\" stands only before a fact "
     "or \"has\"\n"
     "  what to do: write \"is not\", or turn the comparison around"},
    {"when: tries < 3",
     "when: any_done and",
     "f.yaml:25:41: OMS-3013: condition \"any_done and\": there is nothing where something must "
     "be true\n"
     "  what to do: see \"Conditions\" in docs/lifecycle-language.md"},
    {"when: tries < 3",
     "when: not over",
     "f.yaml:25:41: OMS-3013: condition \"not over\": \"not\" cannot stand before a condition of "
     "the document's own\n"
     "  what to do: declare its opposite under another name"},
    {"when: tries < 3",
     "when: has limit_prise",
     "f.yaml:25:41: OMS-3015: unknown term \"limit_prise\" (did you mean \"limit_price\"?)\n"
     "  what to do: use one of: limit_price, stop_price, price_kind, order_type, time_in_force, "
     "expire_time, min_quantity, display_quantity, sell_kind, settlement_type, settlement_date, "
     "effective_time and 57 more"},
    {"when: tries < 3",
     "when: time_in_force is dya",
     "f.yaml:25:41: OMS-3015: unknown time_in_force \"dya\" (did you mean \"day\"?)\n"
     "  what to do: use one of: day, good_till_cancel, at_the_opening, immediate_or_cancel, "
     "fill_or_kill, good_till_crossing, good_till_date, at_the_close"},
    {"when: tries < 3",
     "when: mony.any_done",
     "f.yaml:25:41: OMS-3015: unknown role \"mony\" (did you mean \"money\"?)\n"
     "  what to do: use one of: things, money"},
    {"when: tries < 3",
     "when: things.has_parent",
     "f.yaml:25:41: OMS-3013: condition \"things.has_parent\": \"has_parent\" is about the whole "
     "order, not about a role\n"
     "  what to do: write \"has_parent\" alone"},
    {"when: tries < 3",
     "when: oracle.score",
     "f.yaml:25:41: OMS-3013: condition \"oracle.score\": \"oracle.score\" is a number of a "
     "plugin and needs a comparison\n"
     "  what to do: write \"oracle.score >= 80\", for example"},
    {"when: tries < 3",
     "when: is_enquiry",
     "f.yaml:25:41: OMS-3016: fact \"is_enquiry\" is one of routes, and this lifecycle is for "
     "orders\n"
     "  what to do: leave it out"},
    {"when: tries < 3",
     "when: any_done and not any_done",
     "f.yaml:25:41: OMS-3013: condition \"any_done and not any_done\": it can never hold\n"
     "  what to do: mend or remove it"},
    {"when: tries < 3",
     "when: tries < 3 and tries > 5",
     "f.yaml:25:41: OMS-3013: condition \"tries < 3 and tries > 5\": it can never hold\n"
     "  what to do: mend or remove it"},
    {"when: tries < 3",
     "when: [tries]",
     "f.yaml:25:41: OMS-4011: expected a text, found a list\n"
     "  what to do: write one value"},
    {"  - open\n",
     "",
     "f.yaml:39:5: OMS-3030: no status is left for what none of the conditions meet\n"
     "  what to do: end the list with a status without a condition, such as \"- open\""},
    {"  - late: tries > 0\n",
     "  - early: work is done and any_done\n  - late: tries > 0\n",
     "f.yaml:39:5: OMS-3031: status \"early\" is never shown: whenever it holds, \"done\" holds "
     "and stands before it\n"
     "  what to do: put the narrower condition first"},
    {"states: [open, busy, done]",
     "states: [open, busy, lost, done]",
     "f.yaml:21:26: OMS-3032: no rule leads to state \"lost\" of region \"work\"\n"
     "  what to do: add a rule with \"to: lost\", or remove the state"},
    {"      - {event: late, from: busy,",
     "      - {event: accepted, from: open, to: done}\n      - {event: late, from: busy,",
     "f.yaml:25:9: OMS-3033: two rules take \"accepted\" in state open of region \"work\" and "
     "cannot be told apart: this one and that of line 24\n"
     "  what to do: merge them, or give each a condition that the other does not meet"},
    {"      - {event: checked, from: busy, when: over, to: done}",
     "      - {event: checked, from: busy, to: done}\n      - {event: checked, from: [open, "
     "busy], when: over}",
     "f.yaml:28:9: OMS-3033: this rule never takes \"checked\" in state busy of region \"work\": "
     "that of line 27 always comes first\n"
     "  what to do: put the rule with the narrower condition first"},
    {"        from: loud\n        to: quiet\n",
     "        from: loud\n",
     "f.yaml:30:21: OMS-3034: there is no way out of state \"loud\" of region \"side\": no rule "
     "leads from it to where \"ended\" holds\n"
     "  what to do: add a rule towards quiet"},
    {"do: [route things, timer late",
     "do: [emit lost_event, timer late",
     "f.yaml:24:54: OMS-3035: \"emit lost_event\" raises \"lost_event\", which no rule takes\n"
     "  what to do: add a rule for the event, or remove the action"},
    {"answers: {fine: go_on, bad: give_up}",
     "answers: {fine: go_on, bad: give_up, worse: despair}",
     "f.yaml:16:49: OMS-3035: answer \"worse\" raises \"despair\", which no rule takes\n"
     "  what to do: add a rule for the event, or remove the answer"},
    {"ended: work is done and side is quiet",
     "ended: ''",
     "f.yaml:41:8: OMS-3013: condition \"\": there is nothing where something must be true\n"
     "  what to do: see \"Conditions\" in docs/lifecycle-language.md"},
    {"ended: work is done and side is quiet",
     "ended: work is done and work is open",
     "f.yaml:41:8: OMS-3013: condition \"work is done and work is open\": it can never hold\n"
     "  what to do: mend or remove it"},
};

TEST(BadDocuments, AreRefusedWithPlaceReasonAndRemedy) {
    for (const Bad& bad : bad_documents) {
        const auto compiled = compile_text(replaced(sample, bad.from, bad.to), "f.yaml");
        ASSERT_FALSE(compiled) << bad.to;
        EXPECT_EQ(yaml::to_text(compiled.error()), std::string(bad.errors) + "\n") << bad.to;
    }
}

}  // namespace
}  // namespace oms::lifecycle
