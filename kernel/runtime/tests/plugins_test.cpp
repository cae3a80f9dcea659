// SPDX-License-Identifier: Apache-2.0
// Bad plugins: each is told by file, reason and remedy, and the process lives.
#include "runtime/plugin_catalogue.hpp"
#include "runtime/plugin_errors.hpp"
#include "runtime/plugin_loader.hpp"
#include "runtime/runtime.hpp"
#include "runtime/tests/small_world.hpp"

#include <oms/abi/errors.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>

namespace oms::runtime::test {
namespace {

using testing::HasSubstr;

struct BadPlugin {
    std::string name;
    ErrorCode code;
    std::string reason;
    std::string remedy;
};

class PluginsTest : public testing::TestWithParam<BadPlugin> {
protected:
    /// The world with one more check, from the folder of bad plugins.
    Options options(const std::string& plugin, const std::string& settings = "{}") {
        world_.config.replace(world_.config.find("  by_list:"), 0,
                              "  extra: {plugin: " + plugin + ", settings: " + settings + "}\n");
        world_.config.replace(world_.config.find("[gatekeeper]"), 12, "[gatekeeper, extra]");
        Options options = world_.options(true);
        options.plugin_path = {OMS_BAD_PLUGIN_FOLDER};
        options.log = [this](std::string_view line) { log_ += std::string(line) + "\n"; };
        return options;
    }

