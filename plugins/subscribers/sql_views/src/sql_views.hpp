// SPDX-License-Identifier: Apache-2.0
// The subscriber: one thread that reads decisions and folds them into the views' file, a
// transaction for as many as have come.
#pragma once

#include "projection.hpp"

#include <oms/sdk/subscriber.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace oms::sql_views {

struct SqlViewsOptions {
    std::string path;
    bool keep_events = true;
};

class SqlViews final : public sdk::Subscriber {
public:
    SqlViews(sdk::Host host, SqlViewsOptions options);
    SqlViews(sdk::Host host, const sdk::Settings& settings);
    ~SqlViews() override;

    void start() override;
    void stop() override;
    std::uint64_t shown_seq() noexcept override { return shown_seq_.load(); }

private:
    void run(const sdk::Port& port);
    bool read(const sdk::Port& port);
    void open(const sdk::Port& port);
    bool is_of_this_journal(const sdk::Port& port) const;
    void rest(std::int64_t milliseconds);

    const sdk::Host host_;
    const SqlViewsOptions options_;
    std::unique_ptr<Projection> projection_;
    std::atomic<std::uint64_t> shown_seq_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace oms::sql_views
