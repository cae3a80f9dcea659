// SPDX-License-Identifier: Apache-2.0
// Records as a line each, for whoever looks for the reason of a failure.
#pragma once

#include <oms/sdk/batch.hpp>

#include <string>

namespace oms::test {

/// `report type=3 route=12 quantity=40`: what is not zero of each record.
inline std::string shown(const oms_batch& batch) {
    std::string line;
    for (const oms_record& record : sdk::Records(batch)) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        if (info == nullptr) continue;
        line += line.empty() ? "" : "\n      ";
        line += info->name;
        for (const sdk::FieldInfo& field : info->fields) {
            const char* at = reinterpret_cast<const char*>(&record) + field.offset;
            std::string value;
            if (field.type == sdk::FieldType::u32)
                value = std::to_string(*reinterpret_cast<const std::uint32_t*>(at));
            else if (field.type == sdk::FieldType::text)
                value = sdk::view(*reinterpret_cast<const oms_text*>(at)).substr(0, 60);
            else
                value = std::to_string(*reinterpret_cast<const std::int64_t*>(at));
            if (value != "0" && !value.empty() && field.name != "tables")
                line += " " + std::string(field.name) + "=" + value;
        }
    }
    return line;
}

}  // namespace oms::test
