// SPDX-License-Identifier: Apache-2.0
// What a simulated party is asked and what it says. Plain values: a party knows nothing of oms.
#pragma once

#include "shared/fields_line.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parties {

inline constexpr std::int64_t ns_per_ms = 1'000'000;
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// So much of a product, for one line of what the customer ordered.
struct Item {
    std::uint32_t line = 0;
    std::string product;
    bool receives = false;  ///< seen from the customer: it gets the product
    std::int64_t quantity = 0;
    std::int64_t price = 0;  ///< the limit; 0: none

    bool operator==(const Item&) const = default;
};

/// Words that a customer writes into an order's text to have the party misbehave on purpose, as
/// card numbers do in a payment provider's sandbox: `sim: reject`, `sim: lose_answer silence=2000`.
class Script {
public:
    Script() = default;
    explicit Script(std::string_view text) {
        if (text.starts_with(prefix)) text_ = text.substr(prefix.size());
    }
    bool has(std::string_view word) const { return find(word).data() != nullptr; }
    /// The number after `word=`; `otherwise` when the word stands alone, nothing when it is
    /// missing.
    std::optional<std::int64_t> number(std::string_view word, std::int64_t otherwise = 0) const {
        const std::string_view found = find(word);
        if (found.data() == nullptr) return std::nullopt;
        std::int64_t value = otherwise;
        if (found.size() > word.size())
            std::from_chars(found.data() + word.size() + 1, found.data() + found.size(), value);
        return value;
    }

private:
    static constexpr std::string_view prefix = "sim:";

    std::string_view find(std::string_view word) const {
        std::string_view rest = text_;
        while (!rest.empty()) {
            const std::size_t blank = rest.find(' ');
            const std::string_view part = rest.substr(0, blank);
            if (part.substr(0, part.find('=')) == word) return part;
            rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
        }
        return {};
    }
    std::string text_;
};

enum class Verb : std::uint8_t { place = 1, cancel, amend, ask, signal };

enum class Force : std::uint8_t { day = 1, good_till_cancel, immediate_or_cancel, fill_or_kill };

/// A message of the customer. `route` and `number` are its ids: the party acts once on each pair.
struct Request {
    Verb verb = Verb::place;
    std::uint64_t route = 0;
    std::uint64_t number = 0;  ///< of the message; grows with each message about one route
    std::uint64_t order = 0;   ///< what the route belongs to
    bool enquiry = false;      ///< asks for offers
    Force force = Force::good_till_cancel;
    std::vector<Item> items;
    std::string signal;  ///< the name of what is signalled
    std::int64_t quantity = 0;
    std::uint64_t refund_of = 0;  ///< the order whose money goes back
    std::string offer;            ///< the offer that is taken up
    std::string text;             ///< the customer's words; may hold a script

    Script script() const { return Script(text); }
};

enum class Say : std::uint8_t {
    acked = 1,
    refused,
    executed,
    cancelled,
    replaced,
    expired,
    reversed,
    corrected,
    restated,
    offered,
    progress,
    answered,
    cancel_refused,
    replace_refused,
    not_found,
};

/// A message of the party.
struct Event {
    Say say = Say::acked;
    std::uint64_t number = 0;  ///< in the party's stream, from 1 without a gap; 0: not told yet
    std::uint64_t route = 0;   ///< 0: an order that the customer entered by other means
    std::uint64_t cause = 0;   ///< the number of the request that it answers; 0: none
    std::string ref;           ///< the party's id of the order
    std::string execution_ref;
    std::string refers_to;
    std::string name;  ///< of a progress
    std::string text;
    std::uint32_t reason = 0;
    std::vector<Item> items;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t remaining = 0;  ///< what still works here
    std::int64_t until = 0;      ///< ns since 1970 UTC
    std::int64_t time = 0;       ///< ns since 1970 UTC
    std::uint64_t lost = 0;      ///< the id of an answer that never arrived
    std::uint64_t told = 0;      ///< it tells the lost answer of this id after all
    bool again = false;          ///< it repeats an earlier event
};

