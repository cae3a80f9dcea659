// SPDX-License-Identifier: Apache-2.0
// What goes out: answers to a client (acceptor), requests to a party (initiator).
#pragma once

#include "books.hpp"
#include "out_stream.hpp"

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace line {

/// Tells a client what became of its orders.
class ClientScribe final : public Scribe {
public:
    explicit ClientScribe(Books& books) : books_(books) {}

    std::vector<Message> notices(const oms_batch& decision) override;
    std::optional<Message> intent(const oms_batch&, const oms_intent&, bool) override {
        return std::nullopt;
    }

    /// The answer to an ASK: the order as the client has been told of it, so that the answer agrees
    /// with what went before it; an order of which nothing was told for long, as it is.
    Message answer(std::uint32_t origin, std::string_view target);

private:
    static constexpr std::size_t most_told = 100'000;
    struct Reading;
    void remember(const Message& told);
    Message look_up(std::uint32_t origin, std::string_view target);
    void gather(const oms_batch& decision, Reading& reading);
    void gather_changes(const oms_batch& decision, Reading& reading);
    void tell_answer(const Reading& reading, std::vector<Message>& out);
    void tell_executions(const oms_batch& decision, const Reading& reading,
                         std::vector<Message>& out);
    void tell_moves(const Reading& reading, std::vector<Message>& out);
    Message order_message(std::string_view what, std::uint64_t order, const Reading& reading,
                          std::uint32_t line = 0);

    Books& books_;
    std::unordered_map<std::string, Message> told_;  ///< by key: what is true of the order
    std::deque<std::string> age_;
};

/// How the orders of routes are called over there.
struct PartyWords {
    std::string kind;
    std::string account;
};

/// Asks a party to work routes. A route is the order `R<route>` over there.
class PartyScribe final : public Scribe {
public:
    PartyScribe(Books& books, PartyWords words) : books_(books), words_(std::move(words)) {}

    std::vector<Message> notices(const oms_batch&) override { return {}; }
    std::optional<Message> intent(const oms_batch& decision, const oms_intent& intent,
                                  bool again) override;

private:
    std::optional<Message> place(const oms_batch& decision, const oms_intent& intent, bool again);
    std::optional<Message> amend(const oms_batch& decision, const oms_intent& intent);

    Books& books_;
    PartyWords words_;
};

}  // namespace line
