// SPDX-License-Identifier: Apache-2.0
#include "venue_peer.hpp"

#include "shared/words.hpp"

#include <exception>

namespace parties {

void VenuePeer::prepare() {
    source_ = worker_->desk().reference(OMS_class_source, lists_.source);
    list_products();
}

void VenuePeer::opened() { answer_the_phone(); }

/// Lists what is configured and defined by now; the others wait.
void VenuePeer::list_products() {
    std::erase_if(lists_.listings, [&](const std::string& text) {
        const std::vector<std::string> words = words_of("listings", text, 2, 5);
        const auto found = port_.resolve(OMS_class_product, words[0]);
        const auto row = found ? port_.describe(*found) : std::nullopt;
        if (!row) return false;
        Listing listing;
        listing.product = words[0];
        listing.price = decimal_of("listings", words[1], row->price_scale);
        if (words.size() > 2) listing.tick = decimal_of("listings", words[2], row->price_scale);
        if (words.size() > 3) listing.lot = decimal_of("listings", words[3], row->scale);
        listing.quote_size =
            words.size() > 4 ? decimal_of("listings", words[4], row->scale) : 100 * listing.lot;
        if (listing.price <= 0 || listing.tick <= 0 || listing.lot <= 0 || listing.quote_size <= 0)
            throw std::invalid_argument("setting `listings`: \"" + text +
                                        "\" has a number that is not above zero");
        listing.half_spread_ticks = lists_.half_spread_ticks;
        listing.levels = lists_.levels;
        venue_.list(listing);
        return true;
    });
}

void VenuePeer::answer_the_phone() {
    std::erase_if(lists_.phone_orders, [&](const std::string& text) {
        const std::vector<std::string> words = words_of("phone_orders", text, 4, 5);
        if (!venue_.lists(words[1])) return false;
        const auto row = port_.describe(product(words[1]));
        Item item;
        item.product = words[1];
        item.receives = words[2] == "receive";
        if (!item.receives && words[2] != "deliver")
            throw std::invalid_argument("setting `phone_orders`: \"" + words[2] +
                                        "\" is neither receive nor deliver");
        item.quantity = decimal_of("phone_orders", words[3], row->scale);
        if (words.size() > 4) item.price = decimal_of("phone_orders", words[4], row->price_scale);
        venue_.enter_by_phone(words[0], item, port_.now());
        return true;
    });
}

void VenuePeer::work() {
    const std::int64_t now = port_.now();
    if (now >= look_again_at_) {
        look_again_at_ = now + 1000 * ns_per_ms;
        list_products();
        answer_the_phone();
    }
    PartyPeer::work();
    publish();
}

void VenuePeer::publish() {
    namespace observed = sdk::observed;
    const std::int64_t now = port_.now();
    observations_.clear();
    for (const MarketData& data : venue_.take_market_data(now)) {
        const std::uint32_t traded = product(data.product);
        if (traded == 0) continue;
        // Where nobody is there is no price: the last one stands, with a size of zero.
        if (data.bid.quantity > 0) observe(traded, observed::bid, data.bid.price, now);
        observe(traded, observed::bid_size, data.bid.quantity, now);
        if (data.ask.quantity > 0) observe(traded, observed::ask, data.ask.price, now);
        observe(traded, observed::ask_size, data.ask.quantity, now);
        if (data.last != 0) observe(traded, observed::last, data.last, now);
    }
    // Only the newest value counts: what finds no room now is followed by another soon.
    if (!observations_.empty()) static_cast<void>(port_.observe(observations_));
}

void VenuePeer::observe(std::uint32_t product, std::uint32_t field, std::int64_t value,
                        std::int64_t now) {
    oms_observation observation = sdk::make<oms_observation>();
    observation.product = product;
    observation.source = source_;
    observation.field = field;
    observation.value = value;
    observation.time = now;
    observations_.push_back(observation);
}

}  // namespace parties
