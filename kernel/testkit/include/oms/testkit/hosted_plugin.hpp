// SPDX-License-Identifier: Apache-2.0
// One instance of an inside plugin behind its C entry, as a host has it, for the plugin's own
// tests.
//
//     HostedPlugin plugin(oms_plugin_entry_0, SettingsList().decimal("within_percent", "5"));
//     const Said said = plugin.check(world, order);
//     EXPECT_TRUE(said.passes()) << said.text();
#pragma once

#include <oms/abi/asset_class.h>
#include <oms/abi/check.h>
#include <oms/abi/facts.h>
#include <oms/abi/plugin.h>
#include <oms/abi/routing.h>
#include <oms/testkit/fake_sink.hpp>
#include <oms/testkit/fake_view.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::testkit {

/// Settings as a host hands them over after it has checked them: a test names all that its manifest
/// declares, those with a default too.
class SettingsList {
public:
    SettingsList& integer(std::string_view name, std::int64_t number) {
        return add(name, OMS_SETTING_integer, number, {});
    }
    SettingsList& boolean(std::string_view name, bool value) {
        return add(name, OMS_SETTING_boolean, value ? 1 : 0, {});
    }
    SettingsList& duration_ms(std::string_view name, std::int64_t milliseconds) {
        return add(name, OMS_SETTING_duration, milliseconds, {});
    }
    SettingsList& decimal(std::string_view name, std::string_view value) {
        return add(name, OMS_SETTING_decimal, 0, value);
    }
    SettingsList& text(std::string_view name, std::string_view value) {
        return add(name, OMS_SETTING_text, 0, value);
    }
    SettingsList& texts(std::string_view name, std::span<const std::string_view> values) {
        std::vector<oms_text>& items = items_.emplace_back();
        for (const std::string_view value : values) items.push_back(keep(value));
        add(name, OMS_SETTING_texts, 0, {});
        settings_.back().items = items.data();
        settings_.back().item_count = static_cast<std::uint32_t>(items.size());
        return *this;
    }

    /// Good until the next change.
    oms_settings view() const {
        return {sizeof(oms_settings), static_cast<std::uint32_t>(settings_.size()),
                sizeof(oms_setting), settings_.data()};
    }

private:
    SettingsList& add(std::string_view name, std::uint32_t type, std::int64_t number,
                      std::string_view text) {
        settings_.push_back({keep(name), type, 0, number, keep(text), nullptr});
        return *this;
    }
    oms_text keep(std::string_view text) {
        const std::string& kept = texts_.emplace_back(text);
        return {kept.data(), kept.size()};
    }

    std::vector<oms_setting> settings_;
    std::deque<std::string> texts_;
    std::deque<std::vector<oms_text>> items_;
};

class HostedPlugin {
public:
    /// Throws with what the plugin logged when it cannot be made or started.
    explicit HostedPlugin(const oms_plugin_entry& entry, const SettingsList& settings = {})
        : entry_(entry),
          host_{{sizeof(oms_host), OMS_ABI_REVISION, nullptr, text("under_test"), 1, 0, text("."),
                 [](const oms_host*, oms_text) -> const void* { return nullptr; }, &log},
                this} {
        const oms_settings view = settings.view();
        if (entry_.create(&host_, &view, &plugin_) != OMS_OK)
            throw std::runtime_error("the plugin was not made: " + last_log());
        if (entry_.start(plugin_) != OMS_OK) {
            entry_.destroy(plugin_);
            throw std::runtime_error("the plugin did not start: " + last_log());
        }
    }
    ~HostedPlugin() {
        entry_.stop(plugin_);
        entry_.destroy(plugin_);
    }
    HostedPlugin(const HostedPlugin&) = delete;
    HostedPlugin& operator=(const HostedPlugin&) = delete;

