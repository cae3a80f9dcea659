// SPDX-License-Identifier: Apache-2.0
// The world as an inside plugin sees it during one call.
//
// Kernel thread, never blocks; good for the call that handed it over, and so are the texts in what
// it returns. Rows are the records of records.def by value: oms_order_row, oms_line_row, ...
// Quantities are at the scale of their product, prices at its price scale, amounts at the scale of
// their asset; see `scale` and `price_scale` of the product's oms_reference_row.
// What must be there (an order, a line, a reference) throws CallError when it is not; what may be
// absent (a term, an observation, a cell) comes as std::optional.
#pragma once

#include <oms/abi/view.h>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/record_info.hpp>

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace oms::sdk {

/// The `line` of a term or an opinion that belongs to no single line.
inline constexpr std::uint32_t whole_order = OMS_WHOLE_ORDER;

/// Entities of one kind in a fixed order: `for (const oms_line_row& line : view.lines(order))`.
template <class Row>
class Rows {
public:
    class Iterator {
    public:
        using value_type = Row;
        using difference_type = std::ptrdiff_t;
        using reference = const Row&;
        using pointer = const Row*;
        using iterator_category = std::input_iterator_tag;

        Iterator(const oms_view* view, const oms_walk& walk) : view_(view), walk_(walk) { fetch(); }
        reference operator*() const { return row_; }
        pointer operator->() const { return &row_; }
        Iterator& operator++() {
            fetch();
            return *this;
        }
        void operator++(int) { fetch(); }
        bool operator==(std::default_sentinel_t) const { return view_ == nullptr; }

    private:
        void fetch() {
            row_ = make<Row>();
            const oms_status status =
                view_->next(view_, &walk_, reinterpret_cast<oms_record*>(&row_));
            if (status == OMS_NOT_FOUND) {
                view_ = nullptr;
                return;
            }
            if (status != OMS_OK) throw CallError(status, "the host refused to walk on");
        }
        const oms_view* view_;
        oms_walk walk_;
        Row row_{};
    };

    Rows(const oms_view* view, const oms_walk& walk) : view_(view), walk_(walk) {}
    Iterator begin() const { return {view_, walk_}; }
    std::default_sentinel_t end() const { return {}; }

private:
    const oms_view* view_;
    oms_walk walk_;
};

class View {
public:
    explicit View(const oms_view* raw) : raw_(raw) {}

    /// The kernel's time of this input, ns since 1970 UTC. There is no other clock for a decision.
    std::int64_t now() const { return raw_->now; }

    // ---- orders -----------------------------------------------------------------------------

    oms_order_row order(std::uint64_t order) const {
        return expect<oms_order_row>({.id = order}, "order", order);
    }
    oms_line_row line(std::uint64_t order, std::uint32_t line) const {
        return expect<oms_line_row>({.part = line, .id = order}, "line", line);
    }
    oms_route_row route(std::uint64_t route) const {
        return expect<oms_route_row>({.id = route}, "route", route);
    }
    oms_execution_row execution(std::uint64_t execution) const {
        return expect<oms_execution_row>({.id = execution}, "execution", execution);
    }
    Rows<oms_line_row> lines(std::uint64_t order) const {
        return walk<oms_line_row>({.id = order});
    }
    Rows<oms_route_row> routes(std::uint64_t order) const {
        return walk<oms_route_row>({.id = order});
    }
    Rows<oms_route_line_row> route_lines(std::uint64_t route) const {
        return walk<oms_route_line_row>({.id = route});
    }
    Rows<oms_execution_row> executions(std::uint64_t order) const {
        return walk<oms_execution_row>({.id = order});
    }
    Rows<oms_offer_row> offers(std::uint64_t order) const {
        return walk<oms_offer_row>({.id = order});
    }

    // ---- terms of orders and lines ------------------------------------------------------------

    /// Exactly this term: the line's own, or with `whole_order` the order's own.
    std::optional<oms_term_row> term(std::uint64_t order, std::uint32_t line,
                                     std::uint32_t field) const {
        return find<oms_term_row>({.part = line, .field = field, .id = order});
    }
    /// The number of the line's own term or, where it has none, of the order's.
    std::optional<std::int64_t> number(std::uint64_t order, std::uint32_t line,
                                       std::uint32_t field) const {
        const std::optional<oms_term_row> row = effective(order, line, field);
        if (!row || row->type != OMS_term_type_number) return std::nullopt;
        return row->number;
    }
    /// The text of the line's own term or, where it has none, of the order's.
    std::optional<std::string_view> text(std::uint64_t order, std::uint32_t line,
                                         std::uint32_t field) const {
        const std::optional<oms_term_row> row = effective(order, line, field);
        if (!row || row->type != OMS_term_type_text) return std::nullopt;
        return sdk::view(row->text);
    }
    Rows<oms_term_row> terms(std::uint64_t order) const {
        return walk<oms_term_row>({.id = order});
    }

    // ---- reference entries --------------------------------------------------------------------

    oms_reference_row reference(std::uint32_t reference) const {
        return expect<oms_reference_row>({.reference = reference}, "reference", reference);
    }
    std::optional<oms_term_row> reference_term(std::uint32_t reference, std::uint32_t field) const {
        return find<oms_term_row>({.reference = reference, .field = field});
    }
    std::optional<std::int64_t> reference_number(std::uint32_t reference,
                                                 std::uint32_t field) const {
        const std::optional<oms_term_row> row = reference_term(reference, field);
        if (!row || row->type != OMS_term_type_number) return std::nullopt;
        return row->number;
    }
    std::optional<std::string_view> reference_text(std::uint32_t reference,
                                                   std::uint32_t field) const {
        const std::optional<oms_term_row> row = reference_term(reference, field);
        if (!row || row->type != OMS_term_type_text) return std::nullopt;
        return sdk::view(row->text);
    }
    /// Entries of a class, OMS_class_...; by reference.
    Rows<oms_reference_row> references(std::uint32_t reference_class) const {
        return walk<oms_reference_row>({.other = reference_class});
    }

    // ---- the books ----------------------------------------------------------------------------

    /// All zero where nothing was ever posted or held.
    oms_balance_row balance(std::uint32_t account, std::uint32_t asset,
                            std::uint32_t bucket = OMS_bucket_on_hand) const {
        const std::optional<oms_balance_row> row =
            find<oms_balance_row>({.reference = account, .other = asset, .field = bucket});
        if (row) return *row;
        oms_balance_row empty = make<oms_balance_row>();
        empty.account = account;
        empty.asset = asset;
        empty.bucket = bucket;
        return empty;
    }
    /// The balance less what is held of it.
    Wide available(std::uint32_t account, std::uint32_t asset,
                   std::uint32_t bucket = OMS_bucket_on_hand) const {
        return to_int128(balance(account, asset, bucket).available);
    }
    /// Every account's balance of an asset; by account.
    Rows<oms_balance_row> balances(std::uint32_t asset,
                                   std::uint32_t bucket = OMS_bucket_on_hand) const {
        return walk<oms_balance_row>({.other = asset, .field = bucket});
    }

    // ---- values of the world ------------------------------------------------------------------

    /// The last value; of the newest of all sources when `source` is 0. The decision records it.
    std::optional<oms_observation> observation(std::uint32_t product, std::uint32_t field,
                                               std::uint32_t source = 0) const {
        return find<oms_observation>({.reference = product, .other = source, .field = field});
    }
    /// The last value of each source; by source.
    Rows<oms_observation> observations(std::uint32_t product, std::uint32_t field) const {
        return walk<oms_observation>({.reference = product, .field = field});
    }

    // ---- the plugin's own cells ---------------------------------------------------------------

    /// `cell` is the number that the manifest gives to a cell or to a value column of a table.
    std::optional<std::int64_t> cell(std::uint32_t cell, std::uint64_t key_a,
                                     std::uint64_t key_b = 0) const {
        const std::optional<oms_cell_row> row =
            find<oms_cell_row>({.field = cell, .id = key_a, .other_id = key_b});
        if (!row) return std::nullopt;
        return row->value;
    }

    const oms_view* raw() const { return raw_; }

private:
    /// What of oms_key and oms_walk matters, by name, and the rest zero.
    struct Key {
        std::uint32_t reference = 0;
        std::uint32_t other = 0;
        std::uint32_t part = 0;
        std::uint32_t field = 0;
        std::uint64_t id = 0;
        std::uint64_t other_id = 0;
    };

    template <class Row>
    std::optional<Row> find(const Key& wanted) const {
        const oms_key key{kind_of<Row>, wanted.reference, wanted.other,
                          wanted.part,  wanted.field,     0,
                          wanted.id,    wanted.other_id};
        Row row = make<Row>();
        const oms_status status = raw_->get(raw_, &key, reinterpret_cast<oms_record*>(&row));
        if (status == OMS_OK) return row;
        if (status == OMS_NOT_FOUND) return std::nullopt;
        throw CallError(
            status, "the host refused to look up a record of kind " + std::to_string(kind_of<Row>));
    }
    template <class Row>
    Row expect(const Key& wanted, std::string_view what, std::uint64_t id) const {
        if (std::optional<Row> row = find<Row>(wanted)) return *row;
        throw CallError(OMS_NOT_FOUND,
                        "there is no " + std::string(what) + " " + std::to_string(id));
    }
    template <class Row>
    Rows<Row> walk(const Key& from) const {
        return {raw_, {kind_of<Row>, from.reference, from.other, from.field, from.id, 0}};
    }
    std::optional<oms_term_row> effective(std::uint64_t order, std::uint32_t line,
                                          std::uint32_t field) const {
        std::optional<oms_term_row> row = term(order, line, field);
        if (!row && line != whole_order) row = term(order, whole_order, field);
        return row;
    }

    const oms_view* raw_;
};

}  // namespace oms::sdk
