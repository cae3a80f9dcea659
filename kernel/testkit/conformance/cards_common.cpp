// SPDX-License-Identifier: Apache-2.0
// Cards for every plugin: its manifest, its binary, its life from creation to end.
#include "runtime/plugin_instance.hpp"
#include "testkit/conformance/tested_instance.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace oms::testkit {

namespace {

constexpr const char* entry_symbol = "oms_plugin_entry_0";

bool is_inside(Subject& subject) { return runtime::is_inside(subject.manifest().kind()); }

void manifest_reads(Subject& subject) { subject.read(); }

void manifest_explains(Subject& subject) {
    for (const runtime::SettingSpec& setting : subject.manifest().settings)
        expect(!setting.help.empty(), "setting \"" + setting.name + "\" has no help");
    for (const runtime::NamedHelp& denial : subject.manifest().denials)
        expect(!denial.help.empty(), "denial " + denial.name + " has no help");
    expect(!subject.manifest().summary.empty(), "it has no summary");
}

void manifest_has_defaults(Subject& subject) { subject.settings(); }

void library_loads(Subject& subject) { subject.load(); }

void one_symbol(Subject& subject) {
    const std::vector<std::string> symbols = exported_symbols(subject.file());
    std::string others;
    for (const std::string& symbol : symbols)
        if (symbol != entry_symbol) others += (others.empty() ? "" : ", ") + symbol;
    expect(std::find(symbols.begin(), symbols.end(), entry_symbol) != symbols.end(),
           std::string("it does not export ") + entry_symbol);
    expect(others.empty(), "it also exports " + others.substr(0, 400));
}

void capabilities_are_there(Subject& subject) {
    FakePort port;
    furnish(subject, port, "under_test");
    TestedInstance instance(subject, "under_test", &port);
    for (const runtime::Capability& promised : subject.manifest().provides) {
        const void* table = instance.extension(promised.id);
        expect(table != nullptr, "it promises " + promised.id + " and does not offer it");
        expect(runtime::is_complete_capability(promised.id, table),
               "its table of " + promised.id + " is incomplete");
        expect(table == instance.extension(promised.id),
               "asked twice for " + promised.id + ", it gives two tables");
    }
    expect(instance.extension("oms.no_such_capability/1") == nullptr,
           "it offers a capability that nobody knows");
    expect(instance.extension("") == nullptr, "it offers a capability without a name");
}

// ---- life ---------------------------------------------------------------------------------------

void live_once(Subject& subject, FakePort& port, const std::string& name) {
    TestedInstance instance(subject, name, is_inside(subject) ? nullptr : &port);
    instance.start();
    instance.stop();
    instance.destroy();
}

void lives(Subject& subject) {
    FakePort port;
    furnish(subject, port, "under_test");
    live_once(subject, port, "under_test");
}

void lives_twice(Subject& subject) {
    FakePort port;
    furnish(subject, port, "first_life");
    furnish(subject, port, "second_life");
    live_once(subject, port, "first_life");
    live_once(subject, port, "second_life");
}

void lives_beside_itself(Subject& subject) {
    TestedInstance first(subject, "one");
    TestedInstance second(subject, "other");
    first.start();
    second.start();
    first.stop();
    first.destroy();
    second.stop();
    second.destroy();
}

void ends_before_start(Subject& subject) {
    FakePort port;
    furnish(subject, port, "under_test");
    TestedInstance instance(subject, "under_test", is_inside(subject) ? nullptr : &port);
    instance.destroy();
}

/// A thread that was joined may be listed for a moment more.
std::size_t settled_thread_count() {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return thread_count();
}

void leaves_no_thread(Subject& subject) {
    FakePort port;
    furnish(subject, port, "under_test");
    subject.load();
    // A sanitizer has a thread of its own, which comes with the first that anybody starts.
    std::thread([] {}).join();
    const std::size_t before = settled_thread_count();
    TestedInstance instance(subject, "under_test", is_inside(subject) ? nullptr : &port);
    instance.start();
    instance.stop();
    const std::size_t after = settled_thread_count();
    expect(after <= before, std::to_string(after - before) + " of its threads run after stop");
}

constexpr PlayedCard common[] = {
    {{"MAN-01", "every", "The file carries a manifest that can be read"}, manifest_reads},
    {{"MAN-02", "every", "The manifest explains itself, its settings and its denials"},
     manifest_explains},
    {{"MAN-03", "every", "The settings it is played with hold against the manifest"},
     manifest_has_defaults},
    {{"ABI-01", "every", "The library exports one symbol, its entry"}, one_symbol},
    {{"ABI-02", "every", "The library loads, and its entry is of this revision and complete"},
     library_loads},
    {{"ABI-03", "every", "Every capability that it promises is there and complete, and no other"},
     capabilities_are_there},
};

constexpr PlayedCard life[] = {
    {{"LIFE-01", "every", "It can be created, started, stopped and destroyed"}, lives},
    {{"LIFE-02", "every", "It can live a second time in the same process"}, lives_twice},
    {{"LIFE-03", "inside", "Two instances do not know of each other"}, lives_beside_itself},
    {{"LIFE-04", "every", "It can be destroyed without having been started"}, ends_before_start},
    {{"THR-01", "every", "No thread of it runs after stop"}, leaves_no_thread},
};

}  // namespace

std::span<const PlayedCard> common_cards() { return common; }
std::span<const PlayedCard> life_cards() { return life; }

}  // namespace oms::testkit
