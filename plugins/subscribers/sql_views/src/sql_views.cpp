// SPDX-License-Identifier: Apache-2.0
#include "sql_views.hpp"

#include "sql_views_settings.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

namespace oms::sql_views {

namespace {

constexpr std::int64_t wait_ms = 500;
constexpr std::int64_t retry_ms = 1000;
/// A transaction as long as this is ended although more has come.
constexpr std::size_t most_decisions = 10'000;

SqlViewsOptions read_settings(const sdk::Host& host, const sdk::Settings& raw) {
    const auto given = plugins::sql_views::Settings::from(raw);
    SqlViewsOptions options;
    options.path = given.file.value_or(std::string(host.data_directory()) + "/views.db");
    options.keep_events = given.events;
    return options;
}

}  // namespace

SqlViews::SqlViews(sdk::Host host, const sdk::Settings& settings)
    : SqlViews(host, read_settings(host, settings)) {}

SqlViews::SqlViews(sdk::Host host, SqlViewsOptions options)
    : host_(host), options_(std::move(options)) {}

SqlViews::~SqlViews() { stop(); }

void SqlViews::start() {
    const sdk::Port port(host_);
    open(port);
    stopping_ = false;
    thread_ = std::thread(
        [this, port] { sdk::run_guarded(host_, "the views' thread", [&] { run(port); }); });
    host_.info("views in " + options_.path + ", shown up to " +
               std::to_string(shown_seq_.load()));
}

void SqlViews::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    sdk::Port(host_).wake();
    thread_.join();
    projection_.reset();
}

/// Whether the last decision that the file shows is one of this journal's.
bool SqlViews::is_of_this_journal(const sdk::Port& port) const {
    const std::uint64_t shown = projection_->shown_seq();
    if (shown == 0) return true;
    if (shown > port.durable_seq()) return false;
    std::uint64_t seq = shown - 1;
    bool same = false;
    const oms_status status = port.read_all(seq, 0, [&](const oms_batch& decision) {
        const auto* header = decision.count == 0 ? nullptr : sdk::as<oms_decision>(*decision.first);
        if (header == nullptr || header->seq != shown) return false;
        same = header->time == projection_->shown_time();
        return false;
    });
    return same || status == OMS_STOPPED;
}

void SqlViews::open(const sdk::Port& port) {
    const auto folder = std::filesystem::path(options_.path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder);
    projection_ = std::make_unique<Projection>(options_.path, options_.keep_events);
    if (!is_of_this_journal(port)) {
        host_.warning("the views in " + options_.path +
                      " are of another journal: they are dropped and built anew");
        projection_.reset();
        Projection::drop(options_.path);
        projection_ = std::make_unique<Projection>(options_.path, options_.keep_events);
    }
    shown_seq_.store(projection_->shown_seq());
}

void SqlViews::run(const sdk::Port& port) {
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
        try {
            if (!read(port)) return;
        } catch (const DatabaseError& fault) {
            // A full disk, most likely. Nothing is lost: what was not committed is read again.
            host_.error(std::string("the views wait: ") + fault.what());
            try {
                projection_->roll_back();
            } catch (const DatabaseError& again) {
                host_.error(again.what());
            }
            rest(retry_ms);
        }
    }
}

/// One transaction, or none when nothing came. False: the host stops.
bool SqlViews::read(const sdk::Port& port) {
    std::uint64_t seq = projection_->shown_seq();
    std::size_t count = 0;
    const oms_status status = port.read_all(seq, wait_ms, [&](const oms_batch& decision) {
        if (count == most_decisions) return false;
        ++count;
        projection_->apply(decision);
        return true;
    });
    projection_->commit();
    shown_seq_.store(projection_->shown_seq());
    return status != OMS_STOPPED;
}

void SqlViews::rest(std::int64_t milliseconds) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return stopping_; });
}

}  // namespace oms::sql_views
