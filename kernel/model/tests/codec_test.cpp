// SPDX-License-Identifier: Apache-2.0
#include "model/codec.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>

namespace oms {
namespace {

/// A record of this kind whose fields are drawn from a seed; about a third of them are zero.
std::vector<std::uint64_t> random_record(const sdk::RecordInfo& info, std::mt19937_64& random,
                                         std::deque<std::string>& texts) {
    std::vector<std::uint64_t> words(info.size / 8);
    char* raw = reinterpret_cast<char*>(words.data());
    const oms_record head{info.size, info.kind};
    std::memcpy(raw, &head, sizeof head);
    for (const sdk::FieldInfo& field : info.fields) {
        if (random() % 3 == 0) continue;
        const std::uint64_t bits = random() >> (random() % 64);
        if (field.type == sdk::FieldType::u32) {
            const auto value = static_cast<std::uint32_t>(bits);
            std::memcpy(raw + field.offset, &value, sizeof value);
        } else if (field.type == sdk::FieldType::text) {
            const std::string& text = texts.emplace_back(1 + random() % 40, 'x');
            const oms_text value{text.data(), text.size()};
            std::memcpy(raw + field.offset, &value, sizeof value);
        } else if (field.type == sdk::FieldType::wide) {
            const oms_wide value{random(), static_cast<std::int64_t>(random())};
            std::memcpy(raw + field.offset, &value, sizeof value);
        } else {
            const std::uint64_t value = random() % 2 == 0 ? bits : ~bits;
            std::memcpy(raw + field.offset, &value, sizeof value);
        }
    }
    return words;
}

TEST(Codec, gives_back_every_kind_of_record) {
    std::mt19937_64 random(1);
    std::deque<std::string> texts;
    for (int round = 0; round < 200; ++round) {
        for (const sdk::RecordInfo& info : sdk::records()) {
            const auto words = random_record(info, random, texts);
            std::string bytes;
            encode(*reinterpret_cast<const oms_record*>(words.data()), bytes);
            Decoder decoder;
            ASSERT_TRUE(decoder.decode(bytes)) << info.name;
            ASSERT_EQ(decoder.view().count, 1u);
            std::string again;
            encode(*decoder.view().first, again);
            ASSERT_EQ(bytes, again) << info.name;
        }
    }
}

TEST(Codec, refuses_bytes_that_are_cut_short_or_changed) {
    std::mt19937_64 random(2);
    std::deque<std::string> texts;
    std::string bytes;
    for (const sdk::RecordInfo& info : sdk::records()) {
        const auto words = random_record(info, random, texts);
        encode(*reinterpret_cast<const oms_record*>(words.data()), bytes);
    }
    Decoder decoder;
    ASSERT_TRUE(decoder.decode(bytes));
    const std::uint32_t all = decoder.view().count;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        // Cut between two records it is a shorter sequence; anywhere else it is an error.
        const Status status = decoder.decode(std::string_view(bytes).substr(0, size));
        if (status) {
            EXPECT_LT(decoder.view().count, all);
        } else {
            EXPECT_TRUE(status.error().code == 5201 || status.error().code == 5202);
        }
    }
    for (int i = 0; i < 20000; ++i) {  // whatever it says, it must not read beyond the bytes
        std::string changed = bytes;
        changed[random() % changed.size()] ^= static_cast<char>(1 << random() % 8);
        static_cast<void>(decoder.decode(changed));
    }
}

TEST(Codec, names_what_a_later_version_wrote) {
    std::string bytes;
    append_varint(bytes, 0x0999);
    Decoder decoder;
    const Status status = decoder.decode(bytes);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, 5202u);
    EXPECT_NE(status.error().reason.find("2457"), std::string::npos);
}

TEST(Codec, varints_are_minimal_at_the_edges) {
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
        std::string bytes;
        append_varint(bytes, number);
        std::string_view view = bytes;
        EXPECT_EQ(*take_varint(view), number);
        EXPECT_TRUE(view.empty());
    }
    std::string_view eleven = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    EXPECT_FALSE(take_varint(eleven));
}

}  // namespace
}  // namespace oms
