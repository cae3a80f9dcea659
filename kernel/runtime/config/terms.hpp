// SPDX-License-Identifier: Apache-2.0
// Terms of reference entries as people write them: `0.01`, `EUR`, `0.50 EUR`, `52.52`, `per_unit`.
#pragma once

#include "model/result.hpp"
#include "runtime/config/config.hpp"
#include "runtime/name_table.hpp"

#include <oms/abi/records.h>
#include <oms/sdk/fields.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oms::runtime {

/// Reads terms with the names that the kernel knows.
class TermReader {
public:
    explicit TermReader(const NameTable& names) : names_(names) {}

    /// `self` is the product whose scales count when none is written behind the number; 0: none.
    /// The term's text points into the spec.
    Result<oms_term> read(const TermSpec& spec, std::uint32_t self) const;

    /// A decimal at the quantity scale (or price scale) of a product.
    Result<std::int64_t> number(std::string_view text, std::uint32_t product, bool price,
                                const std::string& place) const;
    /// The reference of a code, or an Error with a suggestion.
    Result<std::uint32_t> reference(std::uint32_t reference_class, std::string_view code,
                                    const std::string& place) const;

private:
    Result<oms_term> read_scaled(const TermSpec& spec, const sdk::TermInfo& info,
                                 std::uint32_t self) const;
    Result<std::int64_t> read_plain(const TermSpec& spec, const sdk::TermInfo& info) const;

    const NameTable& names_;
};

/// A decimal with so many decimals, or an Error that says why not.
Result<std::int64_t> read_decimal(std::string_view text, unsigned scale, const std::string& place);

}  // namespace oms::runtime
