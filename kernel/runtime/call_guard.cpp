// SPDX-License-Identifier: Apache-2.0
#include "runtime/call_guard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <new>

namespace oms::runtime {

namespace {

constexpr std::uint64_t marks_magic = 0x314b52414d534d4f;  // "OMSMARK1"
constexpr std::size_t name_bytes = 64;
/// A call that has taken so long when the process is killed is suspected of being the reason.
constexpr std::int64_t long_call_ms = 1'000;
constexpr std::int64_t looks_per_stall = 8;

enum Trouble : std::uint32_t { none = 0, takes_long = 1, stalled = 2, crashed = 3 };

}  // namespace

struct CallMarks::Marks {
    struct Name {
        std::uint32_t instance = 0;
        char text[name_bytes - sizeof(std::uint32_t)] = {};
    };
    std::uint64_t magic = 0;
    std::uint32_t clean = 0;
    std::atomic<std::uint32_t> at_work{0};  ///< the instance, 0: none
    std::atomic<std::uint32_t> trouble{0};
    std::atomic<std::uint32_t> thread{0};  ///< the operating system's number of the calling one
    std::atomic<std::uint64_t> calls{0};
    Name names[most_instances] = {};
};

namespace {

// A signal handler can be told nothing: what it needs lies here.
std::atomic<std::uint32_t>* crash_trouble = nullptr;
std::atomic<std::uint32_t>* crash_at_work = nullptr;
std::atomic<std::uint32_t>* crash_thread = nullptr;

/// Notes the crash when it happened in a call, and lets the signal do what it does.
void note_crash(int signal) {
    const auto self = static_cast<std::uint32_t>(gettid());
    if (crash_at_work->load() != 0 && crash_thread->load() == self) {
        crash_trouble->store(crashed);
        static constexpr char text[] =
            "oms: a fatal signal came from within a plugin's call; the next start names the plugin "
            "and leaves it out\n";
        [[maybe_unused]] const auto written = write(STDERR_FILENO, text, sizeof text - 1);
    }
    std::signal(signal, SIG_DFL);
    raise(signal);
}

}  // namespace

Result<std::unique_ptr<CallMarks>> CallMarks::open(const std::filesystem::path& path,
                                                   Stats& stats) {
    std::unique_ptr<CallMarks> guard(new CallMarks(stats));
    if (path.empty()) {
        guard->marks_ = new Marks;
    } else if (Status status = guard->map(path); !status) {
        return tl::unexpected(status.error());
    }
    guard->read_last_end();
    new (guard->marks_) Marks;
    guard->marks_->magic = marks_magic;
    return guard;
}

Status CallMarks::map(const std::filesystem::path& path) {
    const auto failed = [&](const char* what) {
        return fail(error_call_marks, path.string(),
                    std::string(what) + ": " + std::strerror(errno),
                    "see that the data directory can be written and has room");
    };
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed("the notes of calls cannot be opened");
    // A new file reads as zero, which is no magic: there was no process before.
    void* at = MAP_FAILED;
    if (ftruncate(file, sizeof(Marks)) == 0)
        at = mmap(nullptr, sizeof(Marks), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    const int reason = errno;
    ::close(file);
    errno = reason;
    if (at == MAP_FAILED) return failed("the notes of calls cannot be mapped");
    marks_ = static_cast<Marks*>(at);
    mapped_ = true;
    return {};
}

void CallMarks::read_last_end() {
    if (marks_->magic != marks_magic) return;
    last_end_.how = marks_->clean != 0 ? LastEnd::How::clean : LastEnd::How::unclean;
    const std::uint32_t at_work = marks_->at_work.load();
    if (marks_->clean != 0 || at_work == 0) return;
    last_end_.instance = name_of(at_work);
    switch (marks_->trouble.load()) {
        case takes_long: last_end_.how = LastEnd::How::in_a_call; break;
        case stalled: last_end_.how = LastEnd::How::stalled; break;
        case crashed: last_end_.how = LastEnd::How::crashed; break;
        default: break;
    }
}

CallMarks::~CallMarks() {
    stopping_ = true;
    if (watchdog_.joinable()) watchdog_.join();
    if (crash_trouble == &marks_->trouble) crash_trouble = crash_at_work = crash_thread = nullptr;
    if (mapped_)
        munmap(marks_, sizeof(Marks));
    else
        delete marks_;
}

std::string CallMarks::name_of(std::uint32_t instance) const {
    for (const Marks::Name& name : marks_->names) {
        if (name.instance != instance) continue;
        return std::string(name.text, strnlen(name.text, sizeof name.text));
    }
    return "instance " + std::to_string(instance);
}

void CallMarks::name(std::uint32_t instance, std::string_view name) {
    for (std::size_t i = 0; i < most_instances; ++i) {
        if (marks_->names[i].instance != 0) continue;
        Marks::Name& place = marks_->names[i];
        std::memcpy(place.text, name.data(), std::min(name.size(), sizeof place.text));
        place.instance = instance;
        tallies_[i].instance = instance;
        return;
    }
}

CallMarks::Tally* CallMarks::tally(std::uint32_t instance) {
    for (Tally& tally : tallies_)
        if (tally.instance == instance) return &tally;
    return nullptr;
}

void CallMarks::enter(std::uint32_t instance) {
    if (marks_->thread.load(std::memory_order_relaxed) == 0)
        marks_->thread.store(static_cast<std::uint32_t>(gettid()), std::memory_order_relaxed);
    const std::uint64_t calls = marks_->calls.load(std::memory_order_relaxed);
    marks_->calls.store(calls + 1, std::memory_order_relaxed);
    marks_->at_work.store(instance, std::memory_order_release);
}

void CallMarks::leave(std::uint32_t instance, bool at_fault) {
    marks_->at_work.store(0, std::memory_order_release);
    stats_.plugin_calls.add();
    Tally* const tallied = tally(instance);
    if (tallied != nullptr) tallied->calls.add();
    if (!at_fault) return;
    stats_.plugin_faults.add();
    if (tallied != nullptr) tallied->faults.add();
}

std::uint64_t CallMarks::calls(std::uint32_t instance) const {
    const Tally* found = const_cast<CallMarks*>(this)->tally(instance);
    return found == nullptr ? 0 : found->calls.get();
}

std::uint64_t CallMarks::faults(std::uint32_t instance) const {
    const Tally* found = const_cast<CallMarks*>(this)->tally(instance);
    return found == nullptr ? 0 : found->faults.get();
}

void CallMarks::watch(std::int64_t stall_ms, Fatal fatal) {
    watchdog_ = std::thread([this, stall_ms, fatal = std::move(fatal)] { look(stall_ms, fatal); });
}

/// Looks now and then whether the same call is still at work: the calls themselves read no clock.
void CallMarks::look(std::int64_t stall_ms, const Fatal& fatal) {
    using Steady = std::chrono::steady_clock;
    const auto pause = std::chrono::milliseconds(
        std::clamp<std::int64_t>(std::min(stall_ms, long_call_ms) / looks_per_stall, 1, 100));
    std::uint64_t seen = 0;
    auto since = Steady::now();
    while (!stopping_) {
        std::this_thread::sleep_for(pause);
        const std::uint32_t instance = marks_->at_work.load(std::memory_order_acquire);
        const std::uint64_t calls = marks_->calls.load(std::memory_order_relaxed);
        if (instance == 0 || calls != seen) {
            seen = calls;
            since = Steady::now();
            marks_->trouble.store(none);
            continue;
        }
        const auto passed =
            std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - since).count();
        if (passed >= long_call_ms) marks_->trouble.store(takes_long);
        if (passed < stall_ms) continue;
        marks_->trouble.store(stalled);
        fatal({error_plugin_stall, name_of(instance),
               "the plugin's call did not come back within " + std::to_string(stall_ms) + " ms",
               "start again: the plugin is then left out, and what needs it is refused; mend or "
               "replace it and start with --release " +
                   name_of(instance)});
        return;
    }
}

void CallMarks::catch_crashes() {
    crash_trouble = &marks_->trouble;
    crash_at_work = &marks_->at_work;
    crash_thread = &marks_->thread;
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        struct sigaction action {};
        action.sa_handler = note_crash;
        action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
        sigaction(signal, &action, nullptr);
    }
}

void CallMarks::close() {
    stopping_ = true;
    marks_->clean = 1;
}

}  // namespace oms::runtime
