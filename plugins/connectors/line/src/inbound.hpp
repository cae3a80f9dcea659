// SPDX-License-Identifier: Apache-2.0
// What comes in: a client's requests (acceptor), a party's reports (initiator), as inputs.
#pragma once

#include "books.hpp"
#include "message.hpp"

#include <string>
#include <vector>

namespace line {

/// How messages of one session become inputs.
struct Meaning {
    bool accepts = true;                ///< the client's side is over there
    std::uint32_t origin = 0;           ///< acceptor: the scope of the client's keys
    std::vector<std::string> accounts;  ///< acceptor: that the client may use; empty: all
    std::uint32_t destination = 0;      ///< initiator: what routes know the party as
};

/// Adds the input to `input`, but for its channel and number; nothing where only the number counts.
/// Empty: it was understood; otherwise what is wrong with the message. What only the kernel can
/// know (names, states) it refuses itself.
std::string to_input(const Message& message, const Meaning& meaning, Books& books,
                     sdk::Batch& input);

/// Whether the type is one of those that `to_input` knows.
bool is_business(std::string_view type, bool accepts);

}  // namespace line
