// SPDX-License-Identifier: Apache-2.0
// Writes inputs of every kind: most of them make sense in the world as it is, some name what is not
// there, have ended, or carry numbers beyond counting. Each seed leaves some of the mischief out.
#pragma once

#include "chance.hpp"
#include "stage.hpp"

#include "model/world.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace oms::test {

class Author {
public:
    Author(std::uint64_t seed, const engine::Engine& engine, const Names& names);

    /// The next input. Its texts lie in the batch.
    void write(sdk::Batch& batch, std::int64_t now);
    /// Remembers what an executed decision opened, to speak of it again, also after its end.
    void note(const oms_record& effect);
    oms_observation observation();

private:
    struct Told {
        std::uint64_t route = 0;
        std::string ref;
    };

    // ---- author.cpp: requests and administration
    void place(sdk::Batch& batch);
    void place_trade(sdk::Batch& batch, std::uint32_t kind);
    void place_basket(sdk::Batch& batch, std::uint32_t kind);
    void place_block(sdk::Batch& batch);
    void place_refund(sdk::Batch& batch);
    void place_nonsense(sdk::Batch& batch);
    void amend(sdk::Batch& batch);
    void cancel(sdk::Batch& batch);
    void route(sdk::Batch& batch);
    void cancel_route(sdk::Batch& batch);
    void amend_route(sdk::Batch& batch);
    void raise_event(sdk::Batch& batch);
    void define(sdk::Batch& batch);
    void post(sdk::Batch& batch);
    void write_cell(sdk::Batch& batch);
    void resolve_task(sdk::Batch& batch);
    void set_halt(sdk::Batch& batch);
    void advance_channel(sdk::Batch& batch);
    void kernels_own(sdk::Batch& batch);
    void adopt(sdk::Batch& batch);

    // ---- author_reports.cpp
    void report(sdk::Batch& batch);
    std::uint64_t name_route(oms_report& head);
    void write_refs(oms_report& head, std::uint64_t route);
    void write_numbers(oms_report& head, const Route* route);
    void write_lines(sdk::Batch& batch, const Route* route);

    template <class Head>
    Head head();
    template <class Head>
    Head request();
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

    void add_line(sdk::Batch& batch, std::uint32_t index, std::uint32_t product,
                  std::uint32_t direction, std::int64_t quantity, std::uint32_t role = 0,
                  std::uint32_t parent = OMS_WHOLE_ORDER, std::uint32_t ratio = 0);
    void add_number(sdk::Batch& batch, std::uint32_t line, std::uint32_t field, std::int64_t value,
                    std::uint32_t product = 0);
    void add_terms(sdk::Batch& batch, std::uint32_t lines);
    void add_links(sdk::Batch& batch);

    const Order* live_order();
    const Route* live_route();
    std::uint64_t any_order();
    std::uint64_t any_route();
    std::int64_t quantity();
    std::int64_t price();
    std::uint32_t reference(const std::vector<std::uint32_t>& good);
    const World& world() const { return engine_.world(); }

    Chance chance_;
    const engine::Engine& engine_;
    const Names& names_;
    std::int64_t now_ = 0;
    std::uint64_t keys_ = 0;
    std::uint64_t refs_ = 0;
    std::deque<std::string> texts_;  ///< of the input that is being written
    std::vector<std::uint64_t> routes_;
    std::vector<Told> executions_;
    std::vector<std::string> old_keys_;

    bool extremes_ = false;
    bool garbage_ = false;
    bool halts_ = false;
    bool facts_ = false;
};

}  // namespace oms::test
