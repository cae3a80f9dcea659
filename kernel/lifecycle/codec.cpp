// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/codec.hpp"

#include "lifecycle/errors.hpp"
#include "model/assert.hpp"

#include <type_traits>

namespace oms::lifecycle {
namespace {

constexpr std::string_view magic = "OMSL";

// A field that is added to one of these needs a place in `fields` below and a new version.
static_assert(sizeof(RegionTest) == 16 && sizeof(Compare) == 16 && sizeof(Guard) == 24);
static_assert(sizeof(Action) == 40 && sizeof(Rule) == 48);

class Writer {
public:
    void unsigned_number(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_ += static_cast<char>(static_cast<unsigned char>(value | 0x80));
            value >>= 7;
        }
        bytes_ += static_cast<char>(value);
    }

    template <class Number>
    void number(const Number& value) {
        if constexpr (std::is_enum_v<Number>) {
            unsigned_number(static_cast<std::uint64_t>(value));
        } else if constexpr (std::is_signed_v<Number>) {
            const auto bits = static_cast<std::uint64_t>(value);
            unsigned_number(value < 0 ? ~(bits << 1) : bits << 1);
        } else {
            unsigned_number(value);
        }
    }

    void text(const std::string& value) {
        unsigned_number(value.size());
        bytes_ += value;
    }

    template <class List, class Each>
    void list(const List& values, std::size_t, Each each) {
        unsigned_number(values.size());
        for (const auto& value : values) each(*this, value);
    }

    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t unsigned_number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes_[at_++]);
            const std::uint64_t part = byte & 0x7f;
            if (shift == 63 && part > 1) break;
            value |= part << shift;
            if ((byte & 0x80) == 0) {
                if (byte == 0 && shift != 0) break;  // A longer form of the same number.
                return value;
            }
        }
        good_ = false;
        return 0;
    }

    template <class Number>
    void number(Number& value) {
        const std::uint64_t raw = unsigned_number();
        if constexpr (std::is_enum_v<Number>) {
            using Base = std::underlying_type_t<Number>;
            value = static_cast<Number>(static_cast<Base>(raw));
            good_ = good_ && static_cast<std::uint64_t>(value) == raw;
        } else if constexpr (std::is_signed_v<Number>) {
            value = static_cast<Number>((raw & 1) != 0 ? ~(raw >> 1) : raw >> 1);
        } else {
            value = static_cast<Number>(raw);
            good_ = good_ && value == raw;
        }
    }

    void text(std::string& value) {
        const std::uint64_t size = unsigned_number();
        if (!good_ || size > max_text_bytes || size > bytes_.size() - at_) {
            good_ = false;
            return;
        }
        value.assign(bytes_.substr(at_, size));
        at_ += size;
    }

    template <class List, class Each>
    void list(List& values, std::size_t most, Each each) {
        const std::uint64_t size = unsigned_number();
        // Each element takes a byte at least, so a short text cannot ask for much memory.
        if (!good_ || size > most || size > bytes_.size() - at_) {
            good_ = false;
            return;
        }
        values.resize(size);
        for (auto& value : values) {
            each(*this, value);
            if (!good_) return;
        }
    }

    bool good() const { return good_; }
    bool at_end() const { return at_ == bytes_.size(); }
    std::size_t at() const { return at_; }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
    bool good_ = true;
};

// One description of the form for both ways: `Io` is Writer or Reader, values are const or not.
constexpr auto text = [](auto& io, auto& value) { io.text(value); };

constexpr auto guard = [](auto& io, auto& value) {
    io.number(value.require);
    io.number(value.forbid);
    io.number(value.first_test);
    io.number(value.tests);
    io.number(value.first_compare);
    io.number(value.compares);
};

constexpr auto region = [](auto& io, auto& value) {
    io.text(value.name);
    io.list(value.states, max_states, text);
};

constexpr auto answer = [](auto& io, auto& value) {
    io.text(value.word);
    io.number(value.event);
};

constexpr auto test = [](auto& io, auto& value) {
    io.number(value.region);
    io.number(value.states);
};

constexpr auto compare = [](auto& io, auto& value) {
    io.number(value.operand);
    io.number(value.comparison);
    io.number(value.index);
    io.number(value.value);
};

constexpr auto action = [](auto& io, auto& value) {
    io.number(value.verb);
    io.number(value.role);
    io.number(value.target);
    io.number(value.amount);
    io.number(value.index);
    io.number(value.answers);
    io.number(value.event);
    io.number(value.field);
    io.number(value.observation_field);
    io.number(value.from_event);
    io.number(value.undo_bit);
    io.number(value.undo);
    io.number(value.text);
    io.number(value.text2);
    io.number(value.number);
};

constexpr auto rule = [](auto& io, auto& value) {
    io.number(value.event);
    io.number(value.region);
    io.number(value.to);
    io.number(value.first_action);
    io.number(value.actions);
    io.number(value.line);
    io.number(value.from);
    guard(io, value.guard);
};

constexpr auto status = [](auto& io, auto& value) {
    io.text(value.name);
    guard(io, value.guard);
};

constexpr auto whole = [](auto& io, auto& table) {
    io.text(table.name);
    io.number(table.revision);
    io.number(table.attach);
    io.list(table.roles, role_count, text);
    io.list(table.regions, max_regions, region);
    io.list(table.slots, max_slots, text);
    io.list(table.events, max_events, text);
    io.list(table.plugin_facts, max_events, text);
    io.list(table.texts, max_texts, text);
    io.list(table.answers, max_answers, answer);
    io.list(table.tests, max_conditions, test);
    io.list(table.compares, max_conditions, compare);
    io.list(table.actions, max_actions, action);
    io.list(table.rules, max_rules, rule);
    io.list(table.statuses, max_statuses, status);
    guard(io, table.ended);
};

}  // namespace

std::string encode(const Table& table) {
    OMS_ASSERT(validate(table).has_value());
    Writer writer;
    writer.bytes_ = magic;
    writer.unsigned_number(codec_version);
    whole(writer, table);
    return std::move(writer.bytes_);
}

Result<Table> decode(std::string_view bytes) {
    if (!bytes.starts_with(magic)) {
        return fail(error_not_tables, {}, "these bytes are not compiled lifecycle tables",
                    "see where they come from; tables begin with \"OMSL\"");
    }
    Reader reader(bytes.substr(magic.size()));
    const std::uint64_t version = reader.unsigned_number();
    if (reader.good() && version > codec_version) {
        return fail(error_newer_tables, {},
                    "the lifecycle tables have version " + std::to_string(version) +
                        ", and this program reads up to " + std::to_string(codec_version),
                    "use the version of oms that wrote them, or a later one");
    }
    Table table;
    if (reader.good() && version != 0) whole(reader, table);
    if (!reader.good() || version == 0 || !reader.at_end()) {
        return fail(error_damaged_tables, {},
                    "the lifecycle tables are damaged near byte " +
                        std::to_string(magic.size() + reader.at()),
                    "restore the journal from a copy");
    }
    if (Status valid = validate(table); !valid) return tl::unexpected<Error>(valid.error());
    return table;
}

}  // namespace oms::lifecycle
