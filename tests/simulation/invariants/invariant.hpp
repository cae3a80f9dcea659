// SPDX-License-Identifier: Apache-2.0
// Something that must hold, whatever happens. Each has a file of its own and a line in
// invariants.def, and is told of everything that can be seen from outside the kernel.
#pragma once

#include "world.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace oms::simulation {

class Broken : public std::runtime_error {
public:
    Broken(std::string_view name, const std::string& sentence)
        : std::runtime_error(std::string(name) + ": " + sentence), name_(name) {}
    const std::string& name() const { return name_; }

private:
    std::string name_;
};

class Invariant {
public:
    Invariant(std::string_view name, const World& world) : world_(world), name_(name) {}
    virtual ~Invariant() = default;
    Invariant(const Invariant&) = delete;
    Invariant& operator=(const Invariant&) = delete;

    std::string_view name() const { return name_; }

    /// A durable decision was shown; the world's ledger has it already.
    virtual void decided(const oms_batch& /*decision*/) {}
    /// Bytes went out to a party.
    virtual void sent(const Sent& /*sent*/) {}
    /// A client was told something; `asked.told` is what it was told first, if before.
    virtual void answered(const Asked& /*asked*/, const Told& /*told*/) {}
    /// A life has begun, on what the last one left; nothing of it was shown yet.
    virtual void lived() {}
    /// Now and then, when nothing waits: the more expensive looks.
    virtual void looked() {}
    /// Everything has come to rest.
    virtual void ended() {}

protected:
    void demand(bool holds, const std::string& sentence) const {
        if (!holds) throw Broken(name_, sentence);
    }
    /// For sentences that cost something to make.
    template <class Sentence>
    void demand_with(bool holds, Sentence&& sentence) const {
        if (!holds) throw Broken(name_, sentence());
    }

    const World& world_;

private:
    const std::string name_;
};

#define INVARIANT(name, id, words) std::unique_ptr<Invariant> make_##name(const World& world);
#include "invariants/invariants.def"
#undef INVARIANT

inline std::vector<std::unique_ptr<Invariant>> make_invariants(const World& world) {
    std::vector<std::unique_ptr<Invariant>> all;
#define INVARIANT(name, id, words) all.push_back(make_##name(world));
#include "invariants/invariants.def"
#undef INVARIANT
    return all;
}

}  // namespace oms::simulation
