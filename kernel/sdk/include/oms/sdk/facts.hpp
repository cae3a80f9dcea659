// SPDX-License-Identifier: Apache-2.0
// Capability "oms.facts/1": numbers that a lifecycle's guards may ask for by name.
//
//     class OrderValue : public oms::sdk::Facts {
//     public:
//         static constexpr std::string_view fact_names[] = {"total", "lines"};
//         std::optional<std::int64_t> evaluate(std::uint32_t fact, std::uint64_t order,
//                                              const oms::sdk::View& view) override;
//     };
#pragma once

#include <oms/abi/facts.h>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace oms::sdk {

/// A class of facts has a static array `fact_names` besides.
class Facts : public virtual Plugin {
public:
    /// Kernel thread, must not block, keeps no state between calls. `fact` is an index of
    /// fact_names. Nothing: it is not known, and every comparison with it is false.
    virtual std::optional<std::int64_t> evaluate(std::uint32_t fact, std::uint64_t order,
                                                 const View& view) = 0;
};

template <class Class>
struct FactsTable {
    static constexpr std::string_view id = OMS_CAPABILITY_FACTS;
    static constexpr std::size_t count = std::size(Class::fact_names);

    static constexpr std::array<oms_text, count> names = [] {
        std::array<oms_text, count> texts{};
        for (std::size_t fact = 0; fact < count; ++fact) {
            const std::string_view name = Class::fact_names[fact];
            texts[fact] = {name.data(), name.size()};
        }
        return texts;
    }();

    static oms_status evaluate(oms_plugin* plugin, std::uint32_t index, std::uint64_t order,
                               const oms_view* view, std::int64_t* value) noexcept {
        std::optional<std::int64_t> found;
        const oms_status status = Instance<Class>::guarded(plugin, "evaluate", [&](Facts& facts) {
            found = facts.evaluate(index, order, View(view));
        });
        if (status != OMS_OK) return status;
        if (!found) return OMS_NOT_FOUND;
        *value = *found;
        return OMS_OK;
    }

    static constexpr oms_facts table{sizeof(oms_facts), count, names.data(), &evaluate};
};

}  // namespace oms::sdk
