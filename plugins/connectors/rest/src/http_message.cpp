// SPDX-License-Identifier: Apache-2.0
#include "http_message.hpp"

#include <charconv>

namespace oms::rest {

namespace {

bool is_token(char letter) {
    if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
        (letter >= '0' && letter <= '9'))
        return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    for (const char letter : text)
        if (!is_token(letter)) return false;
    return !text.empty();
}

/// Field values: visible letters, blanks, tabs and bytes above ASCII (RFC 9110, section 5.5).
bool is_field_value(std::string_view text) {
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
    }
    return true;
}

bool is_target(std::string_view text) {
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte <= 0x20 || byte >= 0x7f || byte == '#') return false;
    }
    return !text.empty() && text.front() == '/';
}

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equals_lower(std::string_view text, std::string_view lower_text) {
    if (text.size() != lower_text.size()) return false;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (lower(text[at]) != lower_text[at]) return false;
    return true;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Takes a line with its CR LF off the front. A bare LF or CR is no line's end.
bool take_crlf_line(std::string_view& bytes, std::string_view& line) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos || end == 0 || bytes[end - 1] != '\r') return false;
    line = bytes.substr(0, end - 1);
    bytes.remove_prefix(end + 1);
    return line.find('\r') == std::string_view::npos;
}

bool parse_request_line(std::string_view line, RequestHead& head, HttpFault& fault) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        fault = {400, "the first line is not METHOD TARGET VERSION"};
        return false;
    }
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(head.method)) {
        fault = {400, "the method is not a word"};
        return false;
    }
    if (head.target.size() > max_target_bytes) {
        fault = {414, "the target is too long"};
        return false;
    }
    if (!is_target(head.target)) {
        fault = {400, "the target is not a path such as /v1/orders"};
        return false;
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        fault = {505, "only HTTP/1.1 is spoken here"};
        return false;
    }
    head.is_http_1_0 = version == "HTTP/1.0";
    head.keep_alive = !head.is_http_1_0;
    const std::size_t mark = head.target.find('?');
    head.path = head.target.substr(0, mark);
    head.query = mark == std::string_view::npos ? std::string_view() : head.target.substr(mark + 1);
    return true;
}

/// Headers of which two readers would choose different ones when they come twice.
constexpr struct {
    std::string_view lower_name;
    std::string_view name;
} lone_headers[] = {
    {"host", "Host"},
    {"content-length", "Content-Length"},
    {"transfer-encoding", "Transfer-Encoding"},
    {"content-type", "Content-Type"},
    {"authorization", "Authorization"},
    {"idempotency-key", "Idempotency-Key"},
    {"last-event-id", "Last-Event-ID"},
    {"expect", "Expect"},
};

bool comes_alone(const Header& header, const RequestHead& head, HttpFault& fault) {
    for (const auto& lone : lone_headers) {
        if (!equals_lower(header.name, lone.lower_name)) continue;
        for (std::size_t at = 0; at < head.header_count; ++at) {
            if (!equals_lower(head.headers[at].name, lone.lower_name)) continue;
            fault = {400, "a header comes twice that may come once", lone.name};
            return false;
        }
    }
    return true;
}

bool read_length(std::string_view value, RequestHead& head, HttpFault& fault) {
    const auto result =
        std::from_chars(value.data(), value.data() + value.size(), head.content_length);
    if (value.empty() || result.ec != std::errc() || result.ptr != value.data() + value.size()) {
        fault = {400, "Content-Length is not a number"};
        return false;
    }
    head.has_length = true;
    return true;
}

/// What this header means for how the request is read.
bool apply_header(const Header& header, RequestHead& head, HttpFault& fault) {
    if (equals_lower(header.name, "content-length")) return read_length(header.value, head, fault);
    if (equals_lower(header.name, "transfer-encoding")) {
        if (!equals_lower(header.value, "chunked")) {
            fault = {501, "the only transfer encoding taken is chunked"};
            return false;
        }
        head.chunked = true;
    } else if (equals_lower(header.name, "connection")) {
        if (equals_lower(header.value, "close")) head.keep_alive = false;
        if (equals_lower(header.value, "keep-alive")) head.keep_alive = true;
    } else if (equals_lower(header.name, "expect")) {
        if (!equals_lower(header.value, "100-continue")) {
            fault = {417, "the only expectation met is 100-continue"};
            return false;
        }
        head.expects_continue = true;
    }
    return true;
}

