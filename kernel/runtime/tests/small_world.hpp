// SPDX-License-Identifier: Apache-2.0
// The smallest product that has everything: one kind of order, a check of the test's own, one
// destination that the test plays itself.
#pragma once

#include "runtime/runtime.hpp"
#include "runtime/tests/temp_folder.hpp"

#include <oms/abi/check.h>
#include <oms/sdk/batch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace oms::runtime::test {

inline constexpr std::string_view order_lifecycle = R"(lifecycle: plain
revision: 1
attach: order
events:
  nudge: somebody looked at it
timers:
  grown_old: after 60s
regions:
  work:
    states: [begun, open, finished, dropped, old]
    rules:
      - {event: accepted, from: begun, to: open, do: [route, timer grown_old]}
      - {event: no_route}
      - {event: route_acked}
      - {event: route_executed, from: open, when: all_done, to: finished, do: clear_timer grown_old}
      - {event: route_executed}
      - {event: route_refused, from: open, to: dropped, do: cancel_rest}
      - {event: cancel_asked, from: open, to: dropped, do: [cancel_routes, cancel_rest]}
      - {event: grown_old, from: open, to: old}
      - {event: nudge, from: old, to: dropped, do: cancel_rest}
      - {event: nudge}
status:
  - finished: work is finished
  - dropped: work is dropped
  - old: work is old
  - open
ended: work is finished or dropped
)";

inline constexpr std::string_view route_lifecycle = R"(lifecycle: party
revision: 1
attach: route
regions:
  work:
    states: [sent, working, over]
    rules:
      - {event: opened, from: sent, do: place}
      - {event: acked, from: sent, to: working}
      - {event: executed, when: not any_working, to: over}
      - {event: executed}
      - {event: refused, to: over, do: end_route}
      - {event: cancelled, to: over, do: end_route}
      - {event: cancel_asked, from: [sent, working], do: cancel}
status:
  - over: work is over
  - working: work is working
  - sent
ended: work is over
)";

inline constexpr std::string_view small_config = R"(
data: data
instances:
  gatekeeper: {plugin: gatekeeper}
  by_list: {plugin: by_list}
lifecycles: [plain.yaml, party.yaml]
kinds:
  plain:
    lifecycle: plain
    route_lifecycle: party
    checks: [gatekeeper]
    routing: by_list
    destinations: [north]
accounts:
  house: {external: true}
  desk: {under: firm}
  firm:
products:
  EUR: {scale: 2}
  THING: {scale: 0, price_scale: 2, terms: {tick: "0.05", currency: EUR, name: A thing}}
channels: [wire]
origins: [tests]
actors: [tester]
sources: [feed]
destinations:
  north: {channel: wire, account: house, terms: {priority: 1}}
limits: {plugin_stall: 300ms, stop_timeout: 300ms}
)";

/// What the gatekeeper does with its next calls. One test at a time.
struct Gatekeeper {
    enum class Mood : std::uint8_t { pass, refuse, measure, silent, fail, stall };
    static inline std::atomic<Mood> mood{Mood::pass};
    static inline std::atomic<int> calls{0};
    static GivenPlugin given();
};

/// Routes everything to the first destination there is.
GivenPlugin by_list();

class SmallWorld {
public:
    SmallWorld();

    /// The options for this world, on files or in memory.
    Options options(bool in_memory) const;
    yaml::Checked<std::unique_ptr<Runtime>> open(bool in_memory = true);

    const TempFolder& folder() const { return folder_; }
    std::string config{small_config};
    VirtualClock clock{1'000'000'000};
    std::vector<std::string> log;

private:
    TempFolder folder_;
};

/// Starts what was opened, into a fixture's places for it and for a port to it.
void start_running(yaml::Checked<std::unique_ptr<Runtime>> opened,
                   std::unique_ptr<Runtime>& runtime, std::unique_ptr<Port>& port);

/// An order for so many things, under a key.
sdk::Batch place(Port& port, std::string_view key, std::int64_t quantity = 10);

/// Plays the party at the far end of the channel: acknowledges and executes what is placed.
class Party {
public:
    explicit Party(Runtime& runtime) : port_(runtime.port("party")) {}
    /// Takes what is there; answers how many intents came. Executes them when `execute` is set.
    int work(bool execute, std::int64_t timeout_ms = 1000);
    std::uint64_t seq = 0;
    std::vector<oms_intent> intents;

private:
    std::unique_ptr<Port> port_;
};

}  // namespace oms::runtime::test
