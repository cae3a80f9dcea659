// SPDX-License-Identifier: Apache-2.0
// What is answered when something is wrong: RFC 9457 problem details with a stable code, the place
// in the body as a JSON pointer, what was expected and seen, and what to do.
#pragma once

#include <oms/sdk/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oms::rest {

/// OMS_PROBLEM(code, name, status, title, remedy); codes OMS-7000..7199 are this plugin's.
#define OMS_REST_PROBLEMS(OMS_PROBLEM)                                                             \
    OMS_PROBLEM(7000, bad_http, 400, "the request cannot be read", "send well-formed HTTP/1.1")    \
    OMS_PROBLEM(7001, no_resource, 404, "there is nothing at this path",                           \
                "see GET /v1/openapi.json for what there is")                                      \
    OMS_PROBLEM(7002, bad_method, 405, "the resource does not take this method",                   \
                "use one of the methods in the Allow header")                                      \
    OMS_PROBLEM(7003, bad_media_type, 415, "the body is not declared as JSON",                     \
                "send the header Content-Type: application/json")                                  \
    OMS_PROBLEM(7004, body_too_long, 413, "the body is too long", "send less, or split it")        \
    OMS_PROBLEM(7005, bad_json, 400, "the body is not JSON", "send one JSON object in UTF-8")      \
    OMS_PROBLEM(7006, unknown_member, 400, "a member is not known here",                           \
                "leave it out, or mend its name")                                                  \
    OMS_PROBLEM(7007, doubled_member, 400, "a member comes twice", "send it once")                 \
    OMS_PROBLEM(7008, missing_member, 400, "a member is missing", "send it")                       \
    OMS_PROBLEM(7009, wrong_type, 400, "a member is of another type", "send the expected type")    \
    OMS_PROBLEM(7010, bad_decimal, 400, "a decimal cannot be taken as it is",                      \
                "send a decimal string that fits the scale")                                       \
    OMS_PROBLEM(7011, number_for_decimal, 400,                                                     \
                "a JSON number stands where a decimal string is needed: readers round numbers",    \
                "put the decimal into quotes")                                                     \
    OMS_PROBLEM(7012, bad_time, 400, "a time is not RFC 3339",                                     \
                "send a time such as 2026-03-01T09:30:00Z")                                        \
    OMS_PROBLEM(7013, bad_word, 400, "a word is not one of those that are taken",                  \
                "send one of the expected words")                                                  \
    OMS_PROBLEM(7014, key_missing, 400, "the request has no key",                                  \
                "send an Idempotency-Key header of 1 to 64 bytes, and the same one when you try "  \
                "again")                                                                           \
    OMS_PROBLEM(7015, bad_parameter, 400, "a parameter of the address cannot be taken",            \
                "mend the parameter")                                                              \
    OMS_PROBLEM(7016, no_token, 401, "the request carries no token that is known here",            \
                "send Authorization: Bearer TOKEN")                                                \
    OMS_PROBLEM(7017, wrong_host, 421, "the Host header names another host",                       \
                "address this server by the name or number that it listens on")                    \
    OMS_PROBLEM(7018, busy, 503, "the kernel takes no more just now; nothing was done",            \
                "try again, with the same key")                                                    \
    OMS_PROBLEM(7019, no_answer, 504, "no answer came in time: the outcome is not known",          \
                "send the same request again with the same key, or look the order up by its key")  \
    OMS_PROBLEM(7020, stopping, 503, "the server is stopping; nothing was done",                   \
                "try again later, with the same key")                                              \
    OMS_PROBLEM(7021, too_many_streams, 503, "too many event streams are open",                    \
                "close one, or try again later")                                                   \
    OMS_PROBLEM(7022, slow_reader, 503, "this stream was read too slowly and is cut",              \
                "connect again with Last-Event-ID and read faster")                                \
    OMS_PROBLEM(7023, no_scale, 422, "it is not said whose scale this number has",                 \
                "put it into the line that it belongs to")                                         \
    OMS_PROBLEM(7024, text_too_long, 400, "a text is too long", "send a shorter text")             \
    OMS_PROBLEM(7025, too_many, 400, "there are too many of them", "send fewer, or split it")      \
    OMS_PROBLEM(7026, too_slow, 408, "the request did not arrive in time", "send it faster")       \
    OMS_PROBLEM(7027, too_many_connections, 503, "too many connections are open",                  \
                "close some, and use those that are open for several requests")                    \
    OMS_PROBLEM(7028, internal, 500, "something went wrong here",                                  \
                "see the log; repeat the request with the same key")                               \
    OMS_PROBLEM(7029, not_offered, 404, "this listener does not offer that",                       \
                "ask the main listener")                                                           \
    OMS_PROBLEM(7030, nothing_asked, 400, "the request asks for nothing", "say what is to change") \
    OMS_PROBLEM(7031, query_failed, 500, "the kernel could not answer the question",               \
                "see the log of the kernel")                                                       \
    OMS_PROBLEM(7032, both_given, 400, "two members say the same thing", "send one of them")       \
    OMS_PROBLEM(7033, doubled_header, 400, "a header comes twice that may come once",              \
                "send it once")                                                                    \
    OMS_PROBLEM(7034, no_host, 400, "the request does not say in Host whom it means",              \
                "send the header Host with this server's name and port")                           \
    OMS_PROBLEM(7035, head_too_long, 431, "the head of the request is too long",                   \
                "send at most 64 headers and 16384 bytes of them")                                 \
    OMS_PROBLEM(7036, target_too_long, 414, "the address is too long",                             \
                "send at most 4096 bytes of path and parameters")                                  \
    OMS_PROBLEM(7037, not_spoken, 501, "the request asks for a way to speak that is not known",    \
                "speak HTTP/1.1, with Content-Length or Transfer-Encoding: chunked")

#define OMS_PROBLEM(number, name, status, title, remedy) \
    inline constexpr ErrorCode error_##name = (number);
OMS_REST_PROBLEMS(OMS_PROBLEM)
#undef OMS_PROBLEM

/// One problem; thrown by whatever reads a request, caught where the request is answered.
struct Problem {
    ErrorCode code = 0;
    int status = 400;
    std::string title;
    std::string detail;
    std::string path;  ///< JSON pointer into the body, a parameter's or a header's name
    std::string expected;
    std::string observed;
    std::string remedy;
    std::string extra;  ///< more members as JSON, without braces

    Problem& at(std::string_view where) {
        path = where;
        return *this;
    }
    Problem& wants(std::string_view what) {
        expected = what;
        return *this;
    }
    Problem& saw(std::string_view what) {
        observed = what;
        return *this;
    }
    Problem& says(std::string_view what) {
        detail = what;
        return *this;
    }
};

/// The problem of a code of this plugin or of <oms/abi/errors.def>.
Problem make_problem(ErrorCode code);

/// Which HTTP status a refusal by the kernel has.
int status_of_refusal(std::uint32_t code);

void append_problem(std::string& out, const Problem& problem);

}  // namespace oms::rest
