// SPDX-License-Identifier: Apache-2.0
// Balances of account x asset x bucket, and how much of each is held. Every change is a transfer,
// so that the sum over all accounts of an asset is zero, always.
#pragma once

#include "model/indexed_map.hpp"
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

inline std::uint64_t hash_of(const BalanceKey& key) {
    const std::uint64_t number = std::uint64_t{key.asset} << 32 | key.account;
    return number_hash(number ^ std::uint64_t{key.bucket} << 20);
}

class Ledger {
public:
    Balance get(const BalanceKey& key) const {
        const Balance* found = balances_.find(key);
        return found == nullptr ? Balance{} : *found;
    }
    void set(const BalanceKey& key, const Balance& balance) {
        if (balance.balance == 0 && balance.held == 0)
            balances_.erase(key);
        else
            balances_.set(key, balance);
    }
    /// The first balance of the asset and bucket whose account is above `account`; null: none.
    const std::pair<const BalanceKey, Balance>* after(std::uint32_t asset, std::uint32_t bucket,
                                                      std::uint32_t account) const {
        const auto found = all().upper_bound({asset, bucket, account});
        if (found == all().end() || found->first.asset != asset || found->first.bucket != bucket)
            return nullptr;
        return &*found;
    }
    /// In the order of asset, bucket, account; only those that are not zero.
    const std::map<BalanceKey, Balance>& all() const { return balances_.all(); }

private:
    IndexedMap<BalanceKey, Balance> balances_;
};

}  // namespace oms
