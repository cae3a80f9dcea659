// SPDX-License-Identifier: Apache-2.0
// Typed readers over the strict YAML tree: single values, and `Fields` for maps with known keys.
#pragma once

#include "yaml/document.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::yaml {

/// Any scalar, exactly as written: `1.10` stays "1.10" and `no` stays "no".
Result<std::string> as_text(const Node& node);

/// Only an unquoted `true` or `false`; yes, no, on and off mean different things to different
/// YAML readers and are refused.
Result<bool> as_bool(const Node& node);

/// Unquoted decimal digits with an optional minus; `010`, `0x10`, `1_000` and `1e3` are refused.
Result<std::int64_t> as_i64(const Node& node);

/// A decimal number as text, quoted or not: `12.50` stays "12.50". No exponent, at most
/// `decimal_max_digits` digits.
Result<std::string> as_decimal(const Node& node);
inline constexpr std::size_t decimal_max_digits = 38;

/// A whole number and its unit (ms, s, m, h, d): `250ms`, `2s`, `30m`, `14d`. In milliseconds.
Result<std::int64_t> as_duration_ms(const Node& node);

/// A whole number and its unit (B, KiB, MiB, GiB, TiB): `64KiB`. In bytes.
Result<std::int64_t> as_size(const Node& node);

/// A list of scalars, each as written.
Checked<std::vector<std::string>> as_texts(const Node& node);

/// The shortest exact spelling of a duration or size: 90000 is `90s`, 65536 is `64KiB`.
std::string duration_text(std::int64_t milliseconds);
std::string size_text(std::int64_t bytes);

/// Whether an absent key is an error.
enum class Need : std::uint8_t { optional, required };
inline constexpr Need required = Need::required;

/// Reads a map whose keys are known in advance. Each reader marks its key as known; what nobody
/// asked for is refused at the end (`finish`, or the destructor), with a suggestion. Readers return
/// nothing when the key is absent or its value wrong; what is wrong lands in `problems`, so a
/// caller reads on and looks at `problems` once.
///
///     yaml::Problems problems;
///     yaml::Fields fields(node, problems, "instance");
///     const auto id = fields.text("id", yaml::required);
///     const auto linger_ms = fields.duration_ms("linger").value_or(250);
///     fields.finish();
class Fields {
public:
    /// `what` names the map in messages ("unknown key "idd" in instance …").
    Fields(const Node& map, Problems& problems, std::string what);
    ~Fields() { finish(); }
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    std::optional<std::string> text(std::string_view key, Need need = Need::optional);
    std::optional<bool> boolean(std::string_view key, Need need = Need::optional);
    std::optional<std::int64_t> integer(
        std::string_view key, Need need = Need::optional,
        std::int64_t minimum = std::numeric_limits<std::int64_t>::min(),
        std::int64_t maximum = std::numeric_limits<std::int64_t>::max());
    std::optional<std::string> decimal(std::string_view key, Need need = Need::optional);
    std::optional<std::int64_t> duration_ms(std::string_view key, Need need = Need::optional);
    std::optional<std::int64_t> size(std::string_view key, Need need = Need::optional);
    /// The position of the text among the given names.
    std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string>& names,
                                      Need need = Need::optional);
    std::optional<std::vector<std::string>> texts(std::string_view key, Need need = Need::optional);

    /// Whatever lies under the key; null when absent.
    const Node* any(std::string_view key, Need need = Need::optional);
    /// The same, when it is a list or a map; anything else is a problem and null.
    const Node* list(std::string_view key, Need need = Need::optional);
    const Node* map(std::string_view key, Need need = Need::optional);

    bool has(std::string_view key) const { return map_.find(key) != nullptr; }
    const Node& node() const { return map_; }
    Problems& problems() { return problems_; }

    /// Refuses the keys that no reader asked for. Later calls do nothing.
    void finish();

private:
    template <class T>
    std::optional<T> read(std::string_view key, Need need, Result<T> (*reader)(const Node&));

    const Node& map_;
    Problems& problems_;
    std::string what_;
    std::vector<std::string> known_;
    bool finished_ = false;
};

/// A problem with a name that is not among the known ones, with the nearest as suggestion:
/// `unknown setting "limt" (did you mean "limit"?)`.
Error unknown_name(std::string place, std::string_view what, std::string_view name,
                   const std::vector<std::string>& known);

}  // namespace oms::yaml
