// SPDX-License-Identifier: Apache-2.0
// Halt while the disk hangs, with 10,000 orders at work: nothing new leaves from the moment that
// the halt is in force, though nothing can be made durable; and when the disk is back, every cancel
// is out within a second. For each scope.
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/runtime.hpp"
#include "runtime/tests/small_world.hpp"

#include <oms/abi/errors.h>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace oms::runtime::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowness = 20;  // what a sanitizer costs
#else
constexpr int slowness = 1;
#endif

constexpr std::uint64_t working_orders = 10'000;
constexpr std::uint64_t late_orders = 1'000;

/// Whether the disk hangs. It outlives the journal that it stands before.
class Disk {
public:
    void hang(bool on) {
        const std::lock_guard lock(mutex_);
        hangs_ = on;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !hangs_; });
        --waiting_;
    }
    void await_commit() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ != 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool hangs_ = false;
    int waiting_ = 0;
};

class HangingJournal final : public Journal {
public:
    HangingJournal(std::unique_ptr<Journal> below, Disk& disk)
        : below_(std::move(below)), disk_(disk) {}
    Status append(const JournalBatch& batch) override {
        disk_.pass();
        return below_->append(batch);
    }
    Status read(std::uint64_t from_seq, const JournalVisitor& visit) override {
        return below_->read(from_seq, visit);
    }
    std::uint64_t last_seq() const noexcept override { return below_->last_seq(); }
    std::uint64_t epoch() const noexcept override { return below_->epoch(); }
    bool space_low() const noexcept override { return below_->space_low(); }
    Result<JournalInfo> info() const override { return below_->info(); }
    Status close() override { return below_->close(); }

private:
    std::unique_ptr<Journal> below_;
    Disk& disk_;
};

/// A connector's thread: reads its channel, asks the gate, and notes what it would have written.
class Wire {
public:
    explicit Wire(Runtime& runtime) : port_(runtime.port("wire")), thread_([this] { run(); }) {}
    ~Wire() {
        stopping_ = true;
        port_->wake();
        thread_.join();
    }

    std::size_t sent(std::uint32_t action, Clock::time_point after = {}) const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(sent_.begin(), sent_.end(), [&](const auto& written) {
                return written.first == action && written.second > after;
            }));
    }
    std::size_t stopped_at_the_gate() const { return stopped_; }
    bool await(std::uint32_t action, std::size_t count, milliseconds patience) const {
        const auto deadline = Clock::now() + patience * slowness;
        while (sent(action) < count) {
            if (Clock::now() > deadline) return false;
            std::this_thread::sleep_for(milliseconds(2));
        }
        return true;
    }

private:
    void run() {
        const std::uint32_t channel = port_->reference(OMS_class_channel, "wire").value_or(0);
        std::uint64_t seq = 0;
        while (!stopping_) {
            port_->read(OMS_READ_CHANNEL, channel, seq, 50, [&](const oms_batch& decision) {
                for (const oms_record& record : sdk::Records(decision))
                    if (const auto* intent = sdk::as<oms_intent>(record)) write(*intent);
                return OMS_OK;
            });
        }
    }
    void write(const oms_intent& intent) {
        if (port_->gate(intent) != OMS_OK) {
            ++stopped_;
            return;
        }
        const std::lock_guard lock(mutex_);
        sent_.emplace_back(intent.action, Clock::now());
    }

    std::unique_ptr<Port> port_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::uint32_t, Clock::time_point>> sent_;
    std::atomic<std::size_t> stopped_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

struct Scope {
    const char* name;
    std::uint32_t scope;
    std::uint32_t reference_class;
    const char* code;
    bool refuses = true;  ///< a new order; otherwise it waits, without a route
};