    Said check(World& world, std::uint64_t order, std::uint32_t stage = OMS_STAGE_place,
               std::uint64_t route = 0) {
        const oms_check_call call{sizeof(oms_check_call), stage, order, route};
        return said(world, order, {}, [&](const oms_sink* sink) {
            return table<oms_check>(OMS_CAPABILITY_CHECK)
                .evaluate(plugin_, &call, world.view(), sink);
        });
    }
    Said validate(World& world, std::uint64_t order, std::uint32_t line) {
        const oms_line_call call{sizeof(oms_line_call), line, order, 0, 0, 0, 0};
        return said(world, order, {}, [&](const oms_sink* sink) {
            return table<oms_asset_class>(OMS_CAPABILITY_ASSET_CLASS)
                .validate(plugin_, &call, world.view(), sink);
        });
    }
    Said reserve(World& world, std::uint64_t order, std::uint32_t line, std::int64_t quantity,
                 std::uint64_t route = 0, std::uint32_t destination = 0) {
        const oms_line_call call{sizeof(oms_line_call), line, order,   route,
                                 destination,           0,    quantity};
        return said(world, order, {}, [&](const oms_sink* sink) {
            return table<oms_asset_class>(OMS_CAPABILITY_ASSET_CLASS)
                .reserve(plugin_, &call, world.view(), sink);
        });
    }
    /// `size` is set here.
    Said post(World& world, oms_execution_call call) {
        call.size = sizeof(oms_execution_call);
        return said(world, call.order, {}, [&](const oms_sink* sink) {
            return table<oms_asset_class>(OMS_CAPABILITY_ASSET_CLASS)
                .post(plugin_, &call, world.view(), sink);
        });
    }
    Said plan(World& world, std::uint64_t order, std::span<const std::uint32_t> destinations,
              std::uint32_t role = 0, std::uint32_t attempt = 1) {
        const oms_routing_call call{sizeof(oms_routing_call),
                                    role,
                                    order,
                                    static_cast<std::uint32_t>(destinations.size()),
                                    attempt,
                                    destinations.data()};
        return said(world, order, destinations, [&](const oms_sink* sink) {
            return table<oms_routing>(OMS_CAPABILITY_ROUTING)
                .plan(plugin_, &call, world.view(), sink);
        });
    }
    /// Nothing: not known, or no such fact.
    std::optional<std::int64_t> fact(World& world, std::string_view name, std::uint64_t order) {
        const oms_facts& facts = table<oms_facts>(OMS_CAPABILITY_FACTS);
        for (std::uint32_t index = 0; index < facts.count; ++index) {
            std::int64_t value = 0;
            if (sdk::view(facts.names[index]) == name &&
                facts.evaluate(plugin_, index, order, world.view(), &value) == OMS_OK)
                return value;
        }
        return std::nullopt;
    }

    const std::vector<std::string>& log_lines() const { return log_; }
    std::string last_log() const { return log_.empty() ? std::string() : log_.back(); }

private:
    struct HostTable : oms_host {
        HostedPlugin* self;
    };
    static oms_text text(std::string_view text) { return {text.data(), text.size()}; }
    static void log(const oms_host* host, std::uint32_t, oms_text message) {
        static_cast<const HostTable*>(host)->self->log_.emplace_back(sdk::view(message));
    }
    template <class Table>
    const Table& table(std::string_view id) const {
        const void* found = entry_.extension(plugin_, text(id));
        if (found == nullptr)
            throw std::runtime_error("the plugin does not offer " + std::string(id));
        return *static_cast<const Table*>(found);
    }
    template <class Call>
    static Said said(World& world, std::uint64_t order, std::span<const std::uint32_t> destinations,
                     Call&& call) {
        Said said;
        FakeSink sink(world, said, destinations);
        sink.set_order(order);
        said.status = call(sink.raw());
        return said;
    }

    const oms_plugin_entry& entry_;
    std::vector<std::string> log_;
    HostTable host_;
    oms_plugin* plugin_ = nullptr;
};

}  // namespace oms::testkit
