// SPDX-License-Identifier: Apache-2.0
#include "cli/history.hpp"

#include <cstring>
#include <limits>
#include <vector>

namespace oms::cli {

namespace {

constexpr std::int64_t poll_ms = 500;
constexpr int patience = 20;  ///< polls without an answer for what is durable

std::uint64_t order_field(const oms_record& record) {
    const sdk::RecordInfo* info = sdk::record_info(record.kind);
    if (info == nullptr) return 0;
    for (const sdk::FieldInfo& field : info->fields) {
        if (field.name != "order" || field.type != sdk::FieldType::u64) continue;
        std::uint64_t order = 0;
        std::memcpy(&order, reinterpret_cast<const char*>(&record) + field.offset, sizeof order);
        return order;
    }
    return 0;
}

/// The time of one decision; 0 when there is none.
std::int64_t time_of(Session& session, std::uint64_t seq) {
    std::int64_t time = 0;
    read_history(session, seq, seq, [&](const oms_batch& decision) {
        if (const oms_decision* header = header_of(decision)) time = header->time;
        return false;
    });
    return time;
}

}  // namespace

const oms_decision* header_of(const oms_batch& decision) {
    return decision.count == 0 ? nullptr : sdk::as<oms_decision>(*decision.first);
}

bool concerns(const oms_batch& decision, std::uint64_t order) {
    for (const oms_record& record : sdk::Records(decision))
        if (order_field(record) == order) return true;
    return false;
}

namespace {

/// What one read gives, copied: whoever looks at it may ask the port other things meanwhile.
struct Page {
    std::vector<sdk::Batch> decisions;
    oms_status status = OMS_OK;
};

Page read_page(Session& session, std::uint64_t& seq, std::uint64_t to) {
    constexpr std::size_t most = 256;
    Page page;
    page.status = session.port().read(
        OMS_READ_ALL, 0, seq, poll_ms, [&](const oms_batch& decision) -> oms_status {
            const oms_decision* header = header_of(decision);
            if (page.decisions.size() == most || (header != nullptr && header->seq > to))
                return OMS_AGAIN;
            page.decisions.emplace_back().append(decision);
            return OMS_OK;
        });
    if (page.status == OMS_STOPPED) session.lost(Exit::not_reachable);
    if (page.status != OMS_OK && page.status != OMS_AGAIN)
        give_up(runtime::error_port_refused, "journal",
                "the decisions cannot be read: " + std::string(sdk::status_text(page.status)),
                "see the log of the process");
    return page;
}

}  // namespace

void read_history(Session& session, std::uint64_t from, std::uint64_t to,
                  const std::function<bool(const oms_batch&)>& visit) {
    std::uint64_t seq = from == 0 ? 0 : from - 1;
    int idle = 0;
    while (seq < to && idle < patience) {
        const Page page = read_page(session, seq, to);
        for (const sdk::Batch& decision : page.decisions)
            if (!visit(decision.view())) return;
        idle = page.decisions.empty() ? idle + 1 : 0;
    }
}

void follow(Session& session, std::uint64_t from,
            const std::function<bool(const oms_batch&)>& visit) {
    std::uint64_t seq = from == 0 ? 0 : from - 1;
    while (true) {
        const Page page = read_page(session, seq, std::numeric_limits<std::uint64_t>::max());
        for (const sdk::Batch& decision : page.decisions)
            if (!visit(decision.view())) return;
    }
}

std::uint64_t first_seq_since(Session& session, std::int64_t time_ns) {
    std::uint64_t low = 1;
    std::uint64_t high = session.port().durable_seq() + 1;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (time_of(session, middle) < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

}  // namespace oms::cli
