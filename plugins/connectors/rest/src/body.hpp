// SPDX-License-Identifier: Apache-2.0
// Reads a JSON body against a schema. Every member is visited to the end; unknown and doubled names
// are refused with a suggestion, numbers where decimals belong with the reason. Nothing here knows
// orders or the kernel, so it can be fuzzed alone.
#pragma once

#include "problem.hpp"
#include "schema.hpp"

#include <oms/sdk/fields.hpp>

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::rest {

/// Named limits of a body.
inline constexpr std::size_t max_list_items = 1000;
inline constexpr std::size_t max_body_values = 50'000;
inline constexpr std::size_t max_text_bytes = 4096;
inline constexpr std::size_t max_name_bytes = 64;

/// A value of the body. Values lie in one vector, each behind its parent, and refer to each other
/// by position; texts live as long as the reader reads no other body.
struct BodyValue {
    const Member* member = nullptr;       ///< null for the body itself
    const sdk::TermInfo* term = nullptr;  ///< of a value within terms
    MemberKind kind = MemberKind::object;
    bool boolean = false;
    std::uint32_t parent = 0;
    std::uint32_t index = 0;  ///< within a list
    bool in_list = false;
    std::uint32_t first = 0;  ///< position of the first child; 0: none
    std::uint32_t last = 0;
    std::uint32_t next = 0;  ///< position of the next sibling; 0: none
    std::int64_t number = 0;
    std::string_view text;      ///< of money: the amount
    std::string_view currency;  ///< of money
};

class BodyReader {
public:
    /// Throws a Problem. What the body before this one gave is gone.
    void read(std::string_view json, Schema schema);

    const BodyValue& root() const { return values_.front(); }

    /// The member of an object that is called so; null when it was not sent.
    const BodyValue* find(const BodyValue& object, std::string_view name) const;
    const BodyValue* first(const BodyValue& parent) const { return at(parent.first); }
    const BodyValue* next(const BodyValue& value) const { return at(value.next); }

    /// Its text, or empty when it was not sent.
    std::string_view text(const BodyValue& object, std::string_view name) const;

    /// The JSON pointer of a value (RFC 6901).
    std::string path(const BodyValue& value) const;

private:
    using Value = simdjson::ondemand::value;

    const BodyValue* at(std::uint32_t position) const {
        return position == 0 ? nullptr : &values_[position];
    }
    std::uint32_t add(std::uint32_t parent, const Member* member, MemberKind kind);
    std::string path(std::uint32_t position) const;
    std::string path(std::uint32_t parent, std::string_view name) const;

    void read_object(simdjson::ondemand::object object, std::uint32_t parent, Schema schema);
    void read_terms(simdjson::ondemand::object object, std::uint32_t parent);
    void read_list(simdjson::ondemand::array array, std::uint32_t parent, const Member& member);
    void read_money(simdjson::ondemand::object object, std::uint32_t position);
    void read_value(Value value, std::uint32_t position);
    void read_integer(Value value, std::uint32_t position);
    void read_word(std::uint32_t position);
    void read_term(Value value, std::uint32_t position);
    std::string_view read_text(Value value, std::uint32_t position, std::string_view expected);
    void need_all(std::uint32_t parent, Schema schema, std::uint64_t seen) const;

    template <class Type>
    Type taken(simdjson::simdjson_result<Type> result) const;
    [[noreturn]] void bad_json(simdjson::error_code code) const;
    std::size_t fault_position() const;
    [[noreturn]] void wrong_type(Value value, std::uint32_t position,
                                 std::string_view expected) const;

    simdjson::ondemand::parser parser_;
    mutable simdjson::ondemand::document document_;  // asking where it stands changes nothing
    bool reading_ = false;                           // the document is at some place of the body
    std::size_t bytes_ = 0;                          // of the body, without the padding
    std::string padded_;
    std::vector<BodyValue> values_;
};

}  // namespace oms::rest
