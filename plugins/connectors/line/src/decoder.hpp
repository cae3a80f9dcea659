// SPDX-License-Identifier: Apache-2.0
// Reads what came over the wire, whatever it is: bounded, without exceptions, without trust.
#pragma once

#include "message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace line {

struct Decoded {
    std::optional<Message> message;
    std::string fault;  ///< what is wrong with the line, where there is no message
};

/// One line without its line feed.
Decoded decode(std::string_view text);

/// Collects bytes and hands out lines. A line that does not end in time is a fault.
class LineBuffer {
public:
    void append(std::string_view bytes) { bytes_.append(bytes); }
    /// The next whole line, without its line feed.
    std::optional<std::string> next();
    /// More bytes without a line feed than a line may have.
    bool overflown() const;
    std::size_t size() const { return bytes_.size() - start_; }

private:
    std::string bytes_;
    std::size_t start_ = 0;
};

}  // namespace line
