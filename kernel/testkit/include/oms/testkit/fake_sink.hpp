// SPDX-License-Identifier: Apache-2.0
// Keeps what an inside plugin says during one call, and refuses what breaks the contract.
#pragma once

#include <oms/abi/codes.h>
#include <oms/abi/view.h>
#include <oms/sdk/batch.hpp>
#include <oms/testkit/fake_view.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::testkit {

struct SaidOpinion {
    std::uint32_t outcome = 0;
    std::uint32_t rule = 0;
    std::uint32_t line = OMS_WHOLE_ORDER;
    std::int64_t limit = 0;
    std::int64_t observed = 0;
    std::string text;
    std::uint32_t product = 0;  ///< whose scale the two numbers have
    std::uint32_t unit = 0;     ///< OMS_unit_...
};
struct SaidHold {
    std::uint32_t account = 0;
    std::uint32_t asset = 0;
    std::int64_t amount = 0;
    bool operator==(const SaidHold&) const = default;
};
struct SaidTransfer {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t asset = 0;
    std::int64_t amount = 0;
    bool operator==(const SaidTransfer&) const = default;
};
struct SaidRoute {
    std::uint32_t destination = 0;
    std::int64_t score = 0;
    std::string why;
    std::vector<std::pair<std::uint32_t, std::int64_t>> lines;  ///< line and quantity
    std::size_t terms = 0;
};

/// What a call came to.
struct Said {
    oms_status status = OMS_OK;
    std::vector<SaidOpinion> opinions;
    std::vector<SaidHold> holds;
    std::vector<SaidTransfer> transfers;
    std::vector<SaidRoute> routes;
    std::vector<SaidRoute> passed_over;

    /// The strictest outcome: refuse, ask, warn, pass; 0 when nothing was said.
    std::uint32_t outcome() const {
        for (const std::uint32_t outcome :
             {std::uint32_t{OMS_outcome_refuse}, std::uint32_t{OMS_outcome_ask},
              std::uint32_t{OMS_outcome_warn}, std::uint32_t{OMS_outcome_pass}})
            if (first(outcome) != nullptr) return outcome;
        return 0;
    }
    bool passes() const { return outcome() == OMS_outcome_pass; }
    bool refuses() const { return outcome() == OMS_outcome_refuse; }
    /// Whether an opinion with this denial code (its index) refused.
    bool refuses(std::uint32_t rule) const {
        return std::any_of(opinions.begin(), opinions.end(), [&](const SaidOpinion& opinion) {
            return opinion.outcome == OMS_outcome_refuse && opinion.rule == rule;
        });
    }
    /// The text of the strictest opinion.
    std::string text() const {
        const SaidOpinion* opinion = first(outcome());
        return opinion == nullptr ? std::string() : opinion->text;
    }

private:
    const SaidOpinion* first(std::uint32_t outcome) const {
        for (const SaidOpinion& opinion : opinions)
            if (opinion.outcome == outcome) return &opinion;
        return nullptr;
    }
};

class FakeSink {
public:
    /// Cells are written to the world; routes are held against its lines and `destinations`.
    FakeSink(World& world, Said& said, std::span<const std::uint32_t> destinations = {})
        : sink_{{sizeof(oms_sink), 0, &opinion, &cell, &hold, &transfer, &route, &passed_over},
                this},
          world_(world),
          said_(said),
          destinations_(destinations.begin(), destinations.end()) {}
    FakeSink(const FakeSink&) = delete;
    FakeSink& operator=(const FakeSink&) = delete;

    const oms_sink* raw() const { return &sink_; }

    /// Of the order whose lines the routes are for.
    void set_order(std::uint64_t order) { order_ = order; }

private:
    struct Table : oms_sink {
        FakeSink* self;
    };
    static FakeSink& of(const oms_sink* sink) { return *static_cast<const Table*>(sink)->self; }
    static std::string copy(oms_text text) { return std::string(sdk::view(text)); }

