// SPDX-License-Identifier: Apache-2.0
// A small world for the tests of inside plugins: what they see through their view, set up by hand.
//
//     World world;
//     const auto cash = world.product("CASH", {.scale = 2});
//     const auto owner = world.account("owner");
//     const auto order = world.order(owner);
//     world.line(order, cash, OMS_direction_receive, 1250);
//     world.term(order, 0, field::limit_price, 99);
//
// It answers as the kernel does, and refuses keys and walks that the contract does not know. It
// decides nothing: counts and balances are what the test says they are. One thread.
#pragma once

#include <oms/abi/codes.h>
#include <oms/abi/view.h>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/record_info.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace oms::testkit {

/// Decimals of a product's quantity and price.
struct Scales {
    std::uint32_t scale = 0;
    std::uint32_t price_scale = 0;
};

class World {
public:
    World() {
        view_.size = sizeof(oms_view);
        view_.now = std::int64_t{1'700'000'000} * 1'000'000'000;
        view_.get = &World::get;
        view_.next = &World::next;
        view_.world = this;
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Good as long as the world.
    const oms_view* view() const { return &view_; }
    std::int64_t now() const { return view_.now; }
    void set_now(std::int64_t now) { view_.now = now; }

    // ---- reference entries --------------------------------------------------------------------

    std::uint32_t reference(std::uint32_t reference_class, std::string_view code,
                            Scales scales = {}, std::uint32_t group = 0) {
        oms_reference_row row = sdk::make<oms_reference_row>();
        row.reference = static_cast<std::uint32_t>(references_.size()) + 1;
        row.reference_class = reference_class;
        row.scale = scales.scale;
        row.price_scale = scales.price_scale;
        row.group = group;
        row.revision = 1;
        row.code = keep(code);
        references_[row.reference] = row;
        return row.reference;
    }
    std::uint32_t account(std::string_view code, std::uint32_t parent = 0) {
        return reference(OMS_class_account, code, {}, parent);
    }
    std::uint32_t product(std::string_view code, Scales scales = {},
                          std::uint32_t asset_class = 0) {
        return reference(OMS_class_product, code, scales, asset_class);
    }
    std::uint32_t destination(std::string_view code, std::uint32_t account = 0) {
        return reference(OMS_class_destination, code, {}, account);
    }
    std::uint32_t source(std::string_view code) { return reference(OMS_class_source, code); }
    oms_reference_row& reference_row(std::uint32_t reference) { return references_.at(reference); }

    /// A term of a reference entry; `product` is the one whose scale the number has.
    void reference_term(std::uint32_t reference, std::uint32_t field, std::int64_t number,
                        std::uint32_t product = 0) {
        set_term({reference, 0, 0, field}, OMS_term_type_number, number, product, {});
    }
    void reference_term(std::uint32_t reference, std::uint32_t field, std::string_view text) {
        set_term({reference, 0, 0, field}, OMS_term_type_text, 0, 0, text);
    }

    // ---- orders -------------------------------------------------------------------------------

    std::uint64_t order(std::uint32_t account, std::uint32_t order_kind = 0) {
        oms_order_row row = sdk::make<oms_order_row>();
        row.order = orders_.size() + 1;
        row.account = account;
        row.order_kind = order_kind;
        row.opened = view_.now;
        orders_[row.order] = row;
        return row.order;
    }
    oms_order_row& order_row(std::uint64_t order) { return orders_.at(order); }

    /// The next line of the order; its index.
    std::uint32_t line(std::uint64_t order, std::uint32_t product, std::uint32_t direction,
                       std::int64_t quantity, std::uint32_t role = 0) {
        oms_line_row row = sdk::make<oms_line_row>();
        row.order = order;
        row.line = orders_.at(order).lines++;
        row.product = product;
        row.direction = direction;
        row.role = role;
        row.parent_line = OMS_WHOLE_ORDER;
        row.ordered = quantity;
        lines_[{order, row.line}] = row;
        return row.line;
    }
    /// To set counts by. `unrouted` follows from the others.
    oms_line_row& line_row(std::uint64_t order, std::uint32_t line) {
        return lines_.at({order, line});
    }

    /// A term of a line or, with OMS_WHOLE_ORDER, of the order.
    void term(std::uint64_t order, std::uint32_t line, std::uint32_t field, std::int64_t number,
              std::uint32_t product = 0) {
        set_term({0, order, line, field}, OMS_term_type_number, number, product, {});
    }
    void term(std::uint64_t order, std::uint32_t line, std::uint32_t field, std::string_view text) {
        set_term({0, order, line, field}, OMS_term_type_text, 0, 0, text);
    }

    std::uint64_t route(std::uint64_t order, std::uint32_t destination, std::uint32_t flags = 0) {
        oms_route_row row = sdk::make<oms_route_row>();
        row.route = routes_.size() + 1;
        row.order = order;
        row.destination = destination;
        row.flags = flags;
        routes_[row.route] = row;
        ++orders_.at(order).routes;
        return row.route;
    }
    oms_route_row& route_row(std::uint64_t route) { return routes_.at(route); }
    /// All of `quantity` works there. The order's line is not touched.
    void route_line(std::uint64_t route, std::uint32_t line, std::int64_t quantity) {
        oms_route_line_row row = sdk::make<oms_route_line_row>();
        row.route = route;
        row.order = routes_.at(route).order;
        row.line = line;
        row.product = lines_.at({row.order, line}).product;
        row.ordered = quantity;
        row.working = quantity;
        route_lines_[{route, line}] = row;
    }
    oms_route_line_row& route_line_row(std::uint64_t route, std::uint32_t line) {
        return route_lines_.at({route, line});
    }
    std::uint64_t execution(std::uint64_t route, std::uint32_t line, std::int64_t quantity,
                            std::int64_t price) {
        oms_execution_row row = sdk::make<oms_execution_row>();
        row.execution = executions_.size() + 1;
        row.route = route;
        row.order = routes_.at(route).order;
        row.line = line;
        row.product = lines_.at({row.order, line}).product;
        row.state = OMS_execution_state_live;
        row.destination = routes_.at(route).destination;
        row.quantity = quantity;
        row.price = price;
        row.time = view_.now;
        executions_[row.execution] = row;
        return row.execution;
    }
    void offer(std::uint64_t route, std::uint32_t line, std::int64_t quantity, std::int64_t price,
               std::int64_t until) {
        oms_offer_row row = sdk::make<oms_offer_row>();
        row.route = route;
        row.order = routes_.at(route).order;
        row.line = line;
        row.product = lines_.at({row.order, line}).product;
        row.quantity = quantity;
        row.price = price;
        row.until = until;
        offers_.push_back(row);
    }

    // ---- books, values of the world, cells ----------------------------------------------------

    void balance(std::uint32_t account, std::uint32_t asset, std::int64_t balance,
                 std::int64_t held = 0, std::uint32_t bucket = OMS_bucket_on_hand) {
        oms_balance_row row = sdk::make<oms_balance_row>();
        row.account = account;
        row.asset = asset;
        row.bucket = bucket;
        row.balance = sdk::to_wide(balance);
        row.held = sdk::to_wide(held);
        row.available = sdk::to_wide(static_cast<sdk::Wide>(balance) - held);
        balances_[{asset, bucket, account}] = row;
    }
    /// Seen `age_ns` ago.
    void observe(std::uint32_t product, std::uint32_t field, std::int64_t value,
                 std::uint32_t source = 1, std::int64_t age_ns = 0) {
        oms_observation row = sdk::make<oms_observation>();
        row.product = product;
        row.source = source;
        row.field = field;
        row.value = value;
        row.time = view_.now - age_ns;
        observations_[{product, field, source}] = row;
    }
    void cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b, std::int64_t value) {
        oms_cell_row row = sdk::make<oms_cell_row>();
        row.cell = cell;
        row.key_a = key_a;
        row.key_b = key_b;
        row.value = value;
        cells_[{cell, key_a, key_b}] = row;
    }
    void erase_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b) {
        cells_.erase({cell, key_a, key_b});
    }
    bool has_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b) const {
        return cells_.contains({cell, key_a, key_b});
    }

    /// A copy of the text that lives as long as the world.
    oms_text keep(std::string_view text) {
        if (text.empty()) return {};
        const std::string& kept = texts_.emplace_back(text);
        return {kept.data(), kept.size()};
    }

