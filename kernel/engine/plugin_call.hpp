// SPDX-License-Identifier: Apache-2.0
// One call into an inside plugin: the view that it reads, the sink that it speaks into, and what
// came of it. What breaks the contract marks the call as broken, whatever the plugin answers
// itself.
#pragma once

#include "engine/step.hpp"

namespace oms::engine {

struct PluginCall {
    PluginCall(Step& step, Call call, std::uint32_t instance, std::uint64_t order);
    PluginCall(const PluginCall&) = delete;
    PluginCall& operator=(const PluginCall&) = delete;

    /// Runs `function(view, sink)` under the guard; true when the plugin answered soundly.
    /// Otherwise the cells that it wrote in this call are as they were.
    template <class Function>
    bool run(Function function) {
        CallGuard* guard = step.core_.bindings.guard;
        const UndoMark mark = step.mark_effects();
        const std::size_t tried = step.draft_.tried_cells.size();
        if (guard != nullptr) guard->enter(instance);
        oms_status status = OMS_FAILED;
        try {
            status = function(&view, &sink);
        } catch (...) {
            // The SDK lets nothing through; a plugin without it may, and is at fault then.
        }
        at_fault = broken || status != OMS_OK;
        if (guard != nullptr) guard->leave(instance, at_fault);
        if (!at_fault) return true;
        step.take_back_to(mark);
        step.draft_.tried_cells.resize(tried);
        return false;
    }

    struct View : oms_view {
        PluginCall* call = nullptr;
    } view;
    struct Sink : oms_sink {
        PluginCall* call = nullptr;
    } sink;

    Step& step;
    const Call call;
    const std::uint32_t instance;
    const std::uint64_t order;
    const std::vector<std::uint32_t>* rules = nullptr;         ///< of its denial codes
    const std::vector<std::uint32_t>* destinations = nullptr;  ///< it may route to

    bool broken = false;
    bool at_fault = false;
    std::uint32_t opinions = 0;
    std::uint32_t cells = 0;
    std::uint32_t passed_over = 0;
    std::uint32_t worst = OMS_outcome_pass;
    Reservations reservations;
    Transfers transfers;
    Few<PlannedRoute> routes;

    // ---- view.cpp
    oms_status get(const oms_key& key, oms_record& row);
    oms_status next(oms_walk& walk, oms_record& row);
    // ---- sink.cpp
    oms_status say_opinion(const oms_opinion& opinion);
    oms_status set_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b,
                        std::int64_t value, bool present);
    oms_status add_hold(const Reservation& reservation);
    oms_status add_transfer(const oms_transfer& transfer);
    oms_status add_route(std::uint32_t destination, const oms_batch& details, std::int64_t score,
                         oms_text why);
    oms_status pass_over(std::uint32_t destination, std::int64_t score, oms_text why);

private:
    friend struct Reader;
    oms_status break_contract(oms_status status) {
        broken = true;
        return status;
    }
    void explain(std::uint32_t destination, bool chosen, std::int64_t score, oms_text why);
    oms_status read_observation(const oms_key& key, oms_record& row);
    bool emit_read(const ObservationKey& key, const Observed& value);
};

}  // namespace oms::engine
