// SPDX-License-Identifier: Apache-2.0
// The fold of decisions into the tables. It is a function of the decisions alone: dropped and built
// anew, the tables are the same.
#pragma once

#include "database.hpp"
#include "tables.hpp"

#include <oms/sdk/batch.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/names.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace oms::sql_views {

class Projection {
public:
    /// Opens the file. One that was made in another form is dropped and made anew.
    Projection(const std::string& path, bool keep_events);

    /// Everything up to this decision is in the file.
    std::uint64_t shown_seq() const { return shown_seq_; }
    std::int64_t shown_time() const { return shown_time_; }

    /// Folds a decision in, within a transaction that the first one begins. Throws DatabaseError;
    /// after that, `roll_back`.
    void apply(const oms_batch& decision);
    /// Makes what was applied visible to readers, all at once.
    void commit();
    /// Forgets what was applied since the last commit.
    void roll_back();
    bool in_transaction() const { return in_transaction_; }
    std::uint64_t applied_seq() const { return applied_seq_; }

    /// Removes the file; nothing else may be called afterwards.
    static void drop(const std::string& path);

private:
    /// A rule with its statements.
    struct Compiled {
        const Rule* rule = nullptr;
        std::vector<sdk::FieldInfo> fields;  ///< in the order of their parameters
        std::vector<sdk::FieldInfo> keys;    ///< for `remove`
        std::optional<sdk::FieldInfo> zero;
        std::optional<sdk::FieldInfo> route;
        Statement write;
        Statement remove;
    };
    /// The decision at hand.
    struct Context {
        std::uint64_t seq = 0;
        std::int64_t time = 0;
        std::int64_t position = 0;
    };
    using BalanceKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    struct Balance {
        sdk::Wide balance = 0;
        sdk::Wide held = 0;
        bool changed = false;
    };
    struct Held {
        BalanceKey key;
        std::int64_t amount = 0;
    };
    struct Scales {
        std::uint32_t quantity = 0;
        std::uint32_t price = 0;
    };
    class Names;

    static Database open(const std::string& path);
    void compile();
    Compiled compile(const Rule& rule);
    std::string write_statement(const Rule& rule, const std::vector<std::string>& columns) const;
    void load();
    void apply_header(const oms_batch& decision, const Context& context);
    void apply_effect(const oms_record& record, Context& context);
    void apply_rule(Compiled& compiled, const oms_record& record, const Context& context);
    void bind_field(Statement& statement, int position, const sdk::FieldInfo& field,
                    const oms_record& record);
    void bind_extras(Statement& statement, int position, const oms_record& record,
                     const Context& context) const;
    void learn_name(const oms_reference_defined& defined);
    void move_balance(const oms_transferred& transferred);
    void move_hold(const oms_hold_set& hold);
    void write_event(const oms_record& record, const Context& context);
    void write_balances();
    Scales scales_of(const oms_record& record) const;

    const bool keep_events_;
    Database database_;
    std::multimap<std::uint32_t, Compiled> compiled_;
    Statement insert_decision_;
    Statement insert_event_;
    Statement touch_order_;
    Statement write_balance_;
    Statement write_meta_;
    bool in_transaction_ = false;
    std::uint64_t shown_seq_ = 0;
    std::int64_t shown_time_ = 0;
    std::uint64_t applied_seq_ = 0;
    std::int64_t applied_time_ = 0;
    std::unordered_map<std::uint32_t, Scales> scales_;
    std::unordered_map<std::uint32_t, std::string> codes_;
    std::map<BalanceKey, Balance> balances_;
    std::unordered_map<std::uint64_t, Held> holds_;
    std::vector<BalanceKey> changed_;
    std::string text_;  // of the value that is being bound
    std::string json_;
};

}  // namespace oms::sql_views
