// SPDX-License-Identifier: Apache-2.0
// Frames give back what they were given, whatever stood before it, and refuse what is no frame.
#include "model/frame.hpp"

#include "model/codec.hpp"
#include "model/codec_parts.hpp"

#include <oms/abi/codes.h>
#include <oms/sdk/fields.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace oms {
namespace {

/// Records of any kind that a frame may hold, with values that repeat as in life, and some that do
/// not.
class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    void add(Frame& frame, std::vector<std::string>& expected) {
        RecordList effects;
        const std::size_t count = random_() % 12;
        for (std::size_t each = 0; each < count; ++each) fill(effects.add(any_record()));
        auto header = sdk::make<oms_decision>();
        fill(reinterpret_cast<char*>(&header));
        header.effects = effects.count();
        frame.add(header, effects.view());
        std::string bytes;
        encode(*reinterpret_cast<const oms_record*>(&header), bytes);
        for (const oms_record& effect : sdk::Records(effects.view())) encode(effect, bytes);
        expected.push_back(std::move(bytes));
    }

private:
    const sdk::RecordInfo& any_record() {
        while (true) {
            const sdk::RecordInfo& info = sdk::records()[random_() % sdk::records().size()];
            if (sdk::is_input(info.kind) || sdk::is_detail(info.kind) || sdk::is_effect(info.kind))
                return info;
        }
    }

    void fill(char* raw) {
        const auto& record = *reinterpret_cast<const oms_record*>(raw);
        for (const sdk::FieldInfo& field : sdk::record_info(record.kind)->fields) {
            if (random_() % 3 == 0) continue;
            const std::uint64_t number = any_number();
            switch (field.type) {
                case sdk::FieldType::u32: {
                    const auto value = static_cast<std::uint32_t>(number);
                    std::memcpy(raw + field.offset, &value, sizeof value);
                    break;
                }
                case sdk::FieldType::text: {
                    const oms_text value = sdk::text(any_text());
                    std::memcpy(raw + field.offset, &value, sizeof value);
                    break;
                }
                case sdk::FieldType::wide: {
                    const oms_wide value{number, static_cast<std::int64_t>(any_number())};
                    std::memcpy(raw + field.offset, &value, sizeof value);
                    break;
                }
                default: std::memcpy(raw + field.offset, &number, sizeof number);
            }
        }
    }

    std::uint64_t any_number() {
        switch (random_() % 8) {
            case 0: return random_();
            case 1: return ~std::uint64_t{0};
            case 2: return std::uint64_t{1} << 63;
            default: return random_() % 5;
        }
    }

    std::string_view any_text() {
        const auto size =
            static_cast<std::size_t>(random_() % 10 == 0 ? random_() % 200 : random_() % 4);
        texts_.emplace_back(size, static_cast<char>('a' + random_() % 3));
        return texts_.back();
    }

    std::mt19937_64 random_;
    std::deque<std::string> texts_;
};

std::string encoded(const oms_batch& records) {
    std::string bytes;
    for (const oms_record& record : sdk::Records(records)) encode(record, bytes);
    return bytes;
}

TEST(Frames, GiveBackWhatTheyWereGiven) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        Author author(seed);
        Frame frame;
        std::vector<std::string> expected;
        for (int each = 0; each < 20; ++each) author.add(frame, expected);
        FrameReader reader;
        reader.begin(frame.bytes());
        for (const std::string& decision : expected) {
            const Result<bool> more = reader.next();
            ASSERT_TRUE(more) << to_text(more.error());
            ASSERT_TRUE(*more);
            ASSERT_EQ(encoded(reader.decision()), decision) << "seed " << seed;
        }
        ASSERT_FALSE(*reader.next());
        std::string together;
        for (const std::string& decision : expected) together += decision;
        ASSERT_TRUE(reader.read_all(frame.bytes()));
        ASSERT_EQ(encoded(reader.decision()), together);
    }
}

TEST(Frames, BeginAnewWhenTheyAreCleared) {
    std::vector<std::string> expected;
    Frame once;
    Author(7).add(once, expected);
    Frame again;
    Author(8).add(again, expected);
    again.clear();
    Author(7).add(again, expected);
    EXPECT_EQ(again.bytes(), once.bytes());
}

/// What a decision says again costs next to nothing.
TEST(Frames, SayNothingTwice) {
    auto header = sdk::make<oms_decision>();
    header.time = 1'767'225'600'000'000'000;
    header.order = 123'456'789;
    header.observed = 1'000'000;
    RecordList effects;
    auto moved = sdk::make<oms_region_moved>();
    moved.order = header.order;
    effects.copy(*reinterpret_cast<const oms_record*>(&moved));
    header.effects = 1;
    Frame frame;
    std::size_t before = 0;
    for (std::uint64_t seq = 1'000'000; seq < 1'000'010; ++seq) {
        before = frame.size();
        header.seq = seq;
        header.time += 1'000;
        frame.add(header, effects.view());
    }
    EXPECT_LE(frame.size() - before, 14U);
}

/// Decisions of the first form, each with its length before it.
TEST(Frames, OfTheFirstFormAreRead) {
    std::vector<std::string> expected;
    Frame unused;
    Author author(3);
    std::string frame;
    for (int each = 0; each < 10; ++each) {
        author.add(unused, expected);
        append_varint(frame, expected.back().size());
        frame += expected.back();
    }
    FrameReader reader;
    reader.begin(frame);
    for (const std::string& decision : expected) {
        ASSERT_TRUE(*reader.next());
        EXPECT_EQ(encoded(reader.decision()), decision);
    }
    EXPECT_FALSE(*reader.next());
}

TEST(Frames, ThatAreCutAreRefused) {
    std::vector<std::string> expected;
    Frame frame;
    Author author(5);
    for (int each = 0; each < 5; ++each) author.add(frame, expected);
    FrameReader reader;
    std::size_t whole = 0;
    for (std::size_t size = 0; size < frame.size(); ++size) {
        const std::string cut(frame.bytes().substr(0, size));
        const Status read = reader.read_all(cut);
        if (read)
            ++whole;  // it was cut between two decisions
        else
            EXPECT_EQ(read.error().code, 5201);
    }
    EXPECT_EQ(whole, 5U);
}

TEST(Frames, OfALaterVersionAreRefused) {
    FrameReader reader;
    const Status kind = reader.read_all(std::string("\x01\x7e\x01", 3));
    ASSERT_FALSE(kind);
    EXPECT_EQ(kind.error().code, 5202);
    std::string fields("\x01", 1);
    append_varint(fields, codec::zigzag(0));
    append_varint(fields, std::uint64_t{1} << 40);
    const Status field = reader.read_all(fields);
    ASSERT_FALSE(field);
    EXPECT_EQ(field.error().code, 5202);
    EXPECT_FALSE(field.error().remedy.empty());
}

}  // namespace
}  // namespace oms
