// SPDX-License-Identifier: Apache-2.0
// What the regions and states in a decision are called: by the tables that lie in the journal, of
// which each order and each route keeps its own for life.
#pragma once

#include "cli/session.hpp"
#include "lifecycle/table.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace oms::cli {

class LifecycleNames {
public:
    explicit LifecycleNames(Session& session) : session_(session) {}

    /// Orders and routes that are opened in a decision, or shown in rows.
    void learn(const oms_batch& records);
    /// `work goes to filled`; numbers where the order's table cannot be had.
    std::string move_text(const oms_region_moved& moved);

private:
    const lifecycle::Table* table_of(const oms_region_moved& moved);
    const lifecycle::Table* table(std::uint32_t lifecycle);
    void load_tables();

    Session& session_;
    std::map<std::uint32_t, lifecycle::Table> tables_;
    std::map<std::uint64_t, std::uint32_t> orders_;  ///< which lifecycle each one has
    std::map<std::uint64_t, std::uint32_t> routes_;
};

}  // namespace oms::cli
