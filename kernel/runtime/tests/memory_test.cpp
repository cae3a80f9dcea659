// SPDX-License-Identifier: Apache-2.0
// The n-th allocation is refused, for every n of a short run: the process ends with a word or goes
// on, and what was acknowledged is there.
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/no_memory.hpp"
#include "runtime/tests/small_world.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <new>
#include <utility>

namespace {

/// Of this thread: so many allocations are granted, then one is not; below zero: all are.
thread_local std::int64_t granted = -1;

void* allocate(std::size_t size) {
    if (granted >= 0 && granted-- == 0) throw std::bad_alloc();
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace oms::runtime::test {
namespace {

constexpr int orders = 6;

class Memory : public ::testing::Test {
protected:
    /// Opens, with everything that is needed at hand.
    void open(const std::string& folder) {
        SqliteJournalOptions journal;
        journal.directory = (world_.folder().path() / folder).string();
        journal.segment_bytes = 128U << 10U;
        journal.first_segment_bytes = 64U << 10U;
        journal.background = false;
        Options options = world_.options(false);
        options.log = [](std::string_view) {};
        options.threads = false;
        options.open_journal = [journal]() -> Result<std::unique_ptr<Journal>> {
            return SqliteJournal::open(journal);
        };
        options.on_fatal = [this](const Error& error) { last_word_ = error.code; };
        last_word_ = 0;
        start_running(Runtime::open(std::move(options)), runtime_, port_);
    }

    void close() {
        port_.reset();
        runtime_.reset();
    }

    std::string key(std::int64_t round, int order) const {
        return std::to_string(round) + "-" + std::to_string(order);
    }

    /// Asks for orders that are routed, answered and executed. True: memory sufficed.
    bool ask(std::int64_t round) {
        std::vector<sdk::Batch> requests;
        for (int i = 0; i < orders; ++i) requests.push_back(place(*port_, key(round, i)));
        Party party(*runtime_);
        party.seq = port_->durable_seq();
        granted = round;
        try {
            for (int i = 0; i < orders; ++i) {
                const Result<Reply> reply =
                    port_->request(requests[static_cast<std::size_t>(i)].view());
                if (reply && reply->code == 0) note(round, i, reply->order);
                if (i % 2 == 1) party.work(true, 0);
            }
        } catch (const std::bad_alloc&) {
            // The client's own memory.
        }
        const bool sufficed = granted >= 0;
        granted = -1;
        return sufficed;
    }

    void note(std::int64_t round, int order, std::uint64_t id) {
        const std::int64_t left = std::exchange(granted, -1);
        acknowledged_[{round, order}] = id;
        granted = left;
    }

    SmallWorld world_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
    ErrorCode last_word_ = 0;
    std::map<std::pair<std::int64_t, int>, std::uint64_t> acknowledged_;
};

TEST_F(Memory, WhereverItEndsWhatWasAcknowledgedIsThere) {
    int ended = 0;
    int went_on = 0;
    std::int64_t round = 0;
    for (bool sufficed = false; !sufficed; ++round) {
        // A journal of a few rounds, so that none takes long to open.
        const std::string folder = "data-" + std::to_string(round / 16);
        ASSERT_NO_FATAL_FAILURE(open(folder));
        sufficed = ask(round);
        if (!sufficed) ++(last_word_ == 0 ? went_on : ended);
        // Below SQLite, what found no memory is an I/O call that failed.
        EXPECT_TRUE(last_word_ == 0 || last_word_ == error_no_memory ||
                    last_word_ == error_journal_io)
            << "OMS-" << last_word_ << " at allocation " << round;
        close();
        // The next life answers each as it was answered before.
        ASSERT_NO_FATAL_FAILURE(open(folder));
        for (auto at = acknowledged_.lower_bound({round, 0}); at != acknowledged_.end(); ++at) {
            const Result<Reply> again =
                port_->request(place(*port_, key(round, at->first.second)).view());
            ASSERT_TRUE(again) << to_text(again.error());
            EXPECT_EQ(again->order, at->second) << "at allocation " << round;
        }
        close();
    }
    std::printf("%lld allocations: %d ended the process, %d cost a request\n",
                static_cast<long long>(round), ended, went_on);
    EXPECT_GT(ended, 0);
    EXPECT_GT(went_on, 0);
}

}  // namespace
}  // namespace oms::runtime::test
