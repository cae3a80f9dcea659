// SPDX-License-Identifier: Apache-2.0
#include "runtime/tests/small_world.hpp"

#include <oms/abi/routing.h>
#include <oms/sdk/fields.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace oms::runtime::test {

namespace {

constexpr std::string_view gatekeeper_manifest = R"(id: tests.gatekeeper
name: gatekeeper
version: 1.2.3
abi: 0
maturity: experimental
summary: Does what a test tells it.
provides: [oms.check/1]
denials:
  MOOD_BAD: It does not feel like it.
)";

constexpr std::string_view by_list_manifest = R"(id: tests.by_list
name: by_list
version: 1.0.0
abi: 0
maturity: experimental
summary: Takes the first destination.
provides: [oms.routing/1]
)";

int nothing = 0;
oms_plugin* some_plugin() { return reinterpret_cast<oms_plugin*>(&nothing); }

oms_status create(const oms_host*, const oms_settings*, oms_plugin** plugin) {
    *plugin = some_plugin();
    return OMS_OK;
}
oms_status start(oms_plugin*) { return OMS_OK; }
void stop(oms_plugin*) {}
void destroy(oms_plugin*) {}

/// Passes, with numbers of the order's first product.
oms_status measure(const oms_check_call& call, const oms_view* view, const oms_sink* sink) {
    oms_walk walk{};
    walk.kind = OMS_RECORD_line_row;
    walk.id = call.order;
    auto row = sdk::make<oms_line_row>();
    if (view->next(view, &walk, reinterpret_cast<oms_record*>(&row)) != OMS_OK) return OMS_FAILED;
    oms_opinion opinion{};
    opinion.size = sizeof opinion;
    opinion.line = OMS_WHOLE_ORDER;
    opinion.outcome = OMS_outcome_pass;
    opinion.product = row.product;
    opinion.limit = 50;
    opinion.observed = row.ordered;
    opinion.unit = OMS_unit_quantity;
    if (const oms_status said = sink->opinion(sink, &opinion); said != OMS_OK) return said;
    opinion.limit = 130;
    opinion.observed = 125;
    opinion.unit = OMS_unit_price;
    return sink->opinion(sink, &opinion);
}

oms_status evaluate(oms_plugin*, const oms_check_call* call, const oms_view* view,
                    const oms_sink* sink) {
    using Mood = Gatekeeper::Mood;
    ++Gatekeeper::calls;
    oms_opinion opinion{};
    opinion.size = sizeof opinion;
    opinion.line = OMS_WHOLE_ORDER;
    opinion.outcome = OMS_outcome_pass;
    switch (Gatekeeper::mood.load()) {
        case Mood::pass: return sink->opinion(sink, &opinion);
        case Mood::refuse:
            opinion.outcome = OMS_outcome_refuse;
            opinion.text = sdk::text("not today");
            return sink->opinion(sink, &opinion);
        case Mood::measure: return measure(*call, view, sink);
        case Mood::silent: return OMS_OK;
        case Mood::fail: return OMS_FAILED;
        case Mood::stall:
            while (Gatekeeper::mood == Mood::stall)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            return OMS_FAILED;
    }
    return OMS_FAILED;
}

oms_status plan(oms_plugin*, const oms_routing_call* call, const oms_view* view,
                const oms_sink* sink) {
    if (call->destination_count == 0) return OMS_OK;
    sdk::Batch lines;
    oms_walk walk{};
    walk.kind = OMS_RECORD_line_row;
    walk.id = call->order;
    auto row = sdk::make<oms_line_row>();
    while (view->next(view, &walk, reinterpret_cast<oms_record*>(&row)) == OMS_OK) {
        if (row.unrouted == 0) continue;
        auto line = sdk::make<oms_route_line>();
        line.line = row.line;
        line.product = row.product;
        line.quantity = row.unrouted;
        lines.add(line);
    }
    const oms_batch batch = lines.view();
    return batch.count == 0
               ? OMS_OK
               : sink->route(sink, call->destinations[0], &batch, 0, sdk::text("the first"));
}

