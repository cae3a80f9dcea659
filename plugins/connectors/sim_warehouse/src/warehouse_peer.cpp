// SPDX-License-Identifier: Apache-2.0
#include "warehouse_peer.hpp"

#include "shared/words.hpp"

#include <limits>

namespace parties {

void WarehousePeer::prepare() {
    source_ = worker_->desk().reference(OMS_class_source, lists_.source);
    if (const auto row = port_.describe(destination_)) account_ = row->group;
}

/// Shelves what is configured and defined by now; the others wait.
void WarehousePeer::fill_shelves() {
    std::erase_if(lists_.stock, [&](const std::string& text) {
        const std::vector<std::string> words = words_of("stock", text, 2, 2);
        const auto row = port_.describe(product(words[0]));
        if (!row) return false;
        const std::int64_t on_hand = decimal_of("stock", words[1], row->scale);
        if (on_hand < 0)
            throw std::invalid_argument("setting `stock`: \"" + text + "\" is below zero");
        house_.stock(words[0], on_hand);
        return true;
    });
}

void WarehousePeer::before(const Request& request) {
    fill_shelves();
    if (!lists_.from_balances || request.verb != Verb::place) return;
    for (const Item& item : request.items)
        if (!item.receives) count_from_books(item.product);
}

/// What the kernel's books say lies here is what lies here.
void WarehousePeer::count_from_books(const std::string& name) {
    const std::uint32_t counted = product(name);
    if (account_ == 0 || counted == 0) return;
    oms_query query = sdk::make<oms_query>();
    query.subject = OMS_subject_balances;
    query.reference = account_;
    query.limit = 10'000;
    std::int64_t on_hand = 0;
    worker_->desk().ask(query, [&](const oms_record& record) {
        const auto* row = sdk::as<oms_balance_row>(record);
        if (row == nullptr || row->account != account_ || row->asset != counted ||
            row->bucket != OMS_bucket_on_hand)
            return;
        const bool fits =
            row->balance.high == 0 && row->balance.low <= std::numeric_limits<std::int64_t>::max();
        on_hand = fits                    ? static_cast<std::int64_t>(row->balance.low)
                  : row->balance.high < 0 ? 0
                                          : std::numeric_limits<std::int64_t>::max();
    });
    house_.count(name, on_hand);
}

void WarehousePeer::work() {
    const std::int64_t now = port_.now();
    if (now >= look_again_at_) {
        look_again_at_ = now + 1000 * ns_per_ms;
        fill_shelves();
    }
    PartyPeer::work();
    publish();
}

void WarehousePeer::publish() {
    std::vector<oms_observation> observations;
    for (const StockLevel& level : house_.take_stock_levels(port_.now())) {
        oms_observation observation = sdk::make<oms_observation>();
        observation.product = product(level.product);
        observation.source = source_;
        observation.field = sdk::observed::available;
        observation.value = level.available;
        observation.time = port_.now();
        if (observation.product != 0) observations.push_back(observation);
    }
    if (!observations.empty()) static_cast<void>(port_.observe(observations));
}

}  // namespace parties
