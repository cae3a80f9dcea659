// SPDX-License-Identifier: Apache-2.0
#include "books.hpp"

#include <algorithm>

namespace line {

void Books::opened(const oms_order_opened& order) {
    if (first_known_ == 0) first_known_ = order.order;
    if (order.channel == channel_) remember(order.order, std::string(sdk::view(order.key)));
}

void Books::remember(std::uint64_t order, std::string key) {
    if (!mine_.insert_or_assign(order, std::move(key)).second) return;
    age_.push_back(order);
    if (age_.size() <= most_orders) return;
    first_known_ = std::max(first_known_, age_.front() + 1);
    mine_.erase(age_.front());
    age_.pop_front();
}

const std::string* Books::key_of(std::uint64_t order) {
    if (order == 0) return nullptr;
    if (const auto known = mine_.find(order); known != mine_.end()) return &known->second;
    if (first_known_ != 0 && order >= first_known_) return nullptr;
    if (others_.contains(order)) return nullptr;
    bool found = false;
    std::string key;
    ask_order(0, {}, order, [&](const oms_record& record) {
        const auto* row = sdk::as<oms_order_row>(record);
        if (row == nullptr || row->order != order || row->channel != channel_) return;
        found = true;
        key = sdk::view(row->key);
    });
    if (!found) {
        if (others_.size() >= most_orders) others_.clear();
        others_.emplace(order, true);
        return nullptr;
    }
    remember(order, std::move(key));
    return &mine_.find(order)->second;
}

sdk::RouteDetails Books::details(std::uint64_t order, std::uint64_t route) {
    sdk::RouteDetails details(order, route);
    ask_order(0, {}, order, [&](const oms_record& record) { details.add(record); });
    return details;
}

std::string Books::code_of(std::uint32_t reference) const {
    const auto row = port_.describe(reference);
    return row ? std::string(sdk::view(row->code)) : "#" + std::to_string(reference);
}

std::uint32_t Books::find(std::uint32_t reference_class, std::string_view code) const {
    return port_.resolve(reference_class, code).value_or(0);
}

std::string Books::quantity_text(std::uint32_t product, std::int64_t quantity) const {
    const auto row = port_.describe(product);
    return sdk::format_decimal(quantity, row ? row->scale : 0);
}

std::string Books::price_text(std::uint32_t product, std::int64_t price) const {
    const auto row = port_.describe(product);
    return sdk::format_decimal(price, row ? row->price_scale : 0);
}

std::optional<std::int64_t> Books::quantity_of(std::uint32_t product, std::string_view text) const {
    const auto row = port_.describe(product);
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, row ? row->scale : 0);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<std::int64_t> Books::price_of(std::uint32_t product, std::string_view text) const {
    const auto row = port_.describe(product);
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, row ? row->price_scale : 0);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace line
