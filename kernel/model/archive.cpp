// SPDX-License-Identifier: Apache-2.0
#include "model/archive.hpp"

#include "model/archive_digest.hpp"
#include "model/assert.hpp"
#include "model/codec.hpp"

#include <algorithm>
#include <iterator>

namespace oms {

namespace {

/// With each fact so many go that a reader knows: so what is held shrinks as fast as it grew, and
/// no decision carries the weight of all.
constexpr int shed_at_once = 4;

}  // namespace

std::string by_destination(std::uint32_t destination, std::string_view ref) {
    std::string key(reinterpret_cast<const char*>(&destination), sizeof destination);
    key += ref;
    return key;
}

ArchivedKeys keys_of_archived(std::string_view effects) {
    ArchivedKeys keys;
    Decoder decoder;
    if (effects.empty() || !decoder.decode(effects)) return keys;
    std::uint32_t destination = 0;
    for (const oms_record& record : sdk::Records(decoder.view())) {
        if (const auto* opened = sdk::as<oms_route_opened>(record)) {
            destination = opened->destination;
            keys.routes.push_back(opened->route);
        } else if (const auto* changed = sdk::as<oms_route_changed>(record)) {
            keys.refs.emplace_back(destination, sdk::view(changed->external_ref));
        }
    }
    return keys;
}

Error archived_order_gone(std::uint64_t order) {
    return {error_archive_damaged, "order " + std::to_string(order),
            "the order was retired and is not in the archive", remove_the_archive};
}

void Archive::read_from(ArchiveReader* reader, std::uint64_t seq) {
    reader_ = reader;
    through_ = seq;
}

void Archive::restore(std::uint64_t size, const ArchiveDigest& digest) {
    size_ = size;
    digest_ = digest;
}

const Archive::Fact* Archive::newest(std::uint64_t order) const {
    const auto found = newest_.find(order);
    return found == newest_.end() ? nullptr : &fact(found->second);
}

void Archive::push(Fact fact) {
    const std::uint64_t number = first_number_ + facts_.size();
    std::uint64_t& known = newest_[fact.order];
    fact.previous = known;
    known = number;
    bytes_held_ += fact.effects.size();
    facts_.push_back(std::move(fact));
}

void Archive::retire(std::uint64_t seq, std::uint64_t order, std::string effects) {
    ++size_;
    digest_.add(digest_of_archived(order, effects));
    push({seq, order, std::move(effects)});
    index(facts_.back(), true);
    if (fetched_order_ == order) fetched_order_ = 0;
    shed(seq);
}

void Archive::recall(std::uint64_t seq, std::uint64_t order) {
    const Result<const std::string*> effects = find(order);
    OMS_ASSERT(effects && *effects != nullptr);
    --size_;
    digest_.subtract(digest_of_archived(order, **effects));
    if (const Fact* known = newest(order)) index(*known, false);
    push({seq, order, {}});
    shed(seq);
}

void Archive::take_back_recall() {
    const Fact gone = std::move(facts_.back());
    OMS_ASSERT(gone.effects.empty());
    facts_.pop_back();
    // What was there before may have been shed since: then it is the reader's.
    if (gone.previous < first_number_) {
        newest_.erase(gone.order);
    } else {
        newest_[gone.order] = gone.previous;
        index(fact(gone.previous), true);
    }
    const Result<const std::string*> effects = find(gone.order);
    OMS_ASSERT(effects && *effects != nullptr);
    ++size_;
    digest_.add(digest_of_archived(gone.order, **effects));
}

void Archive::index(const Fact& fact, bool present) {
    const ArchivedKeys keys = keys_of_archived(fact.effects);
    for (const std::uint64_t route : keys.routes) {
        if (present)
            routes_[route] = fact.order;
        else
            routes_.erase(route);
    }
    for (const auto& [destination, ref] : keys.refs) {
        const std::pair key(by_destination(destination, ref), fact.order);
        if (present)
            refs_.insert(key);
        else
            refs_.erase(key);
    }
}

/// What the reader knows need not be held. In the middle of a decision it is asked about the one
/// before: what this one retired and recalled is held.
void Archive::shed(std::uint64_t seq) {
    if (reader_ == nullptr) return;
    through_ = std::max(through_, std::min(reader_->through(), seq - 1));
    for (int left = shed_at_once; left > 0 && !facts_.empty(); --left) {
        const Fact& oldest = facts_.front();
        if (oldest.seq > through_) return;
        const auto known = newest_.find(oldest.order);
        if (known->second == first_number_) {
            newest_.erase(known);
            index(oldest, false);
        }
        bytes_held_ -= oldest.effects.size();
        facts_.pop_front();
        ++first_number_;
    }
}

Result<const std::string*> Archive::find(std::uint64_t order) const {
    if (const Fact* known = newest(order))
        return known->effects.empty() ? nullptr : &known->effects;
    if (reader_ == nullptr || order == 0) return nullptr;
    if (fetched_order_ == order) return &fetched_;
    Result<std::optional<std::string>> read = reader_->effects(order, through_);
    if (!read) return tl::unexpected(std::move(read.error()));
    if (!*read) return nullptr;
    fetched_ = std::move(**read);
    fetched_order_ = order;
    ++reads_;
    return &fetched_;
}

Result<std::uint64_t> Archive::find_route(std::uint64_t route) const {
    const auto found = routes_.find(route);
    if (found != routes_.end()) return found->second;
    if (reader_ == nullptr) return 0;
    const Result<std::uint64_t> order = reader_->order_of_route(route, through_);
    // What a held fact says of an order counts.
    if (order && newest(*order) != nullptr) return 0;
    return order;
}

Result<std::uint64_t> Archive::find_ref(std::uint32_t destination, std::string_view ref) const {
    const std::string key = by_destination(destination, ref);
    const auto above = refs_.upper_bound({key, ~std::uint64_t{0}});
    const bool is_held = above != refs_.begin() && std::prev(above)->first == key;
    const std::uint64_t held = is_held ? std::prev(above)->second : 0;
    if (reader_ == nullptr) return held;
    const Result<std::vector<std::uint64_t>> read =
        reader_->orders_of_ref(destination, ref, through_);
    if (!read) return tl::unexpected(read.error());
    for (const std::uint64_t order : *read)
        if (newest(order) == nullptr) return std::max(order, held);
    return held;
}

}  // namespace oms
