// SPDX-License-Identifier: Apache-2.0
#include "runtime/kernel.hpp"

#include "model/world.hpp"
#include "runtime/no_memory.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace oms::runtime {

namespace {

/// So many inputs are decided before the thread looks at timers, values of the world and whether
/// the disk has nothing to do: more of them, and it idles; fewer, and each commit holds too little.
constexpr std::size_t round_items = 32;
/// So few are committed by the thread itself when nothing else waits: to have another thread woken
/// for them takes longer than deciding what may come meanwhile.
constexpr std::size_t few_inputs = 8;
/// Timers and watches that one round decides; the rest come in the next.
constexpr int round_due = 256;
/// The thread looks at the clock and at the disk's room at least this often.
constexpr std::int64_t longest_sleep_ns = 500'000'000;
constexpr std::size_t halt_lane_items = 1'024;
constexpr std::size_t halt_lane_bytes = std::size_t{1} << 20;

const oms_set_halt* halt_in(const oms_batch& input) {
    return input.count == 0 ? nullptr : sdk::as<oms_set_halt>(*input.first);
}

/// The target of a halt of everything does not count.
std::uint32_t target_of(const oms_set_halt& halt) {
    return halt.scope == OMS_halt_scope_all ? 0 : halt.target;
}

/// What the runtime alone may say.
bool is_internal(std::uint32_t kind) {
    return kind == OMS_RECORD_begin_epoch || kind == OMS_RECORD_timer_due ||
           kind == OMS_RECORD_watch_hit || kind == OMS_RECORD_retire_order;
}

}  // namespace

Kernel::Kernel(engine::Engine& engine, Journal& journal, Projection& projection,
               Committer& committer, Clock& clock, Stats& stats, const KernelLimits& limits)
    : engine_(engine),
      journal_(journal),
      projection_(projection),
      committer_(committer),
      clock_(clock),
      stats_(stats),
      limits_(limits),
      inputs_(limits.inputs_waiting, limits.input_bytes_waiting),
      halts_(halt_lane_items, halt_lane_bytes),
      observations_(stats),
      last_time_(engine.time()) {}

void Kernel::start() {
    stopping_ = false;
    committer_.start(bell_);
    thread_ = std::thread([this] { run(); });
}

void Kernel::stop() {
    if (by_hand_) {
        stopping_ = true;
        help();
        by_hand_ = false;
    }
    if (!thread_.joinable()) return;
    stopping_ = true;
    bell_.ring();
    thread_.join();
    committer_.stop();
}

bool Kernel::step() { return !committer_.failed() && round(); }

bool Kernel::help() {
    if (!by_hand_) return false;
    while (step()) continue;
    return true;
}

// ---- any thread ---------------------------------------------------------------------------------

oms_status Kernel::push(Lane& lane, Item item, const oms_batch& records) {
    if (stopping_ || committer_.failed()) return OMS_STOPPED;
    if (item.mailbox != nullptr && !item.mailbox->owe()) {
        stats_.busy.add();
        return OMS_AGAIN;
    }
    const std::shared_ptr<Mailbox> mailbox = item.mailbox;
    const oms_status status = lane.push(std::move(item), records);
    if (status != OMS_OK) {
        if (mailbox != nullptr) mailbox->forgive();
        if (status == OMS_AGAIN) stats_.busy.add();
        return status;
    }
    bell_.ring();
    return OMS_OK;
}

oms_status Kernel::submit(const oms_batch& input, const std::shared_ptr<Mailbox>& mailbox,
                          std::uint64_t token) {
    if (!is_input_batch(input) || is_internal(input.first->kind)) return OMS_INVALID;
    Item item;
    item.token = token;
    if (token != 0) item.mailbox = mailbox;
    const oms_set_halt* halt = halt_in(input);
    if (halt == nullptr) return push(inputs_, std::move(item), input);

    // The gate closes here and now; that it is journaled comes behind.
    const bool closes = halt->on != 0;
    if (closes && !projection_.gate.ask_to_close(halt->scope, target_of(*halt)))
        return OMS_OUT_OF_RANGE;
    const oms_status status = push(halts_, std::move(item), input);
    if (closes && status != OMS_OK) projection_.gate.settle(halt->scope, target_of(*halt));
    return status;
}

