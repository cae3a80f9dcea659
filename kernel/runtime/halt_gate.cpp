// SPDX-License-Identifier: Apache-2.0
#include "runtime/halt_gate.hpp"

namespace oms::runtime {

void RouteProducts::add(std::uint64_t order, std::uint64_t route, std::uint32_t product) {
    const std::lock_guard lock(mutex_);
    products_.emplace(order, route, product);
}

void RouteProducts::forget(std::uint64_t order) {
    const std::lock_guard lock(mutex_);
    products_.erase(products_.lower_bound({order, 0, 0}), products_.lower_bound({order + 1, 0, 0}));
}

bool RouteProducts::has(std::uint64_t order, std::uint64_t route, std::uint32_t product) const {
    const std::lock_guard lock(mutex_);
    return products_.count({order, route, product}) != 0;
}

std::map<std::uint64_t, HaltGate::Cause>::iterator HaltGate::occupy(std::uint64_t halt) {
    if (const auto found = causes_.find(halt); found != causes_.end()) return found;
    // The first slot is kept for a halt of everything, for which there must always be room.
    std::size_t slot = halt == pack(OMS_halt_scope_all, 0) ? 0 : 1;
    while (slot < most_halts && halts_[slot].load() != 0) ++slot;
    if (slot == most_halts) return causes_.end();
    halts_[slot].store(halt);
    if (slot >= used_.load()) used_.store(slot + 1);
    return causes_.emplace(halt, Cause{false, 0, slot}).first;
}

void HaltGate::release(std::map<std::uint64_t, Cause>::iterator cause) {
    if (cause->second.decided || cause->second.asked > 0) return;
    halts_[cause->second.slot].store(0);
    causes_.erase(cause);
    if (causes_.empty()) used_.store(0);
}

bool HaltGate::ask_to_close(std::uint32_t scope, std::uint32_t target) {
    const std::lock_guard lock(changing_);
    const auto cause = occupy(pack(scope, target));
    if (cause == causes_.end()) return false;
    ++cause->second.asked;
    return true;
}

void HaltGate::settle(std::uint32_t scope, std::uint32_t target) {
    const std::lock_guard lock(changing_);
    const auto cause = causes_.find(pack(scope, target));
    if (cause == causes_.end()) return;
    if (cause->second.asked > 0) --cause->second.asked;
    release(cause);
}

void HaltGate::set(std::uint32_t scope, std::uint32_t target, bool halted) {
    const std::lock_guard lock(changing_);
    auto cause = causes_.find(pack(scope, target));
    if (cause == causes_.end()) {
        if (!halted) return;
        cause = occupy(pack(scope, target));
        // There is no room to be exact, so the gate closes for everything.
        if (cause == causes_.end()) cause = occupy(pack(OMS_halt_scope_all, 0));
    }
    cause->second.decided = halted;
    release(cause);
}

oms_status HaltGate::ask(const oms_intent& intent) const {
    const std::size_t used = used_.load(std::memory_order_seq_cst);
    if (used == 0) return OMS_OK;
    if (intent.action == OMS_action_cancel || intent.action == OMS_action_ask) return OMS_OK;
    for (std::size_t slot = 0; slot < used; ++slot) {
        const std::uint64_t halt = halts_[slot].load(std::memory_order_acquire);
        if (halt != 0 && concerns(halt, intent)) return OMS_HALTED;
    }
    return OMS_OK;
}

bool HaltGate::concerns(std::uint64_t halt, const oms_intent& intent) const {
    const auto target = static_cast<std::uint32_t>(halt);
    switch (halt >> 32) {
        case OMS_halt_scope_all: return true;
        case OMS_halt_scope_destination: return intent.destination == target;
        case OMS_halt_scope_product:
            return intent.product == target || products.has(intent.order, intent.route, target);
        case OMS_halt_scope_account: return in_subtree(intent.account, target);
        default: return true;  // a scope that a later version knows: when in doubt, stay closed
    }
}

bool HaltGate::in_subtree(std::uint32_t account, std::uint32_t root) const {
    // An older version's intent does not tell: it stays in. A tree is never deeper than this.
    for (int depth = 0; depth < 64; ++depth) {
        if (account == root) return true;
        if (account == 0) return depth == 0;
        account = names_.group(account);
    }
    return true;
}

}  // namespace oms::runtime
