// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests off the wire, read strictly (RFC 9112): what two readers could understand in
// two ways is refused, so that nothing in front of us can be made to see other requests than we do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::rest {

/// Named limits of a request's head.
inline constexpr std::size_t max_head_bytes = std::size_t{16} << 10;
inline constexpr std::size_t max_target_bytes = std::size_t{4} << 10;
inline constexpr std::size_t max_headers = 64;
inline constexpr std::size_t max_chunk_line_bytes = 256;

struct Header {
    std::string_view name;
    std::string_view value;
};

/// The head of a request. All texts point into the bytes that were parsed.
struct RequestHead {
    std::string_view method;
    std::string_view target;
    std::string_view path;   ///< of the target, not decoded
    std::string_view query;  ///< behind the question mark, not decoded
    std::array<Header, max_headers> headers;
    std::size_t header_count = 0;
    std::uint64_t content_length = 0;
    bool has_length = false;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool is_http_1_0 = false;
    std::size_t bytes = 0;  ///< of the whole head, with the empty line

    /// The value of a header (its name in lower case here), empty when there is none.
    std::string_view header(std::string_view lower_name) const;
};

/// Why a request cannot be read; the connection is closed after the answer.
struct HttpFault {
    int status = 400;
    std::string_view reason;
    std::string_view header = {};  ///< which one it is about
    bool missing = false;          ///< and that it is not there, not that it comes twice
};

enum class Parsed : std::uint8_t { complete, incomplete, bad };

/// Reads one head off the front of `bytes`.
Parsed parse_head(std::string_view bytes, RequestHead& head, HttpFault& fault);

/// Takes a chunked body apart as it comes.
class ChunkedReader {
public:
    explicit ChunkedReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    /// Eats from the front of `bytes` and says how far it came.
    Parsed feed(std::string_view& bytes, HttpFault& fault);
    const std::string& body() const { return body_; }

private:
    enum class Expects : std::uint8_t { size, data, data_end, trailer };
    Parsed take_line(std::string_view& bytes, std::string_view& line, HttpFault& fault);
    bool read_size(std::string_view line, HttpFault& fault);

    std::size_t most_bytes_;
    std::string body_;
    std::size_t left_ = 0;  // of the chunk
    std::size_t trailer_lines_ = 0;
    Expects expects_ = Expects::size;
};

/// `%41%2f` as `A/`; false when it is malformed.
bool percent_decode(std::string_view text, bool plus_is_blank, std::string& decoded);

/// `Not Found` for 404.
std::string_view status_phrase(int status);

}  // namespace oms::rest