oms_status Kernel::query(const oms_query& query, const std::shared_ptr<Mailbox>& mailbox,
                         std::uint64_t token) {
    if (query.kind != OMS_RECORD_query || query.size < sizeof(oms_record)) return OMS_INVALID;
    Item item;
    item.kind = Item::Kind::query;
    item.token = token;
    item.mailbox = mailbox;
    const auto* record = reinterpret_cast<const oms_record*>(&query);
    return push(inputs_, std::move(item), {record, record->size, 1, 0});
}

oms_status Kernel::observe(std::span<const oms_observation> values) {
    if (stopping_) return OMS_STOPPED;
    const oms_status status = observations_.put(values);
    bell_.ring();
    return status;
}

oms_status Kernel::barrier(const std::shared_ptr<Mailbox>& mailbox, std::uint64_t token) {
    Item item;
    item.kind = Item::Kind::barrier;
    item.token = token;
    item.mailbox = mailbox;
    return push(inputs_, std::move(item), {});
}

oms_status Kernel::errand(std::function<void()> work, const std::shared_ptr<Mailbox>& mailbox,
                          std::uint64_t token) {
    Item item;
    item.kind = Item::Kind::errand;
    item.token = token;
    item.mailbox = mailbox;
    item.errand = std::make_shared<std::function<void()>>(std::move(work));
    return push(inputs_, std::move(item), {});
}

// ---- the kernel's thread ------------------------------------------------------------------------

void Kernel::run() {
    while (true) {
        const bool more = round();
        if (committer_.failed()) return;
        if (more || !group_.empty()) continue;
        if (stopping_) return;
        sleep();
    }
}

bool Kernel::round() {
    bool more = false;
    const Status done = with_memory([&]() -> Status {
        more = work();
        finish_round(more);
        return {};
    });
    if (done) return more;
    // A step stopped in its middle: the world is no fold any more, and nothing of it may get out.
    group_ = Group();
    committer_.fail_for_good(done.error());
    return false;
}

/// Whether more waits.
bool Kernel::work() {
    // What waits for the disk may as well take more with it, when it is little.
    if (group_.empty() && waiting_takes_more_) committer_.take_back(group_);
    note_space();
    apply_observations();
    const bool more_due = run_due();
    std::size_t taken = 0;
    for (; taken < round_items && !group_full(); ++taken) {
        Item* item = halts_.next();
        if (item == nullptr) item = inputs_.next();
        if (item == nullptr) break;
        take(*item);
    }
    stats_.inputs_waiting.set(inputs_.waiting());
    // What was just decided may have hit a watch.
    const bool now_due = taken > 0 && engine_.next_due() <= stamp();
    return more_due || now_due || !inputs_.empty() || !halts_.empty();
}

/// Commits a few here when nothing else waits. More are committed while the next are decided: when
/// many asked, the next ones are on their way, and come into one group until the disk is free.
void Kernel::finish_round(bool more) {
    if (group_.empty()) return;
    const bool idle = committer_.idle();
    if (idle && !more && group_.inputs <= few_inputs) {
        stats_.commits_inline.add(group_.frame.empty() ? 0 : 1);
        return committer_.commit(group_);
    }
    const bool full = group_full();
    if (more && !idle && !full) return;
    const bool takes_more = group_.inputs < round_items;
    if (committer_.hand_over(group_))
        waiting_takes_more_ = takes_more;
    else if (!more || full)
        bell_.wait(longest_sleep_ns);
}

void Kernel::sleep() {
    std::int64_t wait_ns = longest_sleep_ns;
    const std::int64_t due = engine_.next_due();
    if (clock_.passes() && due != std::numeric_limits<std::int64_t>::max())
        wait_ns = std::clamp<std::int64_t>(due - clock_.now(), 0, longest_sleep_ns);
    bell_.wait(wait_ns);
}

bool Kernel::group_full() const {
    return group_.inputs >= limits_.group_inputs || group_.frame.size() >= limits_.group_bytes;
}

/// The time of the next input: the clock's, but never before that of the last.
std::int64_t Kernel::stamp() {
    last_time_ = std::max(last_time_, clock_.now());
    return last_time_;
}

void Kernel::note_space() {
    const bool low = journal_.space_low();
    if (low == cancel_only_) return;
    cancel_only_ = low;
    engine_.set_cancel_only(low);
    stats_.cancel_only.set(low ? 1 : 0);
}

