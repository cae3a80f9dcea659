// SPDX-License-Identifier: Apache-2.0
// An archive that answers by walking over all that it was ever told: slow, and plainly right.
#pragma once

#include "model/archive.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace oms::test {

class MemoryArchive final : public ArchiveReader {
public:
    /// Everything that is held and not known yet, up to a decision that is over.
    void take(const Archive& archive, std::uint64_t seq) {
        for (const Archive::Fact& fact : archive.facts()) {
            if (fact.seq <= through_) continue;
            std::vector<Stay>& stays = stays_[fact.order];
            if (fact.effects.empty()) {
                if (!stays.empty()) stays.back().recalled = fact.seq;
            } else {
                stays.push_back({fact.seq, ~std::uint64_t{0}, fact.effects});
            }
        }
        through_ = seq;
    }

    std::uint64_t through() const noexcept override { return through_; }
    Result<std::optional<std::string>> effects(std::uint64_t order, std::uint64_t seq) override {
        ++reads;
        const auto found = stays_.find(order);
        if (found == stays_.end()) return std::nullopt;
        for (const Stay& stay : found->second)
            if (stay.retired <= seq && seq < stay.recalled) return stay.effects;
        return std::nullopt;
    }
    Result<std::uint64_t> order_of_route(std::uint64_t route, std::uint64_t seq) override {
        const auto all = orders_with(seq, [&](const ArchivedKeys& keys) {
            return std::count(keys.routes.begin(), keys.routes.end(), route) > 0;
        });
        return all.empty() ? 0 : all.front();
    }
    Result<std::vector<std::uint64_t>> orders_of_ref(std::uint32_t destination,
                                                     std::string_view ref,
                                                     std::uint64_t seq) override {
        return orders_with(seq, [&](const ArchivedKeys& keys) {
            return std::count(keys.refs.begin(), keys.refs.end(),
                              std::pair(destination, std::string(ref))) > 0;
        });
    }

    std::uint64_t reads = 0;

private:
    struct Stay {
        std::uint64_t retired = 0;
        std::uint64_t recalled = 0;
        std::string effects;
    };

    template <class Holds>
    std::vector<std::uint64_t> orders_with(std::uint64_t seq, Holds holds) {
        ++reads;
        std::vector<std::uint64_t> orders;
        for (auto at = stays_.rbegin(); at != stays_.rend(); ++at)
            for (const Stay& stay : at->second)
                if (stay.retired <= seq && seq < stay.recalled &&
                    holds(keys_of_archived(stay.effects)))
                    orders.push_back(at->first);
        return orders;
    }

    std::map<std::uint64_t, std::vector<Stay>> stays_;
    std::uint64_t through_ = 0;
};

}  // namespace oms::test
