// SPDX-License-Identifier: Apache-2.0
// Whole lives of share orders as inputs, made while they are played: each is placed, acknowledged
// and executed in two parts, with others' turns in between. It must be alone in its world, where an
// order's number then is its id and that of its route.
#pragma once

#include "script.hpp"

#include <oms/abi/codes.h>

#include <string>

namespace oms::bench {

class ShareLives {
public:
    explicit ShareLives(const Names& names) : orders_(names), head_(sdk::make<oms_report>()) {
        head_.line = OMS_WHOLE_ORDER;
    }

    /// Good until the next call.
    const sdk::Batch& next() {
        while (true) {
            const std::uint64_t step = inputs_ / stages;
            const std::uint64_t stage = inputs_ % stages;
            ++inputs_;
            if (stage == 0) return orders_.place(step);
            if (step >= stage * steps_between) return report(step - stage * steps_between, stage);
        }
    }

private:
    static constexpr std::uint64_t stages = 4;
    static constexpr std::uint64_t steps_between = 250;

    const sdk::Batch& report(std::uint64_t number, std::uint64_t stage) {
        head_.route = number + 1;
        reference_.clear();
        reference_ += "-Vab"[stage];
        reference_ += '-';
        reference_ += std::to_string(number);
        const bool executed = stage > 1;
        head_.type = executed ? OMS_report_executed : OMS_report_acked;
        head_.external_ref = executed ? oms_text{} : sdk::text(reference_);
        head_.execution_ref = executed ? sdk::text(reference_) : oms_text{};
        head_.product = executed ? orders_.share(number) : 0;
        head_.quantity = !executed ? 0 : stage == 2 ? 40 : 60;
        head_.price = executed ? 1'000 : 0;
        batch_.clear();
        batch_.add(head_);
        return batch_;
    }

    ShareOrders orders_;
    oms_report head_;
    std::string reference_;
    sdk::Batch batch_;
    std::uint64_t inputs_ = 0;
};

}  // namespace oms::bench
