// SPDX-License-Identifier: Apache-2.0
// What inside plugins of several kinds say: opinions on an order, and values for their own cells.
//
// Kernel thread, good for the call that handed it over. When the host does not take what it is
// told, the call throws CallError: let it pass, the decision fails closed.
#pragma once

#include <oms/abi/codes.h>
#include <oms/abi/view.h>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/view.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oms::sdk {

/// What every sink can do: change the plugin's own cells.
class Sink {
public:
    explicit Sink(const oms_sink* raw) : raw_(raw) {}

    /// `cell` is the number that the manifest gives it. Part of the decision: the view shows the
    /// new value from here on, and a refusal takes it back.
    void set_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b,
                  std::int64_t value) const {
        expect(raw_->cell(raw_, cell, key_a, key_b, value, 1), "a cell");
    }
    void erase_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b) const {
        expect(raw_->cell(raw_, cell, key_a, key_b, 0, 0), "a cell");
    }

    const oms_sink* raw() const { return raw_; }

protected:
    static void expect(oms_status status, std::string_view what) {
        if (status != OMS_OK)
            throw CallError(status, "the host did not take " + std::string(what) + " (status " +
                                        std::to_string(status) + ")");
    }

private:
    const oms_sink* raw_;
};

/// What an opinion measured. A reader is shown both numbers as decimals of the product, or of its
/// price; without a unit they are plain numbers.
struct Measured {
    std::int64_t limit = 0;
    std::int64_t observed = 0;
    std::uint32_t line = whole_order;  ///< the line it is about
    std::uint32_t product = 0;
    std::uint32_t unit = 0;  ///< OMS_unit_...
};

/// Opinions on an order. `rule` is the index of a denial code in the manifest. Say at least one; of
/// several the strictest counts: refuse before ask before warn before pass. Each is kept in the
/// journal, passes too: say those that a reader of `oms why` wants to see.
class Opinions : public Sink {
public:
    using Sink::Sink;

    void pass(std::uint32_t rule = 0, const Measured& measured = {}) const {
        say(OMS_outcome_pass, rule, measured, {});
    }
    /// A pass, unless something was said before: the last line of most checks.
    void otherwise_pass() const {
        if (!said_) pass();
    }
    /// It goes on, and the verdict is kept and shown.
    void warn(std::uint32_t rule, const Measured& measured, std::string_view text) const {
        say(OMS_outcome_warn, rule, measured, text);
    }
    /// `text` is a sentence for the person who reads the refusal.
    void refuse(std::uint32_t rule, const Measured& measured, std::string_view text) const {
        say(OMS_outcome_refuse, rule, measured, text);
    }
    /// A person must decide: a task is opened, and the order waits.
    void ask(std::uint32_t rule, const Measured& measured, std::string_view text) const {
        say(OMS_outcome_ask, rule, measured, text);
    }
    /// `outcome` is OMS_outcome_...: for rules whose severity is a setting.
    void say(std::uint32_t outcome, std::uint32_t rule, const Measured& measured,
             std::string_view text) const {
        const oms_opinion opinion{sizeof(oms_opinion),
                                  outcome,
                                  rule,
                                  measured.line,
                                  measured.limit,
                                  measured.observed,
                                  {text.data(), text.size()},
                                  measured.product,
                                  measured.unit};
        said_ = true;
        expect(raw()->opinion(raw(), &opinion), "an opinion");
    }

private:
    mutable bool said_ = false;
};

}  // namespace oms::sdk
