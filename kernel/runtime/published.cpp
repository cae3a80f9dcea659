// SPDX-License-Identifier: Apache-2.0
#include "runtime/published.hpp"

#include <array>
#include <utility>

namespace oms::runtime {

namespace {

/// Where the records of each kind name a channel; 0: nowhere. No kind names two.
constexpr auto channel_offsets = [] {
    std::array<std::uint16_t, sdk::detail::kind_limit> offsets{};
    for (const sdk::RecordInfo& info : sdk::records())
        for (const sdk::FieldInfo& field : info.fields)
            if (field.meaning == sdk::Meaning::channel && sdk::is_effect(info.kind))
                offsets[info.kind] = static_cast<std::uint16_t>(field.offset);
    // Which channel a destination has is no news for the channel.
    offsets[OMS_RECORD_reference_defined] = 0;
    return offsets;
}();

std::uint32_t channel_of(const oms_record& record) {
    if (record.kind >= channel_offsets.size() || channel_offsets[record.kind] == 0) return 0;
    return *reinterpret_cast<const std::uint32_t*>(reinterpret_cast<const char*>(&record) +
                                                   channel_offsets[record.kind]);
}

}  // namespace

std::uint64_t channel_bits(const oms_record& record) {
    const std::uint32_t channel = channel_of(record);
    return channel == 0 ? 0 : channel_bit(channel);
}

bool names_channel(const oms_batch& decision, std::uint32_t channel) {
    for (const oms_record& record : sdk::Records(decision))
        if (channel_of(record) == channel) return true;
    return false;
}

Result<std::shared_ptr<const Published>> Published::make(std::string_view frame) {
    auto published = std::make_shared<Published>();
    published->frame_ = frame;
    if (Status status = published->reader_.read_all(published->frame_); !status)
        return tl::unexpected(status.error());

    const oms_batch all = published->reader_.decision();
    for (const oms_record& record : sdk::Records(all)) {
        if (const auto* header = sdk::as<oms_decision>(record)) {
            published->entries_.push_back({header->seq, 0, {&record, 0, 0, 0}});
        }
        if (published->entries_.empty())
            return fail(5202, {}, "a frame does not begin with the header of a decision");
        Entry& entry = published->entries_.back();
        entry.records.bytes += record.size;
        ++entry.records.count;
        entry.channels |= channel_bits(record);
    }
    for (const Entry& entry : published->entries_) published->channels_ |= entry.channels;
    published->bytes_ = all.bytes + published->frame_.size() + sizeof(Published) +
                        published->entries_.size() * sizeof(Entry);
    return std::shared_ptr<const Published>(std::move(published));
}

}  // namespace oms::runtime
