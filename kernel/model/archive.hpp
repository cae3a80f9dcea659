// SPDX-License-Identifier: Apache-2.0
// Retired orders: each as the effects that make it again. Memory holds what was retired and
// recalled since a reader knows of it; the rest is asked for when somebody names it, which is
// seldom.
#pragma once

#include "model/archive_reader.hpp"

#include <oms/sdk/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oms {

/// A party's own name for a route, within the party.
std::string by_destination(std::uint32_t destination, std::string_view ref);

/// By what a party names an archived order.
struct ArchivedKeys {
    std::vector<std::uint64_t> routes;
    std::vector<std::pair<std::uint32_t, std::string>> refs;  ///< destination and its own name
};
ArchivedKeys keys_of_archived(std::string_view effects);

/// A retired order is not in the archive.
Error archived_order_gone(std::uint64_t order);

class Archive {
public:
    /// An order was retired, or (without effects) recalled, by the decision `seq`.
    struct Fact {
        std::uint64_t seq = 0;
        std::uint64_t order = 0;
        std::string effects;
        std::uint64_t previous = 0;  ///< number of the order's fact before this one; 0: none
    };

    /// What was retired and recalled up to `seq` is the reader's. Null: all of it is held here.
    void read_from(ArchiveReader* reader, std::uint64_t seq);

    void retire(std::uint64_t seq, std::uint64_t order, std::string effects);
    /// The order was found before.
    void recall(std::uint64_t seq, std::uint64_t order);
    /// The order's last recall did not happen.
    void take_back_recall();

    /// The order's effects, good until the next call; null: it is not retired.
    Result<const std::string*> find(std::uint64_t order) const;
    /// The order that the party's route belongs to; 0: none.
    Result<std::uint64_t> find_route(std::uint64_t route) const;
    /// The newest, where a party has used its name for a route again.
    Result<std::uint64_t> find_ref(std::uint32_t destination, std::string_view ref) const;

    /// Of all that are retired, wherever they lie.
    std::uint64_t size() const { return size_; }
    const ArchiveDigest& digest() const { return digest_; }
    void restore(std::uint64_t size, const ArchiveDigest& digest);

    /// What is held here, oldest first; some of it the reader may know already.
    const std::deque<Fact>& facts() const { return facts_; }
    std::size_t bytes_held() const { return bytes_held_; }
    /// How many orders were read from the reader.
    std::uint64_t reads() const { return reads_; }

private:
    const Fact& fact(std::uint64_t number) const { return facts_[number - first_number_]; }
    const Fact* newest(std::uint64_t order) const;
    void push(Fact fact);
    void index(const Fact& fact, bool present);
    void shed(std::uint64_t seq);

    ArchiveReader* reader_ = nullptr;
    std::uint64_t through_ = 0;  ///< what the reader is asked about
    std::uint64_t size_ = 0;
    ArchiveDigest digest_;
    std::deque<Fact> facts_;  ///< numbered on from first_number_
    std::uint64_t first_number_ = 1;
    std::size_t bytes_held_ = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> newest_;  ///< by order, the number of its fact
    // Of the orders that are retired by a fact that is held.
    std::unordered_map<std::uint64_t, std::uint64_t> routes_;
    std::set<std::pair<std::string, std::uint64_t>> refs_;  ///< destination and ref, to the order
    // What was read last: whoever looks before he acts reads once.
    mutable std::uint64_t fetched_order_ = 0;
    mutable std::string fetched_;
    mutable std::uint64_t reads_ = 0;
};

}  // namespace oms