const void* check_extension(oms_plugin*, oms_text id) {
    static constexpr oms_check table{sizeof(oms_check), 0, evaluate};
    return sdk::view(id) == OMS_CAPABILITY_CHECK ? &table : nullptr;
}
const void* routing_extension(oms_plugin*, oms_text id) {
    static constexpr oms_routing table{sizeof(oms_routing), 0, plan};
    return sdk::view(id) == OMS_CAPABILITY_ROUTING ? &table : nullptr;
}

constexpr oms_plugin_entry gatekeeper_entry{
    sizeof(oms_plugin_entry), OMS_ABI_REVISION, create, check_extension, start, stop, destroy};
constexpr oms_plugin_entry by_list_entry{
    sizeof(oms_plugin_entry), OMS_ABI_REVISION, create, routing_extension, start, stop, destroy};

}  // namespace

GivenPlugin Gatekeeper::given() { return {&gatekeeper_entry, gatekeeper_manifest}; }
GivenPlugin by_list() { return {&by_list_entry, by_list_manifest}; }

SmallWorld::SmallWorld() {
    Gatekeeper::mood = Gatekeeper::Mood::pass;
    folder_.write("plain.yaml", order_lifecycle);
    folder_.write("party.yaml", route_lifecycle);
}

Options SmallWorld::options(bool in_memory) const {
    Options options;
    options.config = folder_.path();
    options.config_text = config;
    options.in_memory = in_memory;
    options.plugins = {Gatekeeper::given(), by_list()};
    return options;
}

yaml::Checked<std::unique_ptr<Runtime>> SmallWorld::open(bool in_memory) {
    Options opening = options(in_memory);
    opening.clock = &clock;
    opening.log = [this](std::string_view line) { log.emplace_back(line); };
    return Runtime::open(std::move(opening));
}

void start_running(yaml::Checked<std::unique_ptr<Runtime>> opened,
                   std::unique_ptr<Runtime>& runtime, std::unique_ptr<Port>& port) {
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    runtime = std::move(*opened);
    const Status started = runtime->start();
    ASSERT_TRUE(started) << to_text(started.error());
    port = runtime->port("test");
}

sdk::Batch place(Port& port, std::string_view key, std::int64_t quantity) {
    auto head = sdk::make<oms_place_order>();
    head.key = sdk::text(key);
    head.origin = port.reference(OMS_class_origin, "tests").value_or(0);
    head.actor = port.reference(OMS_class_actor, "tester").value_or(0);
    head.order_kind = port.reference(OMS_class_order_kind, "plain").value_or(0);
    head.account = port.reference(OMS_class_account, "desk").value_or(0);
    auto line = sdk::make<oms_line>();
    line.product = port.reference(OMS_class_product, "THING").value_or(0);
    line.direction = OMS_direction_receive;
    line.quantity = quantity;
    line.parent_line = OMS_WHOLE_ORDER;
    sdk::Batch input;
    input.add(head);
    input.add(line);
    return input;
}

int Party::work(bool execute, std::int64_t timeout_ms) {
    const std::uint32_t channel = port_->reference(OMS_class_channel, "wire").value_or(0);
    const std::uint32_t north = port_->reference(OMS_class_destination, "north").value_or(0);
    int came = 0;
    sdk::Batch executions;
    std::vector<sdk::Batch> reports;
    port_->read(OMS_READ_CHANNEL, channel, seq, timeout_ms, [&](const oms_batch& decision) {
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* intent = sdk::as<oms_intent>(record);
            if (intent == nullptr) continue;
            ++came;
            intents.push_back(*intent);
            if (!execute || intent->action != OMS_action_place) continue;
            auto report = sdk::make<oms_report>();
            report.type = OMS_report_executed;
            report.destination = north;
            report.route = intent->route;
            const std::string reference = "x" + std::to_string(intent->route);
            report.execution_ref = sdk::text(reference);
            report.line = intent->line;
            report.product = intent->product;
            report.quantity = intent->quantity;
            report.price = 100;
            sdk::Batch input;
            input.add(report);
            reports.push_back(std::move(input));
        }
        return OMS_OK;
    });
    for (const sdk::Batch& report : reports) port_->submit(report.view(), 0);
    return came;
}

}  // namespace oms::runtime::test