private:
    struct FakeView : oms_view {
        const World* world = nullptr;
    };
    struct TermKey {
        std::uint32_t reference;
        std::uint64_t order;
        std::uint32_t line;
        std::uint32_t field;
        auto operator<=>(const TermKey&) const = default;
    };

    void set_term(const TermKey& key, std::uint32_t type, std::int64_t number,
                  std::uint32_t product, std::string_view text) {
        oms_term_row row = sdk::make<oms_term_row>();
        row.order = key.order;
        row.reference = key.reference;
        row.line = key.line;
        row.field = key.field;
        row.type = type;
        row.product = product;
        row.number = number;
        row.text = keep(text);
        terms_[key] = row;
    }

    /// As much of the row as the caller knows of.
    template <class Row>
    static oms_status give(const Row& row, oms_record* out) {
        if (out->kind != row.kind || out->size < sizeof(oms_record)) return OMS_INVALID;
        const std::uint32_t size = out->size;
        std::memcpy(static_cast<void*>(out), &row, std::min<std::size_t>(size, sizeof(Row)));
        out->size = size;
        return OMS_OK;
    }
    template <class Map, class Key>
    static oms_status give_at(const Map& map, const Key& key, oms_record* out) {
        const auto found = map.find(key);
        return found == map.end() ? OMS_NOT_FOUND : give(found->second, out);
    }

    static oms_status get(const oms_view* view, const oms_key* key, oms_record* row) {
        return static_cast<const FakeView*>(view)->world->get(*key, row);
    }
    oms_status get(const oms_key& key, oms_record* row) const {
        switch (key.kind) {
            case OMS_RECORD_order_row: return give_at(orders_, key.id, row);
            case OMS_RECORD_line_row: {
                const auto found = lines_.find({key.id, key.part});
                return found == lines_.end() ? OMS_NOT_FOUND : give(counted(found->second), row);
            }
            case OMS_RECORD_term_row:
                return give_at(
                    terms_,
                    TermKey{key.reference, key.id, key.reference == 0 ? key.part : 0, key.field},
                    row);
            case OMS_RECORD_route_row: return give_at(routes_, key.id, row);
            case OMS_RECORD_execution_row: return give_at(executions_, key.id, row);
            case OMS_RECORD_balance_row:
                return give_at(balances_, std::tuple(key.other, key.field, key.reference), row);
            case OMS_RECORD_reference_row: return give_at(references_, key.reference, row);
            case OMS_RECORD_observation: return observation(key, row);
            case OMS_RECORD_cell_row:
                return give_at(cells_, std::tuple(key.field, key.id, key.other_id), row);
            default: return OMS_INVALID;
        }
    }
    oms_status observation(const oms_key& key, oms_record* row) const {
        const oms_observation* newest = nullptr;
        for (const auto& [where, value] : observations_) {
            const auto& [product, field, source] = where;
            if (product != key.reference || field != key.field) continue;
            if (key.other != 0 && source != key.other) continue;
            if (newest == nullptr || value.time > newest->time) newest = &value;
        }
        return newest == nullptr ? OMS_NOT_FOUND : give(*newest, row);
    }

    static oms_status next(const oms_view* view, oms_walk* walk, oms_record* row) {
        return static_cast<const FakeView*>(view)->world->next(*walk, row);
    }
    /// Gives the row at `walk.position` among those for which `wanted` holds.
    template <class Range, class Wanted>
    static oms_status step(const Range& range, oms_walk& walk, oms_record* row, Wanted wanted) {
        std::uint64_t position = 0;
        for (const auto& entry : range)
            if (wanted(entry) && position++ == walk.position) {
                ++walk.position;
                return give(entry, row);
            }
        return OMS_NOT_FOUND;
    }
    template <class Map>
    static auto rows_of(const Map& map) {
        std::vector<typename Map::mapped_type> rows;
        for (const auto& [key, row] : map) rows.push_back(row);
        return rows;
    }
    oms_status next(oms_walk& walk, oms_record* row) const {
        const auto of_order = [&](const auto& entry) { return entry.order == walk.id; };
        switch (walk.kind) {
            case OMS_RECORD_line_row: {
                auto rows = rows_of(lines_);
                for (oms_line_row& line : rows) line = counted(line);
                return step(rows, walk, row, of_order);
            }
            case OMS_RECORD_term_row:
                return step(rows_of(terms_), walk, row, [&](const oms_term_row& term) {
                    return term.reference == 0 && term.order == walk.id;
                });
            case OMS_RECORD_route_row: return step(rows_of(routes_), walk, row, of_order);
            case OMS_RECORD_route_line_row:
                return step(rows_of(route_lines_), walk, row,
                            [&](const oms_route_line_row& line) { return line.route == walk.id; });
            case OMS_RECORD_execution_row: return step(rows_of(executions_), walk, row, of_order);
            case OMS_RECORD_offer_row: return step(offers_, walk, row, of_order);
            case OMS_RECORD_balance_row:
                return step(rows_of(balances_), walk, row, [&](const oms_balance_row& balance) {
                    return balance.asset == walk.other && balance.bucket == walk.field;
                });
            case OMS_RECORD_reference_row:
                return step(rows_of(references_), walk, row, [&](const oms_reference_row& entry) {
                    return entry.reference_class == walk.other;
                });
            case OMS_RECORD_observation:
                return step(rows_of(observations_), walk, row, [&](const oms_observation& value) {
                    return value.product == walk.reference && value.field == walk.field;
                });
            default: return OMS_INVALID;
        }
    }

    static oms_line_row counted(oms_line_row line) {
        line.unrouted = line.ordered + line.over - line.working - line.done - line.cancelled;
        return line;
    }

    FakeView view_{};
    std::deque<std::string> texts_;
    std::map<std::uint32_t, oms_reference_row> references_;
    std::map<std::uint64_t, oms_order_row> orders_;
    std::map<std::pair<std::uint64_t, std::uint32_t>, oms_line_row> lines_;
    std::map<TermKey, oms_term_row> terms_;
    std::map<std::uint64_t, oms_route_row> routes_;
    std::map<std::pair<std::uint64_t, std::uint32_t>, oms_route_line_row> route_lines_;
    std::map<std::uint64_t, oms_execution_row> executions_;
    std::vector<oms_offer_row> offers_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, oms_balance_row> balances_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, oms_observation>
        observations_;
    std::map<std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>, oms_cell_row> cells_;
};

}  // namespace oms::testkit