    static oms_status opinion(const oms_sink* sink, const oms_opinion* opinion) {
        if (opinion->size < sizeof(oms_opinion)) return OMS_INVALID;
        if (opinion->outcome < OMS_outcome_pass || opinion->outcome > OMS_outcome_ask)
            return OMS_OUT_OF_RANGE;
        if (opinion->outcome != OMS_outcome_pass && opinion->text.size == 0) return OMS_INVALID;
        if (opinion->text.size > OMS_MAX_TEXT_BYTES || opinion->unit > OMS_unit_price ||
            (opinion->unit == 0) != (opinion->product == 0))
            return OMS_OUT_OF_RANGE;
        of(sink).said_.opinions.push_back({opinion->outcome, opinion->rule, opinion->line,
                                           opinion->limit, opinion->observed, copy(opinion->text),
                                           opinion->product, opinion->unit});
        return OMS_OK;
    }
    static oms_status cell(const oms_sink* sink, std::uint32_t cell, std::uint64_t key_a,
                           std::uint64_t key_b, std::int64_t value, std::uint32_t present) {
        World& world = of(sink).world_;
        if (present != 0)
            world.cell(cell, key_a, key_b, value);
        else
            world.erase_cell(cell, key_a, key_b);
        return OMS_OK;
    }
    static oms_status hold(const oms_sink* sink, std::uint32_t account, std::uint32_t asset,
                           std::uint32_t, std::int64_t amount) {
        Said& said = of(sink).said_;
        if (account == 0 || asset == 0) return OMS_INVALID;
        if (amount <= 0 || said.holds.size() == 4) return OMS_OUT_OF_RANGE;
        said.holds.push_back({account, asset, amount});
        return OMS_OK;
    }
    static oms_status transfer(const oms_sink* sink, const oms_transfer* transfer) {
        if (transfer->from == 0 || transfer->to == 0 || transfer->asset == 0) return OMS_INVALID;
        if (transfer->from == transfer->to && transfer->from_bucket == transfer->to_bucket)
            return OMS_INVALID;
        if (transfer->amount <= 0) return OMS_OUT_OF_RANGE;
        of(sink).said_.transfers.push_back(
            {transfer->from, transfer->to, transfer->asset, transfer->amount});
        return OMS_OK;
    }
    static oms_status route(const oms_sink* sink, std::uint32_t destination,
                            const oms_batch* details, std::int64_t score, oms_text why) {
        FakeSink& self = of(sink);
        if (std::find(self.destinations_.begin(), self.destinations_.end(), destination) ==
            self.destinations_.end())
            return OMS_INVALID;
        SaidRoute route{destination, score, copy(why), {}, 0};
        for (const oms_record& record : sdk::Records(*details)) {
            if (sdk::as<oms_term>(record) != nullptr) ++route.terms;
            const auto* line = sdk::as<oms_route_line>(record);
            if (line == nullptr) continue;
            std::int64_t& planned = self.planned_[line->line];
            planned += line->quantity;
            const oms_line_row& row = self.world_.line_row(self.order_, line->line);
            const std::int64_t unrouted =
                row.ordered + row.over - row.working - row.done - row.cancelled;
            if (line->quantity <= 0 || planned > unrouted) return OMS_OUT_OF_RANGE;
            if (line->product != row.product) return OMS_INVALID;
            route.lines.emplace_back(line->line, line->quantity);
        }
        if (route.lines.empty()) return OMS_INVALID;
        self.said_.routes.push_back(std::move(route));
        return OMS_OK;
    }
    static oms_status passed_over(const oms_sink* sink, std::uint32_t destination,
                                  std::int64_t score, oms_text why) {
        of(sink).said_.passed_over.push_back({destination, score, copy(why), {}, 0});
        return OMS_OK;
    }

    Table sink_;
    World& world_;
    Said& said_;
    std::vector<std::uint32_t> destinations_;
    std::map<std::uint32_t, std::int64_t> planned_;
    std::uint64_t order_ = 0;
};

}  // namespace oms::testkit
