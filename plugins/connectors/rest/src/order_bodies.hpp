// SPDX-License-Identifier: Apache-2.0
// From a body that was read to the records of an input: decimals at the scale of their product,
// words and codes as numbers. Throws a Problem that names the place.
#pragma once

#include "api.hpp"

#include <optional>
#include <string_view>

namespace oms::rest {

/// Whose scale prices and quantities have.
struct Scales {
    std::uint32_t product = 0;  ///< 0: of nothing that has an entry yet
    std::uint32_t quantity = 0;
    std::uint32_t price = 0;
};

/// Reads decimals, references and terms out of one body.
class BodyTranslator {
public:
    BodyTranslator(const Api& api, const BodyReader& body) : api_(api), body_(body) {}

    const BodyReader& body() const { return body_; }

    std::uint32_t reference(const BodyValue& value, std::uint32_t reference_class) const;
    /// The reference that a required member names.
    std::uint32_t reference(const BodyValue& object, std::string_view name,
                            std::uint32_t reference_class) const;
    std::uint64_t id(const BodyValue& value) const;
    std::int64_t decimal(const BodyValue& value, std::string_view text, std::uint32_t scale,
                         std::string_view of) const;
    std::int64_t quantity(const BodyValue& value, std::uint32_t product) const;
    std::int64_t price(const BodyValue& value, std::uint32_t product) const;
    /// Amount and currency of money.
    std::int64_t money(const BodyValue& value, std::uint32_t& currency) const;
    std::uint32_t line_index(const BodyValue& value) const;

    /// Adds what stands in `terms`, as terms of the line. Without scales prices and quantities are
    /// refused.
    void add_terms(sdk::Batch& batch, const BodyValue& terms, std::uint32_t line,
                   const std::optional<Scales>& scales) const;
    /// The scales of a product; none for 0.
    std::optional<Scales> scales(std::uint32_t product) const;
    /// Terms that have members of their own: a line's price and side.
    void add_term(sdk::Batch& batch, std::uint32_t line, std::uint32_t field, std::uint32_t product,
                  std::int64_t number) const;

private:
    std::int64_t term_number(const BodyValue& value, oms_term& term,
                             const std::optional<Scales>& scales) const;

    const Api& api_;
    const BodyReader& body_;
};

/// Adds the lines of an order that is to be placed, and the terms of its lines and its own. `roles`
/// are those of its kind, where a line names one.
void add_lines(sdk::Batch& batch, const BodyTranslator& translator, const BodyValue& lines,
               const BodyValue* order_terms, const Roles& roles);

/// `2026-03-01T09:30:00.25+01:00` in ns since 1970 UTC; false when it is no RFC 3339 time.
bool parse_time(std::string_view text, std::int64_t& time_ns);

}  // namespace oms::rest