class HaltTest : public testing::TestWithParam<Scope> {
protected:
    void open() {
        Options options = world_.options(false);
        options.clock = &world_.clock;
        options.control_socket = false;
        options.log = [](std::string_view) {};
        options.open_journal = [this]() -> Result<std::unique_ptr<Journal>> {
            SqliteJournalOptions journal;
            journal.directory = (world_.folder().path() / "journal").string();
            auto opened = SqliteJournal::open(journal);
            if (!opened) return tl::unexpected(opened.error());
            return std::make_unique<HangingJournal>(std::move(*opened), disk_);
        };
        auto opened = Runtime::open(std::move(options));
        ASSERT_TRUE(opened) << yaml::to_text(opened.error());
        runtime_ = std::move(*opened);
        ASSERT_TRUE(runtime_->start());
        port_ = runtime_->port("desk");
        operator_ = runtime_->port("operator");
        const Scope& scope = GetParam();
        target_ = scope.code == nullptr
                      ? 0
                      : port_->reference(scope.reference_class, scope.code).value_or(0);
    }
    void close() {
        operator_.reset();
        port_.reset();
        runtime_.reset();
    }
    void place_many(std::uint64_t first, std::uint64_t count) {
        for (std::uint64_t i = first; i < first + count; ++i)
            ASSERT_EQ(port_->submit(place(*port_, "o" + std::to_string(i)).view(), 0), OMS_OK);
    }
    void cancel_all() {
        const std::uint32_t origin = port_->reference(OMS_class_origin, "tests").value_or(0);
        for (std::uint64_t order = 1; order <= working_orders; ++order) {
            auto cancel = sdk::make<oms_cancel_order>();
            const std::string key = "c" + std::to_string(order);
            cancel.key = sdk::text(key);
            cancel.origin = origin;
            cancel.order = order;
            sdk::Batch input;
            input.add(cancel);
            ASSERT_EQ(port_->submit(input.view(), 0), OMS_OK);
        }
    }
    /// Nothing of a new order leaves.
    void expect_halted(const char* key) {
        const std::uint32_t refused = OMS_ERROR_halted;
        EXPECT_EQ(code_of_a_new_order(key), GetParam().refuses ? refused : 0u);
    }
    std::uint32_t code_of_a_new_order(const char* key) {
        const Result<Reply> reply = port_->request(place(*port_, key).view());
        return reply ? reply->code : 0xffffffffu;
    }

    Disk disk_;
    SmallWorld world_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
    std::unique_ptr<Port> operator_;
    std::uint32_t target_ = 0;
};

TEST_P(HaltTest, HoldsWhileTheDiskHangsAndLetsEveryCancelOut) {
    open();
    auto wire = std::make_unique<Wire>(*runtime_);
    place_many(0, working_orders);
    ASSERT_TRUE(wire->await(OMS_action_place, working_orders, milliseconds(20'000)));

    disk_.hang(true);
    const auto hung = Clock::now();
    place_many(working_orders, late_orders);
    disk_.await_commit();
    const auto asked = Clock::now();
    const Result<HaltReply> halt =
        operator_->halt(GetParam().scope, target_, true, "the test says so", 0);
    const auto in_force = Clock::now();
    ASSERT_TRUE(halt) << to_text(halt.error());
    EXPECT_TRUE(halt->in_force);
    EXPECT_EQ(halt->seq, 0u) << "nothing can be durable while the disk hangs";
    EXPECT_LT(in_force - asked, milliseconds(600) * slowness);
    cancel_all();
    std::this_thread::sleep_until(hung + milliseconds(1000));

    const auto back = Clock::now();
    disk_.hang(false);
    ASSERT_TRUE(wire->await(OMS_action_cancel, working_orders, milliseconds(10'000)));
    const auto out = Clock::now();
    EXPECT_LT(out - back, milliseconds(1000) * slowness);
    std::printf(
        "in force within %.1f ms; 10,000 cancels out %.0f ms after the disk came back; "
        "%zu orders stopped at the gate\n",
        std::chrono::duration<double, std::milli>(in_force - asked).count(),
        std::chrono::duration<double, std::milli>(out - back).count(), wire->stopped_at_the_gate());
    ASSERT_TRUE(runtime_->settle());
    EXPECT_GT(wire->stopped_at_the_gate(), 0u);
    expect_halted("late");
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(wire->sent(OMS_action_place, in_force), 0u);
    EXPECT_EQ(wire->sent(OMS_action_place), working_orders);

    // It is durable: the next process begins halted, and is resumed by whoever may.
    wire.reset();
    close();
    open();
    expect_halted("later");
    ASSERT_TRUE(operator_->halt(GetParam().scope, target_, false, "it is over"));
    EXPECT_EQ(code_of_a_new_order("taken"), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Scopes, HaltTest,
    testing::Values(Scope{"all", OMS_halt_scope_all, 0, nullptr},
                    Scope{"account", OMS_halt_scope_account, OMS_class_account, "firm"},
                    Scope{"destination", OMS_halt_scope_destination, OMS_class_destination, "north",
                          false},
                    Scope{"product", OMS_halt_scope_product, OMS_class_product, "THING"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace oms::runtime::test
