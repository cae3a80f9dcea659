// SPDX-License-Identifier: Apache-2.0
// The plugin around a simulated party: one thread, on which party and worker take turns.
#pragma once

#include "shared/party_peer.hpp"

#include <oms/sdk/connector.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace parties {

/// A party with its peer, made anew when something failed: its book knows where it was.
struct Staff {
    std::unique_ptr<Party> party;
    std::unique_ptr<PartyPeer> peer;
};

class PartyConnector : public sdk::Connector {
public:
    static constexpr std::uint32_t abilities = OMS_CAN_ASK_ONE;

    explicit PartyConnector(sdk::Host host) : host_(host), port_(host) {}

    void start() override {
        thread_ = std::thread([this] {
            while (!stopping_) {
                if (sdk::run_guarded(host_, "the party's thread", [&] { live(); }) == OMS_OK) break;
                std::unique_lock lock(mutex_);
                rested_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_.load(); });
            }
        });
    }

    void stop() override {
        stopping_ = true;
        {
            const std::lock_guard lock(mutex_);
            if (worker_ != nullptr) worker_->stop();
            rested_.notify_all();
        }
        if (thread_.joinable()) thread_.join();
    }

protected:
    virtual Staff hire() = 0;

    /// What the settings of all parties have in common.
    template <class Settings>
    static Conditions conditions_of(const Settings& settings) {
        const auto ns = [](std::chrono::milliseconds duration) {
            return duration.count() * ns_per_ms;
        };
        Conditions conditions;
        conditions.seed = static_cast<std::uint64_t>(settings.seed);
        conditions.latency_min_ns = ns(settings.latency_min);
        conditions.latency_max_ns = ns(settings.latency_max);
        conditions.reject_percent = static_cast<unsigned>(settings.reject_percent);
        conditions.lose_request_percent = static_cast<unsigned>(settings.lose_request_percent);
        conditions.lose_answer_percent = static_cast<unsigned>(settings.lose_answer_percent);
        conditions.duplicate_percent = static_cast<unsigned>(settings.duplicate_percent);
        conditions.outage_every_ns = ns(settings.outage_every);
        conditions.outage_for_ns = ns(settings.outage_for);
        conditions.sync = settings.sync;
        return conditions;
    }

    /// The instance's name stands for the channel and the destination that are not named.
    template <class Settings>
    PeerNames names_of(const Settings& settings) const {
        const std::string instance(host_.instance());
        return {
            settings.channel.value_or(instance), settings.destination.value_or(instance), {}, {}};
    }

    /// Where the party's book lies; nowhere, when the whole process keeps nothing.
    std::filesystem::path book(std::string_view name) const {
        const std::filesystem::path folder(host_.data_directory());
        if (folder.empty()) return {};
        std::filesystem::create_directories(folder);
        return folder / name;
    }

    sdk::Host host_;
    sdk::Port port_;
    sdk::ChannelOptions options_;

private:
    void live() {
        Staff staff = hire();
        sdk::ChannelWorker worker(host_, port_, options_, *staff.peer);
        staff.peer->attach(worker);
        {
            const std::lock_guard lock(mutex_);
            worker_ = &worker;
            if (stopping_) worker.stop();
        }
        struct Leave {
            PartyConnector& self;
            ~Leave() {
                const std::lock_guard lock(self.mutex_);
                self.worker_ = nullptr;
            }
        } const leave{*this};
        worker.run();
    }

    std::mutex mutex_;
    std::condition_variable rested_;
    std::atomic<bool> stopping_ = false;
    sdk::ChannelWorker* worker_ = nullptr;
    std::thread thread_;
};

}  // namespace parties