    SmallWorld world_;
    std::string log_;
};

TEST_P(PluginsTest, IsToldByFileReasonAndRemedy) {
    const BadPlugin& bad = GetParam();
    auto opened = Runtime::open(options(bad.name));
    Error error;
    if (opened) {
        const Status started = (*opened)->start();
        ASSERT_FALSE(started) << "it was taken";
        error = started.error();
    } else {
        error = opened.error().front();
    }
    EXPECT_EQ(error.code, bad.code) << to_text(error);
    EXPECT_THAT(error.place + error.reason, HasSubstr("oms_" + bad.name + ".so"));
    EXPECT_THAT(error.reason, HasSubstr(bad.reason));
    EXPECT_THAT(error.remedy, HasSubstr(bad.remedy));
}

INSTANTIATE_TEST_SUITE_P(
    Bad, PluginsTest,
    testing::Values(
        BadPlugin{"no_elf", 4151, "", ""}, BadPlugin{"no_manifest", 4154, "", ""},
        BadPlugin{"broken_manifest", 4010, "version", "add"},
        BadPlugin{"old_manifest", 4052, "7", ""},
        BadPlugin{"old_entry", error_plugin_revision, "revision 7", "build it again"},
        BadPlugin{"short_entry", error_plugin_entry, "incomplete", "OMS_PLUGIN(Class)"},
        BadPlugin{"no_symbol", error_plugin_symbol, "oms_plugin_entry_0", "OMS_PLUGIN(Class)"},
        BadPlugin{"no_link", error_plugin_unloadable, "a_function_that_nobody_has", "ldd"},
        BadPlugin{"no_library", error_plugin_library, "libnobody_has_this.so.3", "install"},
        BadPlugin{"no_host", error_plugin_needs_host, "oms.host.teleport/1", "oms.host.port/1"},
        BadPlugin{"no_peer", error_plugin_needs_plugin, "oms.facts/1", "configure"},
        BadPlugin{"create_throws", error_plugin_create, "there is no coffee", "settings"},
        BadPlugin{"create_refuses", error_plugin_create, "the moon is not full", "settings"},
        BadPlugin{"no_capability", error_plugin_capability, "oms.check/1", "manifest"},
        BadPlugin{"short_table", error_plugin_table, "oms.check/1", "fill every function"},
        BadPlugin{"start_refuses", error_plugin_start, "failed", "stopped again"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(PluginsTest, TakesASoundOne) {
    auto opened = Runtime::open(options("sound"));
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    ASSERT_TRUE((*opened)->start());
    const auto port = (*opened)->port("test");
    EXPECT_EQ(port->request(place(*port, "one").view())->code, 0u);
}

TEST_F(PluginsTest, SuggestsTheNameOfAMissingOne) {
    const auto opened = Runtime::open(options("sond"));
    ASSERT_FALSE(opened);
    const Error& error = opened.error().front();
    EXPECT_EQ(error.code, error_plugin_not_found);
    EXPECT_EQ(error.place, "oms.yaml:5:19");
    EXPECT_THAT(error.reason, HasSubstr("did you mean \"sound\"?"));
    EXPECT_THAT(error.remedy, HasSubstr("oms_sond.so"));
}

TEST_F(PluginsTest, HoldsSettingsAgainstTheManifest) {
    const auto opened = Runtime::open(options("sound", "{mots: 1, most: 12}"));
    ASSERT_FALSE(opened);
    const std::string all = yaml::to_text(opened.error());
    EXPECT_THAT(all, HasSubstr("did you mean \"most\"?"));
    EXPECT_THAT(all, HasSubstr("OMS-4015"));
}

class FaultyCallTest : public PluginsTest {};

/// It fails closed, and costs the orders that it checks alone.
TEST_P(FaultyCallTest, RefusesAndIsCountedAgainstThePlugin) {
    Options options = this->options(GetParam().name);
    options.config_text->replace(options.config_text->find("kinds:"), 6,
                                 "kinds:\n  unchecked: {lifecycle: plain, route_lifecycle: party, "
                                 "routing: by_list, destinations: [north]}");
    auto opened = Runtime::open(options);
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    ASSERT_TRUE((*opened)->start());
    const auto port = (*opened)->port("test");
    const Result<Reply> refused = port->request(place(*port, "one").view());
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, static_cast<std::uint32_t>(OMS_ERROR_check_failed));
    EXPECT_EQ(refused->text, "the check extra gave no valid answer");
    EXPECT_LT(refused->records.view().count, 600u);

    sdk::Batch other = place(*port, "two");
    const auto* head = reinterpret_cast<const oms_place_order*>(other.view().first);
    const_cast<oms_place_order*>(head)->order_kind =
        port->reference(OMS_class_order_kind, "unchecked").value_or(0);
    EXPECT_EQ(port->request(other.view())->code, 0u);

    const ProcessStatus status = (*opened)->status();
    const auto extra = std::find_if(status.instances.begin(), status.instances.end(),
                                    [](const auto& one) { return one.instance == "extra"; });
    ASSERT_NE(extra, status.instances.end());
    EXPECT_EQ(extra->faults, 1u);
}

INSTANTIATE_TEST_SUITE_P(Bad, FaultyCallTest,
                         testing::Values(BadPlugin{"call_lies", 0, "", ""},
                                         BadPlugin{"call_throws", 0, "", ""},
                                         BadPlugin{"call_out_of_turn", 0, "", ""},
                                         BadPlugin{"call_floods_cells", 0, "", ""},
                                         BadPlugin{"call_null_text", 0, "", ""},
                                         BadPlugin{"call_floods_opinions", 0, "", ""}),
                         [](const auto& tested) { return tested.param.name; });

TEST_F(PluginsTest, GivesUpOneThatDoesNotStop) {
    auto opened = Runtime::open(options("never_stops"));
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    ASSERT_TRUE((*opened)->start());
    (*opened)->stop();
    EXPECT_THAT(log_, HasSubstr("OMS-4212"));
    EXPECT_THAT(log_, HasSubstr("did not stop within 300 ms"));
}

TEST_F(PluginsTest, ListsWhatThereIsAndWhatIsWrongWithTheRest) {
    yaml::Problems problems;
    const PluginCatalogue catalogue({OMS_BAD_PLUGIN_FOLDER}, {Gatekeeper::given()});
    const std::vector<PluginFile> plugins = catalogue.all(problems);
    EXPECT_EQ(plugins.front().manifest.name, "gatekeeper");
    EXPECT_GE(plugins.size(), 10u);
    EXPECT_GE(problems.count(), 4u);
}

/// Lets a process of its own carry an order into the bad plugin, and waits for its end.
int run_to_the_end(Options options) {
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen("/dev/null", "w", stderr) == nullptr) std::_Exit(98);
        auto opened = Runtime::open(std::move(options));
        if (!opened || !(*opened)->start()) std::_Exit(99);
        const auto port = (*opened)->port("test");
        port->submit(place(*port, "fatal").view(), 0);
        pause();
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

class QuarantineTest : public PluginsTest {
protected:
    void expect_left_out(const std::string& plugin, const std::string& reason) {
        Options options = this->options(plugin);
        options.in_memory = false;
        options.catch_crashes = true;
        options.log = [this](std::string_view line) { log_ += std::string(line) + "\n"; };
        const int status = run_to_the_end(options);
        ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 70) << status;

        options.catch_crashes = false;
        auto opened = Runtime::open(options);
        ASSERT_TRUE(opened) << yaml::to_text(opened.error());
        ASSERT_TRUE((*opened)->start());
        EXPECT_THAT(log_, HasSubstr("extra"));
        EXPECT_THAT(log_, HasSubstr(reason));
        {
            const auto port = (*opened)->port("test");
            EXPECT_NE(port->request(place(*port, "after").view())->code, 0u);
        }
        (*opened)->stop();
        opened->reset();

        // It stays out until somebody lets it in again.
        EXPECT_THAT(world_.folder().read("data/quarantine.txt"), HasSubstr("extra: " + reason));
        options.release = {"extra"};
        auto released = Runtime::open(options);
        ASSERT_TRUE(released) << yaml::to_text(released.error());
        EXPECT_EQ((*released)->status().instances.at(1).state, "created");
    }
};

TEST_F(QuarantineTest, LeavesOutOneThatCrashed) {
    expect_left_out("call_aborts", "the last process crashed in a call into it");
}

TEST_F(QuarantineTest, LeavesOutOneThatStalled) {
    expect_left_out("call_stalls", "a call into it did not come back");
}

}  // namespace
}  // namespace oms::runtime::test
