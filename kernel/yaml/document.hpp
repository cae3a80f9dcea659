// SPDX-License-Identifier: Apache-2.0
// Strict YAML: what is written is what is read, and every refusal says where and what to do.
//
// A document becomes an immutable tree. Scalars keep their text: nothing is guessed to be a number,
// a boolean or a date; the reader asks for the type it expects (readers.hpp). Refused outright:
// doubled keys, anchors and aliases, tags, directives, merge keys, tabs, several documents, keys
// that are not plain names, bytes that are not UTF-8, and anything beyond the limits.
#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::yaml {

/// Error codes of this layer.
inline constexpr ErrorCode error_unreadable = 4000;     ///< the file cannot be read
inline constexpr ErrorCode error_too_large = 4001;      ///< more bytes, depth or nodes than allowed
inline constexpr ErrorCode error_characters = 4002;     ///< not UTF-8, a tab, a control character
inline constexpr ErrorCode error_unknown_key = 4003;    ///< a key or name that nobody knows
inline constexpr ErrorCode error_syntax = 4004;         ///< not YAML
inline constexpr ErrorCode error_documents = 4005;      ///< none, or more than one document
inline constexpr ErrorCode error_doubled_key = 4006;    ///< the same key twice in one map
inline constexpr ErrorCode error_shared_node = 4007;    ///< anchor, alias or merge key
inline constexpr ErrorCode error_tag = 4008;            ///< a tag or a directive
inline constexpr ErrorCode error_key = 4009;            ///< a key that is not a scalar
inline constexpr ErrorCode error_missing_key = 4010;    ///< a required key is absent
inline constexpr ErrorCode error_wrong_kind = 4011;     ///< a list where a text is expected, …
inline constexpr ErrorCode error_boolean = 4012;        ///< neither true nor false
inline constexpr ErrorCode error_number = 4013;         ///< not an integer or decimal
inline constexpr ErrorCode error_quantity = 4014;       ///< not a duration or size with its unit
inline constexpr ErrorCode error_out_of_bounds = 4015;  ///< a value below or above what is allowed
inline constexpr ErrorCode error_choice = 4016;         ///< not one of the listed values

using Errors = std::vector<Error>;

/// Either the value, or everything that is wrong with it: a document is mended in one go.
template <class T>
using Checked = tl::expected<T, Errors>;

/// All errors as text, one after another, as a terminal shows them.
std::string to_text(const Errors& errors);

/// The first error, with the number of the others in its reason: for interfaces that carry one.
Error fold(const Errors& errors);

/// Collects what is wrong while reading goes on.
class Problems {
public:
    /// Beyond this many only the count goes on; the last one says so.
    static constexpr std::size_t limit = 64;

    void add(Error error);
    void add(ErrorCode code, std::string place, std::string reason, std::string remedy = {});

    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    const Errors& errors() const { return errors_; }
    /// Hands the errors over and starts afresh.
    Errors take();

private:
    Errors errors_;
    std::size_t count_ = 0;
};

struct Limits {
    std::size_t bytes = std::size_t{1} << 20;
    std::uint32_t depth = 32;
    std::uint32_t nodes = 100'000;
};

enum class Kind : std::uint8_t {
    nothing,  ///< a key without a value, or an unquoted `null` or `~`
    scalar,
    list,
    map,
};

/// "a text", "a list", …: for messages.
std::string_view kind_text(Kind kind);

/// Counted from 1, as editors do; a column counts bytes.
struct Mark {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// One node of the tree. Nodes own what they refer to: a copy outlives its document.
class Node {
public:
    Kind kind() const { return kind_; }
    bool is_nothing() const { return kind_ == Kind::nothing; }
    bool is_scalar() const { return kind_ == Kind::scalar; }
    bool is_list() const { return kind_ == Kind::list; }
    bool is_map() const { return kind_ == Kind::map; }

    Mark mark() const { return mark_; }
    /// `config.yaml:3:7`
    std::string place() const;
    /// The name under which the document was loaded.
    const std::string& file() const { return *file_; }

    /// The text of a scalar exactly as written, quotes and escapes resolved.
    const std::string& text() const { return text_; }
    /// Whether the scalar was quoted or a block text, so that it can only have been meant as text.
    bool quoted() const { return quoted_; }

    /// Elements of a list, or values of a map (each with its key), in the order of the document.
    const std::vector<Node>& items() const { return items_; }
    /// The key under which this node lies in its map; empty in lists and at the root.
    const std::string& key() const { return key_; }
    std::string key_place() const;
    /// The value under a key of this map, or null.
    const Node* find(std::string_view key) const;

private:
    friend class TreeBuilder;

    Kind kind_ = Kind::nothing;
    bool quoted_ = false;
    Mark mark_;
    Mark key_mark_;
    std::shared_ptr<const std::string> file_;
    std::string text_;
    std::string key_;
    std::vector<Node> items_;
};

/// Reads a document from memory; `name` is what places in messages begin with.
Checked<Node> parse(std::string_view text, std::string name, const Limits& limits = {});

/// Reads a document from a regular file; places begin with the path as given.
Checked<Node> load_file(const std::string& path, const Limits& limits = {});

}  // namespace oms::yaml
