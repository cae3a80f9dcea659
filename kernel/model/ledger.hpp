// SPDX-License-Identifier: Apache-2.0
// Balances of account x asset x bucket, and how much of each is held. Every change is a transfer,
// so that the sum over all accounts of an asset is zero, always.
#pragma once

#include "model/hash_index.hpp"
#include "model/order.hpp"
#include "model/wide.hpp"

#include <cstdint>
#include <functional>
#include <map>

namespace oms {

struct BalanceKey {
    std::uint32_t asset = 0;
    std::uint32_t bucket = 0;
    std::uint32_t account = 0;
    auto operator<=>(const BalanceKey&) const = default;
};

struct Balance {
    Int128 balance = 0;
    Int128 held = 0;
    Int128 available() const { return balance - held; }
};

class Ledger {
public:
    Ledger() = default;
    Ledger(Ledger&&) = default;  // what is in the map stays where it is
    Ledger& operator=(Ledger&&) = default;

    Balance get(const BalanceKey& key) const {
        Entry* const* found = find(key);
        return found == nullptr ? Balance{} : (*found)->second;
    }
    void set(const BalanceKey& key, const Balance& balance) {
        Entry* const* found = find(key);
        if (balance.balance == 0 && balance.held == 0) {
            if (found == nullptr) return;
            index_.erase(hash_of(key), [&](const Entry* entry) { return entry->first == key; });
            balances_.erase(key);
        } else if (found != nullptr) {
            (*found)->second = balance;
        } else {
            index_.insert(hash_of(key), &*balances_.emplace(key, balance).first);
        }
    }
    /// The first balance of the asset and bucket whose account is above `account`; null: none.
    const std::pair<const BalanceKey, Balance>* after(std::uint32_t asset, std::uint32_t bucket,
                                                      std::uint32_t account) const {
        const auto found = balances_.upper_bound({asset, bucket, account});
        if (found == balances_.end() || found->first.asset != asset ||
            found->first.bucket != bucket)
            return nullptr;
        return &*found;
    }
    /// In the order of asset, bucket, account; only those that are not zero.
    const std::map<BalanceKey, Balance>& all() const { return balances_; }

private:
    using Entry = std::pair<const BalanceKey, Balance>;

    static std::uint64_t hash_of(const BalanceKey& key) {
        const std::uint64_t number = std::uint64_t{key.asset} << 32 | key.account;
        return number_hash(number ^ std::uint64_t{key.bucket} << 20);
    }
    Entry* const* find(const BalanceKey& key) const {
        return index_.find(hash_of(key), [&](const Entry* entry) { return entry->first == key; });
    }

    std::map<BalanceKey, Balance> balances_;
    HashIndex<Entry*> index_;  // the same, for those who know the whole key
};

}  // namespace oms
