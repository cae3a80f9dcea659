// SPDX-License-Identifier: Apache-2.0
// What the numbers in records are called: codes and scales of references, words of code sets.
#pragma once

#include <oms/abi/connector.h>
#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/record_info.hpp>

#include <array>
#include <string_view>

namespace oms::sdk {

/// The part of a reference entry that a reader needs to show a number that stands for it.
struct ReferenceName {
    std::string_view code;
    std::uint32_t scale = 0;        ///< decimals of a quantity or an amount
    std::uint32_t price_scale = 0;  ///< decimals of a price
};

/// How the number of a term or an observation is to be read.
struct FieldName {
    std::string_view name;  ///< empty: there is no such field
    FieldMeaning meaning = FieldMeaning::count;
};

/// Looks names up. What is not known is shown by its number, never left out.
class Names {
public:
    Names() = default;
    virtual ~Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    /// False: no such entry. The code lives as long as whatever the names come from.
    virtual bool reference(std::uint32_t reference, ReferenceName& name) const = 0;

    /// Those of the registry; who knows the plugins' own fields adds them.
    virtual FieldName term_field(std::uint32_t field) const {
        const TermInfo* info = term_info(field);
        return info == nullptr ? FieldName{} : FieldName{info->name, info->meaning};
    }
    virtual FieldName observation_field(std::uint32_t field) const {
        const ObservationInfo* info = observation_info(field);
        return info == nullptr ? FieldName{} : FieldName{info->name, info->meaning};
    }
};

/// Knows no names at all.
class NoNames final : public Names {
public:
    bool reference(std::uint32_t, ReferenceName&) const override { return false; }
};

/// The names that the host knows. Any thread.
class PortNames final : public Names {
public:
    explicit PortNames(const oms_port* port) : port_(port) {}

    bool reference(std::uint32_t reference, ReferenceName& name) const override {
        auto row = make<oms_reference_row>();
        if (reference == 0 ||
            port_->describe(port_, reference, reinterpret_cast<oms_record*>(&row)) != OMS_OK)
            return false;
        name = {view(row.code), row.scale, row.price_scale};
        return true;
    }

private:
    const oms_port* port_;
};

namespace detail {

inline constexpr std::size_t meaning_count =
    static_cast<std::size_t>(Meaning::observation_field) + 1;

inline constexpr auto codes_by_meaning = [] {
    std::array<std::span<const CodeName>, meaning_count> sets{};
#define OMS_CODES(set) sets[static_cast<std::size_t>(meaning_of(#set))] = set##_names;
#define OMS_CODE(set, name, number)
#define OMS_CODES_END(set)
#include <oms/abi/codes.def>
#undef OMS_CODES
#undef OMS_CODE
#undef OMS_CODES_END
    return sets;
}();

}  // namespace detail

/// The words of a field whose meaning is a code set; empty for any other meaning.
constexpr std::span<const CodeName> code_set(Meaning meaning) {
    return detail::codes_by_meaning[static_cast<std::size_t>(meaning)];
}

}  // namespace oms::sdk