// ---- in the party's book
// -------------------------------------------------------------------------

inline std::string encode_items(const std::vector<Item>& items) {
    std::string text;
    for (const Item& item : items) {
        LineWriter part("");
        part.put("l", item.line).put("p", item.product).put("r", item.receives ? 1 : 0);
        part.put("q", item.quantity).put("c", item.price);
        text += part.line() + ";";
    }
    return text;
}

inline std::vector<Item> decode_items(std::string_view text) {
    std::vector<Item> items;
    for (std::size_t end; (end = text.find(';')) != std::string_view::npos;
         text.remove_prefix(end + 1)) {
        const LineReader part(text.substr(0, end));
        Item& item = items.emplace_back();
        int receives = 0;
        part.get("l", item.line);
        part.get("p", item.product);
        part.get("r", receives);
        part.get("q", item.quantity);
        part.get("c", item.price);
        item.receives = receives != 0;
    }
    return items;
}

inline std::string encode(const Request& request) {
    LineWriter out("request");
    out.put("verb", static_cast<unsigned>(request.verb)).put("route", request.route);
    out.put("number", request.number).put("order", request.order);
    out.put("enquiry", request.enquiry ? 1 : 0).put("force", static_cast<unsigned>(request.force));
    out.put("items", encode_items(request.items)).put("signal", request.signal);
    out.put("quantity", request.quantity).put("refund_of", request.refund_of);
    out.put("offer", request.offer).put("text", request.text);
    return out.line();
}

inline Request decode_request(const LineReader& in) {
    Request request;
    unsigned verb = 0, enquiry = 0, force = 0;
    in.get("verb", verb);
    in.get("enquiry", enquiry);
    in.get("force", force);
    request.verb = static_cast<Verb>(verb);
    request.enquiry = enquiry != 0;
    request.force = static_cast<Force>(force);
    in.get("route", request.route);
    in.get("number", request.number);
    in.get("order", request.order);
    in.get("signal", request.signal);
    in.get("quantity", request.quantity);
    in.get("refund_of", request.refund_of);
    in.get("offer", request.offer);
    in.get("text", request.text);
    request.items = decode_items(in.text("items"));
    return request;
}

inline std::string encode(const Event& event) {
    LineWriter out("event");
    out.put("say", static_cast<unsigned>(event.say)).put("number", event.number);
    out.put("route", event.route).put("cause", event.cause).put("ref", event.ref);
    out.put("execution", event.execution_ref).put("refers_to", event.refers_to);
    out.put("name", event.name).put("text", event.text).put("reason", event.reason);
    out.put("items", encode_items(event.items)).put("quantity", event.quantity);
    out.put("price", event.price).put("remaining", event.remaining).put("until", event.until);
    out.put("time", event.time).put("lost", event.lost).put("told", event.told);
    out.put("again", event.again ? 1 : 0);
    return out.line();
}

inline Event decode_event(const LineReader& in) {
    Event event;
    unsigned say = 0, again = 0;
    in.get("say", say);
    in.get("again", again);
    event.say = static_cast<Say>(say);
    event.again = again != 0;
    in.get("number", event.number);
    in.get("route", event.route);
    in.get("cause", event.cause);
    in.get("ref", event.ref);
    in.get("execution", event.execution_ref);
    in.get("refers_to", event.refers_to);
    in.get("name", event.name);
    in.get("text", event.text);
    in.get("reason", event.reason);
    in.get("quantity", event.quantity);
    in.get("price", event.price);
    in.get("remaining", event.remaining);
    in.get("until", event.until);
    in.get("time", event.time);
    in.get("lost", event.lost);
    in.get("told", event.told);
    event.items = decode_items(in.text("items"));
    return event;
}

}  // namespace parties
