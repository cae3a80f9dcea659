// SPDX-License-Identifier: Apache-2.0
// Documents and tables that the tests begin with.
#pragma once

#include "lifecycle/yaml/compile.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace oms::lifecycle {

/// A small good document; every test of a bad one changes a line of it.
inline const std::string sample = R"(lifecycle: sample
revision: 1
attach: order
roles: [things, money]
slots: [tries]
events:
  nudge: somebody asks how far it is
timers:
  late: after 2h
watches:
  crossed: last crosses limit_price
tasks:
  look:
    queue: desk
    title: Look at this
    answers: {fine: go_on, bad: give_up}
conditions:
  over: not any_working and not any_unrouted
regions:
  work:
    states: [open, busy, done]
    groups: {live: [open, busy]}
    rules:
      - {event: accepted, from: open, to: busy, do: [route things, timer late, watch crossed]}
      - {event: late, from: busy, when: tries < 3, do: [add 1 to tries, task look]}
      - {event: [go_on, crossed, nudge], from: busy, do: emit checked}
      - {event: checked, from: busy, when: over, to: done}
      - {event: give_up, from: live, to: done, do: undo_all}
  side:
    states: [quiet, loud]
    rules:
      - {event: money.route_acked, from: quiet, to: loud}
      - event: cancel_asked
        from: loud
        to: quiet
        do: {do: cancel_routes money, undo: route money}
status:
  - done: work is done
  - late: tries > 0
  - open
ended: work is done and side is quiet
)";

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline Table table_of(const std::string& text) {
    const yaml::Checked<Compiled> compiled = compile_text(text, "f.yaml");
    EXPECT_TRUE(compiled) << yaml::to_text(compiled.error());
    if (!compiled) return {};
    EXPECT_EQ(yaml::to_text(compiled->warnings), "");
    return compiled->table;
}

}  // namespace oms::lifecycle
