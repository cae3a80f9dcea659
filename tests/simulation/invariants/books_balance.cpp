// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class BooksBalance final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* moved = sdk::as<oms_transferred>(record);
            if (moved == nullptr) continue;
            demand(moved->amount > 0 && moved->asset != 0, "a transfer moves nothing");
            demand(moved->from != moved->to || moved->from_bucket != moved->to_bucket,
                   "a transfer goes nowhere");
        }
    }
    void looked() override {
        std::map<std::uint32_t, Wide> sums;
        for (const auto& [shelf, balance] : world_.ledger.balances)
            sums[std::get<1>(shelf)] += balance;
        for (const auto& [asset, sum] : sums)
            demand(sum == 0, "asset " + std::to_string(asset) + " does not sum to zero");
        for (const auto& [shelf, held] : world_.ledger.held)
            demand(held >= 0, "less than nothing is held");
    }
    void ended() override { looked(); }
};

}  // namespace

std::unique_ptr<Invariant> make_books_balance(const World& world) {
    return std::make_unique<BooksBalance>("books_balance", world);
}

}  // namespace oms::simulation
