// SPDX-License-Identifier: Apache-2.0
// The reference entries as every thread may look them up: they are added when the decision that
// defines them is durable, and never go away.
#pragma once

#include <oms/abi/records.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/names.hpp>

#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oms::runtime {

class NameTable final : public sdk::Names {
public:
    /// Takes in a new or revised entry. Rows that were handed out before stay as they were.
    void apply(const oms_reference_defined& defined);
    /// A term of an entry that was defined before, new or in the place of its last value.
    void apply(const oms_reference_term& term);

    /// 0: none.
    std::uint32_t find(std::uint32_t reference_class, std::string_view code) const;
    /// False: no such entry. The row's texts live as long as the table.
    bool describe(std::uint32_t reference, oms_reference_row& row) const;
    /// The terms of an entry. Texts live as long as the table.
    std::vector<oms_term> terms(std::uint32_t reference) const;
    /// The codes of a class, in the order in which they were defined; for suggestions.
    std::vector<std::string> codes(std::uint32_t reference_class, std::size_t most = 1000) const;
    /// The entry that this one is grouped under; 0: none. Accounts form a tree by it.
    std::uint32_t group(std::uint32_t reference) const;

    bool reference(std::uint32_t reference, sdk::ReferenceName& name) const override;

private:
    struct Entry {
        oms_reference_row row{};
        std::vector<oms_term> terms;
    };
    std::string_view keep(oms_text text);
    const Entry* entry(std::uint32_t reference) const;
    static std::string key(std::uint32_t reference_class, std::string_view code);

    mutable std::shared_mutex mutex_;
    std::vector<Entry> entries_;  // by the number of the reference
    std::unordered_map<std::string, std::uint32_t> by_code_;
    std::deque<std::string> texts_;  // a deque never moves what it holds
};

}  // namespace oms::runtime