bool parse_header(std::string_view line, RequestHead& head, HttpFault& fault) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        fault = {400, "a header is not NAME: VALUE"};
        return false;
    }
    const Header header{line.substr(0, colon), trim(line.substr(colon + 1))};
    if (!is_field_value(header.value)) {
        fault = {400, "a header has control characters"};
        return false;
    }
    if (head.header_count == max_headers) {
        fault = {431, "there are too many headers"};
        return false;
    }
    if (!comes_alone(header, head, fault)) return false;
    head.headers[head.header_count++] = header;
    return apply_header(header, head, fault);
}

}  // namespace

std::string_view RequestHead::header(std::string_view lower_name) const {
    for (std::size_t at = 0; at < header_count; ++at)
        if (equals_lower(headers[at].name, lower_name)) return headers[at].value;
    return {};
}

Parsed parse_head(std::string_view bytes, RequestHead& head, HttpFault& fault) {
    const std::size_t end = bytes.substr(0, max_head_bytes).find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() < max_head_bytes) return Parsed::incomplete;
        fault = {431, "the head is too long"};
        return Parsed::bad;
    }
    head = RequestHead{};
    head.bytes = end + 4;
    std::string_view rest = bytes.substr(0, end + 2);
    std::string_view line;
    fault = {400, "a line does not end in CR LF"};
    if (!take_crlf_line(rest, line) || !parse_request_line(line, head, fault)) return Parsed::bad;
    while (!rest.empty()) {
        fault = {400, "a line does not end in CR LF"};
        if (!take_crlf_line(rest, line) || !parse_header(line, head, fault)) return Parsed::bad;
    }
    if (head.chunked && (head.has_length || head.is_http_1_0)) {
        fault = {400, head.has_length ? "there are both Content-Length and Transfer-Encoding"
                                      : "HTTP/1.0 has no Transfer-Encoding"};
        return Parsed::bad;
    }
    // RFC 9112, section 3.2: who does not say whom it means might be answered for somebody else.
    if (!head.is_http_1_0 && head.header("host").empty()) {
        fault = {400, "an HTTP/1.1 request says in Host whom it means", "Host", true};
        return Parsed::bad;
    }
    return Parsed::complete;
}

Parsed ChunkedReader::take_line(std::string_view& bytes, std::string_view& line, HttpFault& fault) {
    const std::size_t end = bytes.substr(0, max_chunk_line_bytes).find('\n');
    if (end == std::string_view::npos) {
        if (bytes.size() < max_chunk_line_bytes) return Parsed::incomplete;
        fault = {400, "a chunk's line is too long"};
        return Parsed::bad;
    }
    if (take_crlf_line(bytes, line)) return Parsed::complete;
    fault = {400, "a chunk's line does not end in CR LF"};
    return Parsed::bad;
}

bool ChunkedReader::read_size(std::string_view line, HttpFault& fault) {
    const std::string_view digits = trim(line.substr(0, line.find(';')));
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
    if (digits.empty() || result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
        fault = {400, "a chunk's size is not a number"};
        return false;
    }
    if (left_ > most_bytes_ - body_.size()) {
        fault = {413, "the body is too long"};
        return false;
    }
    expects_ = left_ == 0 ? Expects::trailer : Expects::data;
    return true;
}

Parsed ChunkedReader::feed(std::string_view& bytes, HttpFault& fault) {
    std::string_view line;
    while (true) {
        if (expects_ == Expects::data) {
            const std::string_view part = bytes.substr(0, left_);
            body_ += part;
            bytes.remove_prefix(part.size());
            left_ -= part.size();
            if (left_ > 0) return Parsed::incomplete;
            expects_ = Expects::data_end;
        }
        const Parsed parsed = take_line(bytes, line, fault);
        if (parsed != Parsed::complete) return parsed;
        if (expects_ == Expects::trailer) {
            if (line.empty()) return Parsed::complete;
            if (++trailer_lines_ <= max_headers) continue;
            fault = {431, "the trailer is too long"};
            return Parsed::bad;
        }
        if (expects_ == Expects::size) {
            if (!read_size(line, fault)) return Parsed::bad;
        } else if (line.empty()) {
            expects_ = Expects::size;
        } else {
            fault = {400, "a chunk is longer than it said"};
            return Parsed::bad;
        }
    }
}

bool percent_decode(std::string_view text, bool plus_is_blank, std::string& decoded) {
    decoded.clear();
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && plus_is_blank) {
            decoded += ' ';
        } else if (text[at] != '%') {
            decoded += text[at];
        } else {
            unsigned byte = 0;
            const std::string_view digits = text.substr(at + 1, 2);
            const auto result =
                std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
            if (digits.size() != 2 || result.ptr != digits.data() + 2) return false;
            decoded += static_cast<char>(byte);
            at += 2;
        }
    }
    return true;
}

std::string_view status_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Unknown";
    }
}

}  // namespace oms::rest
