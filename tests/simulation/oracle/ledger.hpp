// SPDX-License-Identifier: Apache-2.0
// What a reader of the decisions knows: a naive fold, which shares no code with the kernel's.
#pragma once

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace oms::simulation {

__extension__ using Wide = __int128;

constexpr Wide wide(const oms_wide& number) {
    return (static_cast<Wide>(number.high) << 64) | static_cast<Wide>(number.low);
}

struct Counted {
    std::int64_t ordered = 0, working = 0, done = 0, cancelled = 0, over = 0;
    Wide value = 0;
};

struct ReadExecution {
    std::uint64_t id = 0;
    std::uint64_t route = 0;
    std::uint32_t line = 0;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    bool live = true;
    std::string ref;
};

struct ReadOrder {
    std::uint64_t id = 0;
    std::uint32_t kind = 0;
    std::uint32_t account = 0;
    std::string key;
    std::string status;
    bool retired = false;
    std::map<std::uint32_t, Counted> lines;
    std::map<std::uint32_t, std::uint32_t> products;
    std::map<std::uint64_t, ReadExecution> executions;
};

struct ReadRoute {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint32_t destination = 0;
    std::uint32_t channel = 0;
    std::string status;
    std::map<std::uint32_t, Counted> lines;
};

struct ReadHold {
    std::uint32_t account = 0, asset = 0, bucket = 0;
    std::uint64_t order = 0;
    std::int64_t amount = 0;
};

using Shelf = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;  ///< account, asset, bucket
using Scope = std::pair<std::uint32_t, std::uint32_t>;                  ///< scope, target

class Ledger {
public:
    void take(const oms_batch& decision);

    std::uint64_t seq = 0;
    std::uint64_t epoch = 0;
    std::int64_t time = 0;
    std::map<std::uint64_t, ReadOrder> orders;
    std::map<std::uint64_t, ReadRoute> routes;
    std::map<std::uint64_t, ReadHold> holds;
    std::map<Shelf, Wide> balances;
    std::map<Shelf, Wide> held;
    std::map<std::uint64_t, std::string> open_tasks;  ///< and their answers
    std::set<Scope> halts;
    /// Every intent, by channel and number.
    struct Intent {
        std::uint64_t seq = 0;
        std::uint64_t route = 0;
        std::uint32_t action = 0;
    };
    std::map<std::pair<std::uint32_t, std::uint64_t>, Intent> intents;

    Wide available(const Shelf& shelf) const;

private:
    void take_record(const oms_record& record);
    void take_route(const oms_record& record);
    void take_books(const oms_record& record);
};

}  // namespace oms::simulation
