// SPDX-License-Identifier: Apache-2.0
// Everything the kernel knows, and the one way to change it: `apply`, an effect at a time.
//
// Effects carry results, so applying assigns and never computes an outcome: a fold over the journal
// gives the same world on any later version. While a step is being decided the undo log takes each
// change down, and a refusal takes them back.
#pragma once

#include "model/archive.hpp"
#include "model/hash_index.hpp"
#include "model/id_table.hpp"
#include "model/indexed_map.hpp"
#include "model/key_table.hpp"
#include "model/ledger.hpp"
#include "model/order.hpp"
#include "model/references.hpp"
#include "model/result.hpp"
#include "model/undo_log.hpp"
#include "model/word_table.hpp"

#include <oms/sdk/batch.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace oms {

struct Channel {
    std::uint64_t in_seq = 0;
    std::uint64_t out_seq = 0;
    std::string cursor;
};

struct Halt {
    std::uint32_t scope = 0;
    std::uint32_t target = 0;
    auto operator<=>(const Halt&) const = default;
};

/// What a plugin keeps: its own id, the number of the cell, and two keys.
struct CellKey {
    std::uint32_t owner = 0;
    std::uint32_t cell = 0;
    std::uint64_t key_a = 0;
    std::uint64_t key_b = 0;
    auto operator<=>(const CellKey&) const = default;
};

inline std::uint64_t hash_of(const CellKey& key) {
    const std::uint64_t which = number_hash(std::uint64_t{key.owner} << 32 | key.cell);
    return number_hash(number_hash(which ^ key.key_a) ^ key.key_b);
}

/// A compiled lifecycle as it was installed: its number is its place.
struct Installed {
    std::string name;
    std::uint32_t revision = 0;
    std::string tables;  ///< in the form of lifecycle/codec.hpp
};

class World {
public:
    /// Folds one effect. OMS-5204 when it names something that is not there: the journal is not
    /// ours.
    Status apply(const oms_record& effect);
    /// The same of an effect whose type is known.
    template <class Effect>
    Status apply(const Effect& effect) {
        if constexpr (requires { on(effect); }) return on(effect);
        return {};
    }

    /// Makes room for so many orders, before a snapshot of that many is folded.
    void expect(std::size_t orders);
    /// Told a few effects before it is applied: begins to fetch what lies far off in memory.
    void look_ahead(const oms_record& effect) const;

    /// The header of a decision, before its effects.
    void begin_decision(const oms_decision& header);

    /// Folds a whole decision, the next one. OMS-5203: it is another.
    Result<const oms_decision*> fold(const oms_batch& decision);

    // What there is. Engine and rows read these; only `apply` changes them.
    std::uint64_t seq = 0;
    std::int64_t time = 0;
    std::uint64_t epoch = 0;
    std::uint64_t anomalies = 0;
    References references;
    std::vector<Installed> lifecycles;
    IdTable<Order> orders;
    IdTable<Route> routes;
    IdTable<Hold> holds;
    IdTable<Task> tasks;
    IdTable<Timer> timers;
    IdTable<Watch> watches;
    std::set<std::pair<std::int64_t, std::uint64_t>> timers_by_due;
    /// Product, observation field, comparison, threshold and watch: what a value hits lies
    /// together.
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::int64_t, std::uint64_t>>
        watches_by_value;
    /// Product, account, threshold and watch.
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, std::uint64_t>>
        watches_by_balance;
    Ledger ledger;
    std::map<std::uint32_t, Channel> channels;
    IndexedMap<CellKey, std::int64_t> cells;
    std::map<Halt, std::string> halts;
    Archive archive;         ///< retired orders
    WordTable status_words;  ///< all that were ever shown
    KeyTable keys;
    /// Those that no live order holds, by the seq of the decision that first knew them: the request
    /// made no order, or the order retired since. Nobody but the clock takes them away.
    std::map<std::uint64_t, KeyPlace> loose_keys;

    struct Next {
        std::uint64_t order = 1, route = 1, execution = 1, hold = 1, task = 1, timer = 1, watch = 1;
    } next;

    /// 0: none.
    std::uint64_t find_route(std::uint32_t destination, std::string_view external_ref) const;
    /// Null: none. Of the destination's own id for the execution; the first where one report
    /// executed several lines.
    const Execution* find_execution(std::uint64_t route, std::string_view external_ref) const;
    /// Whether a report with this id would tell nothing new: it is an execution's, or it is spent.
    bool knows_ref(std::uint64_t route, std::string_view external_ref) const;
    bool is_spent(std::uint64_t route, std::string_view external_ref) const;
    /// All of that id that are live.
    std::vector<Execution> live_executions(std::uint64_t route,
                                           std::string_view external_ref) const;
    /// Numbers count up, so an order that was and is not here is retired.
    bool is_retired(std::uint64_t order) const;

    // Numbers of an instance that the lifecycle's author does not see, as slots beyond his own.
    static constexpr std::uint32_t attempts_slot = 0xf0;   ///< + role
    static constexpr std::uint32_t signalled_slot = 0xf8;  ///< + role
    static constexpr std::uint32_t intents_slot = 0xfe;    ///< place attempts << 32 | signals
    static constexpr std::uint32_t undo_slot = 0xff;

    static oms_hold_set as_effect(const Hold& hold);
    static oms_timer_set as_effect(const Timer& timer);
    static oms_watch_set as_effect(const Watch& watch);
    static oms_task_set as_effect(const Task& task);

    UndoLog undo;

private:
    // One for each effect, spread over world.cpp (orders), world_routes.cpp and world_books.cpp.
#define OMS_FOLDED(name) Status on(const oms_##name& effect);
#include "model/folded.def"
#undef OMS_FOLDED

    void remember_key(KeyEntry entry, bool loose);
    void loosen_keys(const Order& order);
    void index_route(const Route& route);
    void unindex_route(const Route& route);
    std::optional<std::uint64_t> worn_by(std::uint32_t destination, std::string_view ref) const;
    void index_execution(const Order& order, std::uint32_t index);
    void unindex_execution(const Order& order, std::uint32_t index);
    void unindex_spent(const Order& order, std::uint32_t index);
    struct RefPlace {
        std::uint64_t route = 0;
        std::uint32_t index = 0;  ///< among its order's executions, or its spent refs
        std::uint32_t spent = 0;
        bool operator==(const RefPlace&) const = default;
    };
    std::optional<RefPlace> place_of(std::uint64_t route, std::string_view ref) const;
    void forget_executions(const Order& order);
    void remove_order(std::uint64_t id);
    IdList* holds_of(std::uint64_t order, std::uint32_t line);
    void insert_timer(const Timer& timer);
    void remove_timer(std::uint64_t id);
    void insert_watch(const Watch& watch);
    void index_watch(const Watch& watch, bool present);
    void remove_watch(std::uint64_t id);

    // The decision whose effects are being folded.
    std::uint32_t origin_ = 0;
    std::string key_;

    // Destination and external ref. A party may use a ref again: the newest route wears it, and
    // the older ones wait for it to be free.
    HashIndex<std::uint64_t> routes_by_ref_;
    std::set<std::pair<std::string, std::uint64_t>> shadowed_routes_;
    HashIndex<RefPlace> executions_by_ref_;  // by route and ref
};

/// OMS-5204: a decision names something that is not there.
Status missing(const char* what, std::uint64_t id);

}  // namespace oms
