// SPDX-License-Identifier: Apache-2.0
// What may leave: the flag that closes the gate the moment a halt is asked for, long before that is
// durable. Asking the gate takes no lock but while a product is halted.
#pragma once

#include "runtime/name_table.hpp"

#include <oms/abi/connector.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

namespace oms::runtime {

/// The products of routes that carry several, since an intent names one. Looked at only while a
/// product is halted; what the route of an order that comes back from the archive carried is not
/// known here, and nothing but cancels and questions goes to it.
class RouteProducts {
public:
    void add(std::uint64_t order, std::uint64_t route, std::uint32_t product);
    void forget(std::uint64_t order);
    bool has(std::uint64_t order, std::uint64_t route, std::uint32_t product) const;

private:
    mutable std::mutex mutex_;
    std::set<std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>> products_;
};

class HaltGate {
public:
    /// More scopes than this at once: halt all.
    static constexpr std::size_t most_halts = 256;

    explicit HaltGate(const NameTable& names) : names_(names) {}

    /// Somebody asks for a halt: it is in force when this returns, and stays so at least until
    /// `settle` says that the asking is over. False: there are too many.
    bool ask_to_close(std::uint32_t scope, std::uint32_t target);
    void settle(std::uint32_t scope, std::uint32_t target);
    /// A durable decision halted the scope, or resumed it.
    void set(std::uint32_t scope, std::uint32_t target, bool halted);

    /// OMS_OK or OMS_HALTED. A cancel and a question may always leave.
    oms_status ask(const oms_intent& intent) const;
    bool any() const { return used_.load(std::memory_order_acquire) > 0; }

    RouteProducts products;

private:
    static std::uint64_t pack(std::uint32_t scope, std::uint32_t target) {
        return std::uint64_t{scope} << 32 | target;
    }
    bool concerns(std::uint64_t halt, const oms_intent& intent) const;
    bool in_subtree(std::uint32_t account, std::uint32_t root) const;

    /// Why a scope is closed: a decision said so, or somebody asked and the decision is to come.
    struct Cause {
        bool decided = false;
        std::uint32_t asked = 0;
        std::size_t slot = 0;
    };
    std::map<std::uint64_t, Cause>::iterator occupy(std::uint64_t halt);
    void release(std::map<std::uint64_t, Cause>::iterator cause);

    const NameTable& names_;
    std::mutex changing_;
    std::map<std::uint64_t, Cause> causes_;
    std::atomic<std::size_t> used_{0};  // slots beyond are free
    std::array<std::atomic<std::uint64_t>, most_halts> halts_{};
};

}  // namespace oms::runtime
