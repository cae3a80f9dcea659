// SPDX-License-Identifier: Apache-2.0
#include "runtime/kernel_port.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace oms::runtime {

void Backbone::stop_ports() {
    const std::lock_guard lock(mutex);
    for (KernelPort* port : ports) port->stop();
}

KernelPort::KernelPort(Backbone& backbone, std::string name)
    : backbone_(backbone), name_(std::move(name)), table_(make_port_table(*this)) {
    const std::lock_guard lock(backbone_.mutex);
    backbone_.ports.insert(this);
}

KernelPort::~KernelPort() {
    mailbox_->stop();
    const std::lock_guard lock(backbone_.mutex);
    backbone_.ports.erase(this);
}

oms_status KernelPort::resolve(std::uint32_t reference_class, std::string_view code,
                               std::uint32_t& reference) {
    reference = backbone_.projection->names.find(reference_class, code);
    return reference == 0 ? OMS_NOT_FOUND : OMS_OK;
}

oms_status KernelPort::describe(std::uint32_t reference, oms_reference_row& row) {
    return backbone_.projection->names.describe(reference, row) ? OMS_OK : OMS_NOT_FOUND;
}

oms_status KernelPort::submit(const oms_batch& input, std::uint64_t token) {
    Kernel* kernel = backbone_.kernel;
    if (stopped_ || kernel == nullptr) return OMS_STOPPED;
    return kernel->submit(input, mailbox_, token);
}

oms_status KernelPort::observe(std::span<const oms_observation> observations) {
    Kernel* kernel = backbone_.kernel;
    if (stopped_ || kernel == nullptr) return OMS_STOPPED;
    return kernel->observe(observations);
}

oms_status KernelPort::query(const oms_query& query, std::uint64_t token) {
    Kernel* kernel = backbone_.kernel;
    if (stopped_ || kernel == nullptr) return OMS_STOPPED;
    return kernel->query(query, mailbox_, token);
}

std::int64_t KernelPort::help(std::int64_t timeout_ms) {
    Kernel* kernel = backbone_.kernel;
    return timeout_ms > 0 && kernel != nullptr && kernel->help() ? 0 : timeout_ms;
}

oms_status KernelPort::take_answers(std::int64_t timeout_ms, const TakeAnswer& take) {
    const std::int64_t left_ms = help(timeout_ms);
    const oms_status status = mailbox_->take(left_ms, take);
    // Nobody commits any more, so nothing will come for whoever wanted to wait.
    const bool over = left_ms != timeout_ms && backbone_.kernel.load()->failed();
    return status == OMS_AGAIN && over ? OMS_STOPPED : status;
}

oms_status KernelPort::gate(const oms_intent& intent) {
    if (stopped_) return OMS_HALTED;
    const oms_status status = backbone_.projection->gate.ask(intent);
    if (status != OMS_OK) backbone_.stats->gate_refusals.add();
    return status;
}

std::int64_t KernelPort::now() { return backbone_.clock->now(); }

std::uint64_t KernelPort::durable_seq() { return backbone_.ring->last_seq(); }

void KernelPort::wake() {
    wakes_.fetch_add(1);
    backbone_.ring->wake_all();
    mailbox_->wake();
}

void KernelPort::stop() {
    stopped_ = true;
    mailbox_->stop();
    wake();
}

bool KernelPort::Reading::concerns(const oms_batch& decision) const {
    return which == OMS_READ_ALL || names_channel(decision, channel);
}

bool KernelPort::Reading::give(const oms_batch& decision) {
    status = (*take)(decision);
    if (status != OMS_OK) return false;
    took = true;
    return true;
}

/// Hands over what the ring has behind `seq`. False: the reader has had enough.
bool KernelPort::read_ring(std::uint64_t& seq, Reading& reading) {
    const bool all = reading.which == OMS_READ_ALL;
    const std::uint64_t bit = channel_bit(reading.channel);
    while (const std::shared_ptr<const Published> group = backbone_.ring->find(seq + 1)) {
        if (!all && (group->channels() & bit) == 0) {
            seq = group->last_seq();
            continue;
        }
        while (seq < group->last_seq()) {
            const Published::Entry& entry = group->entry(seq + 1);
            const bool mine =
                all || ((entry.channels & bit) != 0 && reading.concerns(entry.records));
            if (mine && !reading.give(entry.records)) return false;
            ++seq;
        }
        if (reading.took && woken()) return false;
    }
    return true;
}

/// Hands over what only the journal has any more, up to where the ring takes over.
bool KernelPort::read_journal(std::uint64_t& seq, Reading& reading) {
    backbone_.stats->reads_from_journal.add();
    bool enough = false;
    const auto visit = [&](const JournalCommit& commit) {
        const std::string_view frame(reinterpret_cast<const char*>(commit.frame.data()),
                                     commit.frame.size());
        const Result<std::shared_ptr<const Published>> group = Published::make(frame);
        if (!group) {
            reading.status = OMS_FAILED;
            enough = true;
            return false;
        }
        for (const Published::Entry& entry : (*group)->entries()) {
            if (entry.seq <= seq) continue;
            if (reading.concerns(entry.records) && !reading.give(entry.records)) {
                enough = true;
                return false;
            }
            seq = entry.seq;
        }
        return backbone_.ring->is_behind(seq + 1) && !(reading.took && woken());
    };
    if (!backbone_.journal->read(seq + 1, visit)) {
        reading.status = OMS_FAILED;
        return false;
    }
    return !enough;
}

oms_status KernelPort::read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                            std::int64_t timeout_ms, const TakeDecision& take) {
    if (stopped_) return OMS_STOPPED;
    if (which != OMS_READ_ALL && which != OMS_READ_CHANNEL) return OMS_INVALID;
    timeout_ms = help(timeout_ms);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    Reading reading;
    reading.which = which;
    reading.channel = channel;
    reading.take = &take;
    Ring::Waiter waiter;
    waiter.channels = which == OMS_READ_ALL ? ~std::uint64_t{0} : channel_bit(channel);
    waiter.wakes = &wakes_;
    waiter.wakes_seen = wakes_seen_.load();
    while (true) {
        bool more = true;
        while (more && backbone_.ring->is_behind(seq + 1)) more = read_journal(seq, reading);
        if (more) more = read_ring(seq, reading);
        if (reading.took) return OMS_OK;
        if (!more) return reading.status;
        if (stopped_) return OMS_STOPPED;
        if (wakes_.load() != waiter.wakes_seen) {
            wakes_seen_.store(wakes_.load());
            return OMS_AGAIN;
        }
        if (std::chrono::steady_clock::now() >= deadline) return OMS_AGAIN;
        waiter.seq = seq;
        backbone_.ring->wait(waiter, deadline);
        seq = std::max(seq, waiter.seq);
    }
}

}  // namespace oms::runtime
