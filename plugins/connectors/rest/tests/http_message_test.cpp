// SPDX-License-Identifier: Apache-2.0
#include "http_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace oms::rest {
namespace {

Parsed parse(std::string_view bytes, RequestHead& head, HttpFault& fault) {
    return parse_head(bytes, head, fault);
}

int status_of(std::string_view bytes) {
    RequestHead head;
    HttpFault fault;
    return parse(bytes, head, fault) == Parsed::bad ? fault.status : 0;
}

TEST(HttpHead, IsReadAsFarAsItHasCome) {
    const std::string whole =
        "POST /v1/orders?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        "Idempotency-Key:  k 1 \r\n\r\n{}";
    RequestHead head;
    HttpFault fault;
    for (std::size_t cut = 0; cut < whole.size() - 2; ++cut)
        EXPECT_EQ(parse(std::string_view(whole).substr(0, cut), head, fault), Parsed::incomplete);
    ASSERT_EQ(parse(whole, head, fault), Parsed::complete);
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.path, "/v1/orders");
    EXPECT_EQ(head.query, "a=b");
    EXPECT_EQ(head.content_length, 2U);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_EQ(head.header("idempotency-key"), "k 1");
    EXPECT_EQ(head.header("absent"), "");
    EXPECT_EQ(head.bytes, whole.size() - 2);
}

TEST(HttpHead, KeepsTheConnectionAsVersionAndHeaderSay) {
    RequestHead head;
    HttpFault fault;
    ASSERT_EQ(parse("GET / HTTP/1.0\r\n\r\n", head, fault), Parsed::complete);
    EXPECT_FALSE(head.keep_alive);
    ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: CLOSE\r\n\r\n", head, fault),
              Parsed::complete);
    EXPECT_FALSE(head.keep_alive);
}

TEST(HttpHead, RefusesWhatTwoReadersCouldReadInTwoWays) {
    for (const std::string_view bad : {
             "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
             "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
             "GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n",
             "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
             "GET / HTTP/1.1\r\nA : b\r\n\r\n",
             "GET / HTTP/1.1\r\n folded\r\n\r\n",
             "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
             "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
             "GET  / HTTP/1.1\r\n\r\n",
             "GET /a b HTTP/1.1\r\n\r\n",
             "GET http://x/ HTTP/1.1\r\n\r\n",
             "GET / HTTP/1.1 \r\n\r\n",
             "G(T / HTTP/1.1\r\n\r\n",
             "\r\n\r\n",
         })
        EXPECT_GE(status_of(bad), 400) << bad;
    EXPECT_EQ(status_of("GET / HTTP/2.0\r\n\r\n"), 505);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 501);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nExpect: wonders\r\n\r\n"), 417);
}

TEST(HttpHead, RefusesASecondHeaderWhereOneMustBeChosen) {
    for (const std::string_view name :
         {"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization",
          "Idempotency-Key", "Last-Event-ID", "Expect"}) {
        const std::string value = name == "Expect"              ? "100-continue"
                                  : name == "Transfer-Encoding" ? "chunked"
                                                                : "1";
        const std::string twice = std::string(name) + ": " + value + "\r\n";
        RequestHead head;
        HttpFault fault;
        std::string lower = twice;
        for (char& letter : lower)
            if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
        const std::string host = name == "Host" ? "" : "Host: x\r\n";
        ASSERT_EQ(parse("POST / HTTP/1.1\r\n" + host + twice + lower + "\r\n", head, fault),
                  Parsed::bad)
            << name;
        EXPECT_EQ(fault.status, 400);
        EXPECT_EQ(fault.header, name);
    }
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: x\r\nAccept: a\r\nAccept: b\r\n\r\n"), 0);
}

TEST(HttpHead, WantsToKnowWhomARequestMeans) {
    RequestHead head;
    HttpFault fault;
    for (const std::string_view bad :
         {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n"}) {
        ASSERT_EQ(parse(bad, head, fault), Parsed::bad);
        EXPECT_EQ(fault.status, 400);
        EXPECT_EQ(fault.header, "Host");
        EXPECT_TRUE(fault.missing);
    }
    EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n", head, fault), Parsed::complete);
    EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HttpHead, HasLimits) {
    EXPECT_EQ(status_of(std::string(max_head_bytes, 'a')), 431);
    EXPECT_EQ(status_of("GET /" + std::string(max_target_bytes, 'a') + " HTTP/1.1\r\n\r\n"), 414);
    std::string many = "GET / HTTP/1.1\r\n";
    for (std::size_t at = 0; at <= max_headers; ++at) many += "a: b\r\n";
    EXPECT_EQ(status_of(many + "\r\n"), 431);
}

TEST(HttpChunks, AreReadByteByByte) {
    const std::string whole = "4;x=y\r\nabcd\r\n3\r\nefg\r\n0\r\nTrailer: z\r\n\r\nNEXT";
    ChunkedReader reader(100);
    HttpFault fault;
    std::string pending;
    Parsed parsed = Parsed::incomplete;
    std::size_t eaten = 0;
    for (const char letter : whole) {
        pending += letter;
        ++eaten;
        std::string_view rest = pending;
        parsed = reader.feed(rest, fault);
        pending = rest;
        if (parsed != Parsed::incomplete) break;
    }
    EXPECT_EQ(parsed, Parsed::complete);
    EXPECT_EQ(reader.body(), "abcdefg");
    EXPECT_EQ(whole.substr(eaten), "NEXT");
}

TEST(HttpChunks, RefuseWhatIsWrong) {
    const auto status = [](std::string_view bytes) {
        ChunkedReader reader(8);
        HttpFault fault;
        return reader.feed(bytes, fault) == Parsed::bad ? fault.status : 0;
    };
    EXPECT_EQ(status("9\r\n"), 413);
    EXPECT_EQ(status("ffffffffffffffffff\r\n"), 400);
    EXPECT_EQ(status("x\r\n"), 400);
    EXPECT_EQ(status("\r\n"), 400);
    EXPECT_EQ(status("1\nab"), 400);
    EXPECT_EQ(status("1\r\nabc\r\n"), 400);
    EXPECT_EQ(status(std::string(max_chunk_line_bytes, '1')), 400);
}

TEST(PercentDecode, TakesWellFormedEscapesOnly) {
    std::string decoded;
    EXPECT_TRUE(percent_decode("a%2Fb+c", false, decoded));
    EXPECT_EQ(decoded, "a/b+c");
    EXPECT_TRUE(percent_decode("a+b", true, decoded));
    EXPECT_EQ(decoded, "a b");
    for (const std::string_view bad : {"%", "%1", "%g1", "%+1", "%1g"})
        EXPECT_FALSE(percent_decode(bad, false, decoded)) << bad;
}

}  // namespace
}  // namespace oms::rest
