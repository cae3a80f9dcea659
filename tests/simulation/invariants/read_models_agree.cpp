// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <oms/abi/codes.h>

namespace oms::simulation {

namespace {

/// The kernel's answers to questions beside the naive fold of what it told; of orders in the
/// archive, too.
class ReadModelsAgree final : public Invariant {
public:
    using Invariant::Invariant;

    void ended() override {
        check_balances();
        std::size_t looked_at = 0;
        for (auto at = world_.ledger.orders.rbegin();
             at != world_.ledger.orders.rend() && looked_at < most_orders; ++at, ++looked_at)
            check_order(at->second);
    }

private:
    static constexpr std::size_t most_orders = 60;

    sdk::Batch rows(std::uint32_t subject, std::uint64_t id = 0) const {
        oms_query query = sdk::make<oms_query>();
        query.subject = subject;
        query.id = id;
        query.limit = 1000;
        sdk::Batch rows;
        demand(world_.query(query, rows), "a question was not answered");
        return rows;
    }

    void check_balances() const {
        const sdk::Batch found = rows(OMS_subject_balances);
        std::size_t count = 0;
        for (const oms_record& record : sdk::Records(found.view())) {
            const auto* row = sdk::as<oms_balance_row>(record);
            if (row == nullptr) continue;
            ++count;
            const Shelf shelf{row->account, row->asset, row->bucket};
            const auto balance = world_.ledger.balances.find(shelf);
            const Wide known = balance == world_.ledger.balances.end() ? Wide{0} : balance->second;
            demand(wide(row->balance) == known &&
                       wide(row->available) == world_.ledger.available(shelf),
                   "account " + std::to_string(row->account) + " has another balance of " +
                       std::to_string(row->asset));
        }
        demand(count > 0, "there are no balances");
    }

    void check_order(const ReadOrder& order) const {
        const sdk::Batch found = rows(OMS_subject_order, order.id);
        const std::string whose = "order " + std::to_string(order.id);
        bool seen = false;
        for (const oms_record& record : sdk::Records(found.view())) {
            if (const auto* row = sdk::as<oms_order_row>(record)) {
                seen = true;
                demand(row->shelf == (order.retired ? OMS_shelf_retired : OMS_shelf_live),
                       whose + " lies on another shelf than it was told to");
                demand(sdk::view(row->status) == order.status && row->account == order.account &&
                           sdk::view(row->key) == order.key,
                       whose + " is shown as " + std::string(sdk::view(row->status)) +
                           ", and was told to be " + order.status);
            } else if (const auto* line = sdk::as<oms_line_row>(record)) {
                const Counted& told = order.lines.at(line->line);
                demand(told.ordered == line->ordered && told.working == line->working &&
                           told.done == line->done && told.cancelled == line->cancelled &&
                           told.over == line->over && told.value == wide(line->value),
                       whose + " shows other counts than it told");
            } else if (const auto* part = sdk::as<oms_route_line_row>(record)) {
                const Counted& told = world_.ledger.routes.at(part->route).lines.at(part->line);
                demand(told.working == part->working && told.done == part->done,
                       whose + " shows other counts of a route than it told");
            }
        }
        demand(seen, whose + " is not shown");
    }
};

}  // namespace

std::unique_ptr<Invariant> make_read_models_agree(const World& world) {
    return std::make_unique<ReadModelsAgree>("read_models_agree", world);
}

}  // namespace oms::simulation