void Kernel::apply_observations() {
    if (observations_.empty()) return;
    const std::vector<oms_observation>& values = observations_.take();
    for (const oms_observation& value : values) engine_.observe(value);
    stats_.observations.add(values.size());
}

/// Whether there may be more.
bool Kernel::run_due() {
    for (int decided = 0; decided < round_due && !group_full(); ++decided) {
        own_input_.clear();
        if (!engine_.due(stamp(), own_input_)) return false;
        decide_now(own_input_.view());
    }
    return true;
}

void Kernel::take(Item& item) {
    ++group_.inputs;
    switch (item.kind) {
        case Item::Kind::input: decide(item); break;
        case Item::Kind::query: answer_query(item); break;
        case Item::Kind::barrier: answer(item, OMS_OK, engine_.seq(), nullptr); break;
        case Item::Kind::errand:
            (*item.errand)();
            answer(item, OMS_OK, engine_.seq(), nullptr);
            break;
    }
    item.mailbox.reset();
    item.errand.reset();
}

engine::Outcome Kernel::decide_now(const oms_batch& input) {
    const std::size_t before = group_.frame.size();
    const engine::Outcome outcome = engine_.decide(input, stamp(), group_.frame);
    count(outcome, before);
    stats_.archive_bytes.set(engine_.world().archive.bytes_held());
    stats_.archive_reads.set(engine_.world().archive.reads());
    if (const Error* broken = engine_.broken()) committer_.fail_for_good(*broken);
    return outcome;
}

void Kernel::count(const engine::Outcome& outcome, std::size_t frame_before) {
    stats_.inputs.add();
    if (outcome.code != 0) stats_.refusals.add();
    if (outcome.repeated) stats_.repeats.add();
    if (group_.frame.size() == frame_before) return;
    if (group_.first_seq == 0) group_.first_seq = outcome.seq;
    group_.last_seq = outcome.seq;
}

void Kernel::decide(const Item& item) {
    const std::size_t before = group_.frame.size();
    const engine::Outcome outcome = decide_now(item.records);
    if (const oms_set_halt* halt = halt_in(item.records); halt != nullptr && halt->on != 0)
        group_.halts.emplace_back(halt->scope, target_of(*halt));
    if (item.mailbox == nullptr) return;
    if (group_.frame.size() > before) return answer(item, OMS_OK, outcome.seq);

    // Nothing was decided: the key was known, and the answer is the one of that time.
    auto rows = std::make_shared<sdk::Batch>();
    // Every head starts alike, so that any of them shows its origin and key.
    const auto& head = *reinterpret_cast<const oms_place_order*>(item.records.first);
    if (!outcome.repeated || !engine_.answer_of(head.origin, sdk::view(head.key), *rows)) {
        auto answered = sdk::make<oms_answered>();
        answered.code = outcome.code;
        rows->add(answered);
    }
    answer(item, OMS_OK, outcome.seq, std::move(rows));
}

void Kernel::answer_query(const Item& item) {
    stats_.queries.add();
    auto rows = std::make_shared<sdk::Batch>();
    const auto& query = *reinterpret_cast<const oms_query*>(item.records.first);
    if (Status status = engine_.query(query, *rows); !status) {
        rows->clear();
        auto answered = sdk::make<oms_answered>();
        answered.code = status.error().code;
        answered.text = sdk::text(status.error().reason);
        rows->add(answered);
    }
    stats_.archive_reads.set(engine_.world().archive.reads());
    if (item.mailbox != nullptr) answer(item, OMS_OK, engine_.seq(), std::move(rows));
}

void Kernel::answer(const Item& item, oms_status status, std::uint64_t seq,
                    std::shared_ptr<const sdk::Batch> rows) {
    if (item.mailbox == nullptr) return;
    if (rows == nullptr && item.kind != Item::Kind::input)
        rows = std::make_shared<const sdk::Batch>();
    group_.answers.push_back(
        {item.mailbox, Mail{item.token, status, seq, nullptr, std::move(rows)}});
}

void Kernel::move_clock(VirtualClock& clock, std::int64_t time) {
    while (true) {
        const std::int64_t due = engine_.next_due();
        if (due > time) break;
        clock.move_to(due);
        own_input_.clear();
        // A due time that yields nothing is stale; time goes on all the same.
        if (!engine_.due(stamp(), own_input_)) break;
        decide_now(own_input_.view());
    }
    clock.move_to(time);
}

}  // namespace oms::runtime
