// SPDX-License-Identifier: Apache-2.0
// Cards for plugins with threads of their own: they begin, wait and end as the host asks.
#include "testkit/conformance/tested_instance.hpp"

#include <oms/sdk/batch.hpp>

#include <chrono>
#include <thread>

namespace oms::testkit {

namespace {

constexpr std::chrono::milliseconds some_time{300};

/// A port with what the plugin's settings name.
class Surroundings {
public:
    explicit Surroundings(Subject& subject) : channel(furnish(subject, port, "under_test")) {}
    FakePort port;
    std::uint32_t channel = 0;
};

void ends_while_idle(Subject& subject) {
    Surroundings around(subject);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    std::this_thread::sleep_for(some_time);
    instance.stop();
}

void ends_while_busy(Subject& subject) {
    Surroundings around(subject);
    around.port.set_busy(true);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    std::this_thread::sleep_for(some_time);
    instance.stop();
}

void ends_with_the_host(Subject& subject) {
    Surroundings around(subject);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    std::this_thread::sleep_for(some_time);
    around.port.stop();
    std::this_thread::sleep_for(some_time);
    instance.stop();
}

void is_silent_after_stop(Subject& subject) {
    Surroundings around(subject);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    std::this_thread::sleep_for(some_time);
    instance.stop();
    const std::uint64_t before = instance.port_calls();
    std::this_thread::sleep_for(some_time);
    expect(instance.port_calls() == before, "it called the host after stop");
}

/// Waiting is done in the port's blocking calls, not by asking again and again.
void does_not_spin(Subject& subject) {
    constexpr std::uint64_t most = 300;  // in 300 ms
    Surroundings around(subject);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    std::this_thread::sleep_for(some_time);
    const std::uint64_t before = instance.port_calls();
    std::this_thread::sleep_for(some_time);
    const std::uint64_t calls = instance.port_calls() - before;
    instance.stop();
    expect(calls <= most, "with nothing to do it called the port " + std::to_string(calls) +
                              " times in 300 ms; wait in read or take_answers");
}

void connector_asks_the_gate(Subject& subject) {
    Surroundings around(subject);
    const std::uint32_t destination = around.port.define(OMS_class_destination, "somewhere");
    around.port.set_halted(true);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    auto intent = sdk::make<oms_intent>();
    intent.channel = around.channel;
    intent.action = OMS_action_cancel;
    intent.out_seq = 1;
    intent.route = 1;
    intent.order = 1;
    intent.destination = destination;
    sdk::Batch effects;
    effects.add(intent);
    around.port.publish(OMS_RECORD_cancel_order, 1, effects);
    std::this_thread::sleep_for(some_time);
    instance.stop();
}

void subscriber_shows_what_it_read(Subject& subject) {
    Surroundings around(subject);
    TestedInstance instance(subject, "under_test", &around.port);
    instance.start();
    const auto& table = instance.table<oms_subscriber>(OMS_CAPABILITY_SUBSCRIBER);
    std::uint64_t last = 0;
    for (int count = 0; count < 20; ++count)
        last = around.port.publish(OMS_RECORD_define, 0, sdk::Batch());
    for (int waited = 0; waited < 50 && table.shown_seq(instance.plugin()) < last; ++waited)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::uint64_t shown = table.shown_seq(instance.plugin());
    instance.stop();
    expect(shown <= last, "it shows decision " + std::to_string(shown) + ", and there is none");
    expect(shown == last,
           "after 5 s it shows decision " + std::to_string(shown) + " of " + std::to_string(last));
}

constexpr PlayedCard outside[] = {
    {{"OUT-01", "outside", "It ends in time while nothing happens"}, ends_while_idle},
    {{"OUT-02", "outside", "It ends in time while the kernel takes nothing"}, ends_while_busy},
    {{"OUT-03", "outside", "It ends in time when the host has stopped first"}, ends_with_the_host},
    {{"OUT-04", "outside", "It does not call the host after stop"}, is_silent_after_stop},
    {{"OUT-05", "outside", "It waits in the port's calls and does not spin"}, does_not_spin},
    {{"CONN-01", "connector", "It lives through an intent that may not leave"},
     connector_asks_the_gate},
    {{"SUB-01", "subscriber", "It shows all that is durable, and nothing else"},
     subscriber_shows_what_it_read},
};

}  // namespace

std::span<const PlayedCard> outside_cards() { return outside; }

}  // namespace oms::testkit
