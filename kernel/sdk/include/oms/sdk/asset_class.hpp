// SPDX-License-Identifier: Apache-2.0
// Capability "oms.asset_class/1": what the products of a class mean in quantities and money.
#pragma once

#include <oms/abi/asset_class.h>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/record_info.hpp>
#include <oms/sdk/sink.hpp>
#include <oms/sdk/view.hpp>

#include <cstdint>
#include <string_view>

namespace oms::sdk {

struct LineCall {
    std::uint64_t order;
    std::uint32_t line;
    std::uint64_t route;        ///< reserve: 0 for the order's line, else for the route's line
    std::uint32_t destination;  ///< of that route, otherwise 0
    std::int64_t quantity;      ///< reserve: what is still open of the line
};

struct ExecutionCall {
    std::uint64_t order;
    std::uint32_t line;
    std::uint64_t route;
    std::uint32_t destination;  ///< 0: handed down by a block
    std::uint32_t product;
    std::uint32_t account;  ///< the order's
    std::uint32_t
        counterparty;  ///< the account on the other side: the destination's or the block's
    std::int64_t quantity;
    std::int64_t price;  ///< at the product's price scale
    bool reverse;        ///< undo what the same numbers posted before
};

/// What must be held while a line is open: at most four assets. Amounts are above zero, at the
/// scale of their asset.
class Holds : public Sink {
public:
    using Sink::Sink;

    void hold(std::uint32_t account, std::uint32_t asset, std::int64_t amount,
              std::uint32_t bucket = OMS_bucket_on_hand) const {
        expect(raw()->hold(raw(), account, asset, bucket, amount), "a hold");
    }
};

/// The legs of an execution beside the product's own. Amounts are above zero.
class Transfers : public Sink {
public:
    using Sink::Sink;

    void transfer(std::uint32_t from, std::uint32_t to, std::uint32_t asset, std::int64_t amount,
                  std::uint32_t from_bucket = OMS_bucket_on_hand,
                  std::uint32_t to_bucket = OMS_bucket_on_hand) const {
        oms_transfer transfer = make<oms_transfer>();
        transfer.from = from;
        transfer.to = to;
        transfer.asset = asset;
        transfer.from_bucket = from_bucket;
        transfer.to_bucket = to_bucket;
        transfer.amount = amount;
        expect(raw()->transfer(raw(), &transfer), "a transfer");
    }
};

/// All functions: kernel thread, must not block, keep no state between calls. An exception makes
/// the decision fail closed.
class AssetClass : public virtual Plugin {
public:
    /// Is the line sound: tick, lot, unit, required terms? Says at least one opinion.
    virtual void validate(const LineCall& call, const View& view, const Opinions& say) = 0;

    /// Says what is held while `call.quantity` is open, or nothing. Called again after each change:
    /// the same call must give the same holds, and less open quantity never more.
    virtual void reserve(const LineCall& call, const View& view, const Holds& say) = 0;

    /// Says the transfers of an execution beside the product's own leg, which the kernel posts.
    virtual void post(const ExecutionCall& call, const View& view, const Transfers& say) = 0;
};

template <class Class>
struct AssetClassTable {
    static constexpr std::string_view id = OMS_CAPABILITY_ASSET_CLASS;

    static LineCall line_call(const oms_line_call& call) {
        return {call.order, call.line, call.route, call.destination, call.quantity};
    }
    static oms_status validate(oms_plugin* plugin, const oms_line_call* call, const oms_view* view,
                               const oms_sink* sink) noexcept {
        return Instance<Class>::guarded(plugin, "validate", [&](AssetClass& asset_class) {
            asset_class.validate(line_call(*call), View(view), Opinions(sink));
        });
    }
    static oms_status reserve(oms_plugin* plugin, const oms_line_call* call, const oms_view* view,
                              const oms_sink* sink) noexcept {
        return Instance<Class>::guarded(plugin, "reserve", [&](AssetClass& asset_class) {
            asset_class.reserve(line_call(*call), View(view), Holds(sink));
        });
    }
    static oms_status post(oms_plugin* plugin, const oms_execution_call* call, const oms_view* view,
                           const oms_sink* sink) noexcept {
        return Instance<Class>::guarded(plugin, "post", [&](AssetClass& asset_class) {
            asset_class.post({call->order, call->line, call->route, call->destination,
                              call->product, call->account, call->counterparty, call->quantity,
                              call->price, call->reverse != 0},
                             View(view), Transfers(sink));
        });
    }

    static constexpr oms_asset_class table{sizeof(oms_asset_class), 0, &validate, &reserve, &post};
};

}  // namespace oms::sdk
