// SPDX-License-Identifier: Apache-2.0
// What a session has to look up: names, scales, and whose an order is.
#pragma once

#include "shared_desk.hpp"

#include <oms/sdk/route_details.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace line {

/// One session's view of the kernel. One thread at a time, but for `desk`.
class Books {
public:
    static constexpr std::size_t most_orders = 100'000;  ///< remembered; others are looked up again

    Books(const sdk::Port& port, SharedDesk& desk, std::uint32_t channel)
        : port_(port), desk_(desk), channel_(channel) {}

    const sdk::Port& port() const { return port_; }
    std::uint32_t channel() const { return channel_; }

    /// An order was opened, on this channel or on another.
    void opened(const oms_order_opened& order);
    /// The key of an order that came by this channel; nothing: it came another way.
    const std::string* key_of(std::uint64_t order);

    /// An order with everything that belongs to it, as it is now.
    sdk::RouteDetails details(std::uint64_t order, std::uint64_t route);

    std::string code_of(std::uint32_t reference) const;
    std::uint32_t find(std::uint32_t reference_class, std::string_view code) const;
    std::string quantity_text(std::uint32_t product, std::int64_t quantity) const;
    std::string price_text(std::uint32_t product, std::int64_t price) const;
    /// Nothing: it is no decimal at the product's scale.
    std::optional<std::int64_t> quantity_of(std::uint32_t product, std::string_view text) const;
    std::optional<std::int64_t> price_of(std::uint32_t product, std::string_view text) const;

    /// Rows of one order by its key, or by its id where the key is empty.
    template <class TakeRow>
    void ask_order(std::uint32_t origin, std::string_view key, std::uint64_t order, TakeRow take) {
        oms_query query = sdk::make<oms_query>();
        query.subject = OMS_subject_order;
        query.origin = origin;
        query.key = sdk::text(key);
        query.id = order;
        desk_.ask(query, take);
    }

private:
    void remember(std::uint64_t order, std::string key);

    const sdk::Port& port_;
    SharedDesk& desk_;
    std::uint32_t channel_;
    std::uint64_t first_known_ = 0;  ///< orders from this one on are known by what was remembered
    std::unordered_map<std::uint64_t, std::string> mine_;
    std::deque<std::uint64_t> age_;
    std::unordered_map<std::uint64_t, bool> others_;  ///< older ones that were looked up
};

}  // namespace line
