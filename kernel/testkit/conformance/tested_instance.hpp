// SPDX-License-Identifier: Apache-2.0
// One instance of the plugin under test, and the host that it sees.
#pragma once

#include "testkit/conformance/card.hpp"

#include <oms/abi/connector.h>
#include <oms/sdk/record_info.hpp>
#include <oms/testkit/fake_port.hpp>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace oms::testkit {

/// A port that counts how often it is called, in front of a FakePort.
class CountingPort {
public:
    explicit CountingPort(FakePort& port);
    const oms_port* raw() const { return &raw_; }
    std::uint64_t calls() const { return calls_; }

private:
    friend struct CountingCalls;
    oms_port raw_{};
    FakePort& port_;
    mutable std::atomic<std::uint64_t> calls_{0};
};

/// Defines what an outside plugin may look for on its port: a channel and a destination, under the
/// names in its settings, or under its instance's. The channel.
std::uint32_t furnish(Subject& subject, FakePort& port, const std::string& instance);

class TestedInstance {
public:
    /// Creates it; what fails breaks the card. `port` null: an inside plugin, which has none.
    TestedInstance(Subject& subject, std::string name, FakePort* port = nullptr);
    /// Stops and destroys what was not.
    ~TestedInstance();
    TestedInstance(const TestedInstance&) = delete;
    TestedInstance& operator=(const TestedInstance&) = delete;

    void start();
    /// Breaks the card when it takes longer than `limit_ms`.
    void stop(std::int64_t limit_ms = 5'000);
    void destroy();

    oms_plugin* plugin() const { return plugin_; }
    const void* extension(std::string_view id) const;
    template <class Table>
    const Table& table(std::string_view id) const {
        const void* found = extension(id);
        if (found == nullptr) throw Broken{"it does not offer " + std::string(id)};
        return *static_cast<const Table*>(found);
    }
    const oms_plugin_entry& entry() const { return *entry_; }
    std::uint64_t port_calls() const { return port_ == nullptr ? 0 : port_->calls(); }
    std::string last_words() const;

private:
    struct HostTable : oms_host {
        TestedInstance* self;
    };
    static const void* extension_of(const oms_host* host, oms_text id);
    static void log_of(const oms_host* host, std::uint32_t level, oms_text message);

    std::string name_;
    std::filesystem::path folder_;
    std::string folder_text_;
    const oms_plugin_entry* entry_ = nullptr;
    HostTable host_{};
    std::unique_ptr<CountingPort> port_;
    oms_plugin* plugin_ = nullptr;
    bool running_ = false;
    mutable std::mutex mutex_;
    std::vector<std::string> log_;
};

}  // namespace oms::testkit
