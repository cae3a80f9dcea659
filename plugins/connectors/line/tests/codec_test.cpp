// SPDX-License-Identifier: Apache-2.0
#include "src/decoder.hpp"

#include "shared/crc32.hpp"

#include <gtest/gtest.h>

#include <random>

namespace line {
namespace {

std::string signed_line(const std::string& text) { return text + connectors::crc_text(text); }

Decoded decode_signed(const std::string& text) { return decode(signed_line(text)); }

TEST(CodecTest, ReadsWhatItWrote) {
    Message message("NEW");
    message.number = 17;
    message.put("key", "a|b%c\nd").put("text", "Zoë 100 %").put("empty", "").put("next", 5);
    const std::string text = encode(message);
    ASSERT_EQ(text.back(), '\n');
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    const Decoded read = decode(std::string_view(text).substr(0, text.size() - 1));
    ASSERT_TRUE(read.message) << read.fault;
    EXPECT_EQ(*read.message, message);
    EXPECT_EQ(read.message->number_of("next"), 5U);
    EXPECT_EQ(read.message->number_of("key"), 0U);
    EXPECT_FALSE(read.message->duplicate());
}

TEST(CodecTest, TheChecksumIsThatOfZlib) {
    EXPECT_EQ(connectors::crc_text("123456789"), "cbf43926");
}

TEST(CodecTest, SaysWhatIsWrong) {
    EXPECT_EQ(decode("").fault, "the line has no bar in it");
    EXPECT_EQ(decode("1|BEAT|00000000").fault, "the checksum is wrong");
    for (const char* text :
         {"|BEAT|", "0|BEAT|", "-1|BEAT|", "1x|BEAT|", "99999999999999999999|BEAT|"})
        EXPECT_EQ(decode_signed(text).fault, "the line does not begin with a number above zero")
            << text;
    for (const char* text : {"1|", "1|beat|", "1|ABCDEFGHIJKLMNOPQ|", "1|BE AT|"})
        EXPECT_EQ(decode_signed(text).fault, "the second part is not a type") << text;
    for (const char* text : {"1|BEAT|x|", "1|BEAT|=1|", "1|BEAT|Ab=1|", "1|BEAT||"})
        EXPECT_FALSE(decode_signed(text).message && text[7] != '|') << text;
    EXPECT_EQ(decode_signed("1|BEAT|a=1|a=2|").fault, "a field comes twice");
    for (const char* text : {"1|BEAT|a=%|", "1|BEAT|a=%4|", "1|BEAT|a=%zz|", "1|BEAT|a=\x01|"})
        EXPECT_EQ(decode_signed(text).fault, "a value has a broken escape or a control character")
            << text;
    std::string many = "1|BEAT|";
    for (int field = 0; field < 65; ++field)
        many += std::string(static_cast<std::size_t>(field / 26 + 1),
                            static_cast<char>('a' + field % 26)) +
                "=1|";
    EXPECT_EQ(decode_signed(many).fault, "the line has more than 64 fields");
    EXPECT_EQ(decode(std::string(5000, 'x')).fault, "the line is longer than 4096 bytes");
}

TEST(CodecTest, CutsWhatDoesNotFit) {
    Message message("ORDER");
    message.number = 1;
    message.put("text", std::string(5000, 'x')).put("key", "k");
    const std::string text = encode(message);
    EXPECT_LE(text.size(), max_line_bytes);
    EXPECT_EQ(decode(std::string_view(text).substr(0, text.size() - 1)).message->get("key"), "k");
}

TEST(CodecTest, LivesThroughGarbage) {
    std::mt19937 random(7);
    const std::string sample = encode(Message("NEW").put("key", "k").put("text", "a%b|c"));
    for (int round = 0; round < 50'000; ++round) {
        std::string text = sample.substr(0, sample.size() - 9);
        for (unsigned flips = random() % 4 + 1; flips > 0; --flips) {
            const std::size_t at = random() % text.size();
            if (random() % 3 == 0)
                text.erase(at, random() % 5);
            else
                text[at] = static_cast<char>(random());
            if (text.empty()) text = "|";
        }
        if (random() % 2 == 0) text = signed_line(text);
        const Decoded read = decode(text);
        EXPECT_NE(read.message.has_value(), !read.fault.empty());
    }
}

TEST(LineBufferTest, CutsLines) {
    LineBuffer buffer;
    buffer.append("one\ntw");
    EXPECT_EQ(buffer.next(), "one");
    EXPECT_EQ(buffer.next(), std::nullopt);
    buffer.append("o\n\n");
    EXPECT_EQ(buffer.next(), "two");
    EXPECT_EQ(buffer.next(), "");
    EXPECT_EQ(buffer.next(), std::nullopt);
    buffer.append(std::string(max_line_bytes, 'x'));
    EXPECT_TRUE(buffer.overflown());
}

}  // namespace
}  // namespace line
