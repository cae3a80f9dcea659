// SPDX-License-Identifier: Apache-2.0
// The numbers of what goes out: walks the decisions of a channel and says which message has which
// number. The same decisions give the same messages, whenever they are walked: that is how a
// message is sent again after any crash, without a store of sent messages.
//
// Numbers come from two places. An intent has its number in its decision. All else takes numbers by
// `advance_channel` in blocks: first the answers to the client that the channel's new cursor
// covers, then session messages, of which nothing is kept.
#pragma once

#include "message.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace line {

/// The type of a message that never leaves: what it asks cannot be said in this protocol, and its
/// `text` says why.
inline constexpr std::string_view withheld = "WITHHELD";

/// Turns decisions into messages without numbers. The same decision always gives the same messages.
class Scribe {
public:
    Scribe() = default;
    virtual ~Scribe() = default;
    Scribe(const Scribe&) = delete;
    Scribe& operator=(const Scribe&) = delete;
    /// What a client is told of the decision.
    virtual std::vector<Message> notices(const oms_batch& decision) = 0;
    /// What the party is asked to do; nothing: it must not be sent (any more).
    virtual std::optional<Message> intent(const oms_batch& decision, const oms_intent& intent,
                                          bool again) = 0;
};

/// Walking from `seq` on meets every message with a number above `number`.
struct Checkpoint {
    std::uint64_t seq = 0;
    std::uint64_t number = 0;

    bool operator==(const Checkpoint&) const = default;
};

/// What the channel's cursor says: which answers have numbers, and what the other side has.
struct Cursor {
    std::uint64_t told = 0;   ///< answers of decisions up to here have their numbers
    Checkpoint known;         ///< messages up to this number have arrived
    std::uint64_t reset = 0;  ///< numbers of decisions up to here belong to an older count

    std::string text() const;
    static Cursor from(std::string_view text);
    bool operator==(const Cursor&) const = default;
};

/// A message with its number; `type` empty: the number carries nothing.
struct Numbered {
    Message message;
    bool session = false;              ///< a session message, said once
    std::optional<oms_intent> intent;  ///< the gate has to be asked before it leaves
};

class OutStream {
public:
    static constexpr std::size_t most_untold = 256;  ///< answers that wait for numbers
    static constexpr std::size_t most_checkpoints = 4096;

    OutStream(std::uint32_t channel, Scribe& scribe) : channel_(channel), scribe_(scribe) {}

    /// A life begins: what the kernel knows of the channel.
    void begin(const Cursor& cursor, std::uint64_t out_number);

    /// Goes back, so that the messages from number `from` on come again.
    void rewind(std::uint64_t from);

    /// The decisions behind this one are to be taken next.
    std::uint64_t seq() const { return seq_; }
    void moved_to(std::uint64_t seq) { seq_ = seq; }
    void take(const oms_batch& decision);

    /// Messages in the order of their numbers; the caller takes them out.
    std::deque<Numbered> ready;

    /// A session message waits for its number. It comes out of `ready` once.
    void put_session(Message message) { session_.push_back(std::move(message)); }
    /// Session messages that wait are not worth sending any more; their numbers carry nothing.
    void forget_session();

    /// What an `advance_channel` is to ask for now; 0: nothing, or it has been asked already.
    struct Wish {
        std::uint64_t numbers = 0;
        std::uint64_t told = 0;
    };
    Wish wish() const;
    /// Everything was met that was met before, and the next wish covers it all.
    bool settled() const { return !asking_ && seq_ >= farthest_; }
    void asked(const Wish& wish);
    /// What the channel's cursor may say now, with whatever is submitted next.
    Cursor cursor();

    /// The last number that was met.
    std::uint64_t number() const { return number_; }
    /// The last number that was met in this life.
    std::uint64_t highest() const { return highest_; }
    /// Numbers have to be asked for before more is taken. Once they are asked for, they are met
    /// only by taking more.
    bool full() const { return !asking_ && untold_.size() >= most_untold; }

    /// The other side has everything up to this number.
    void arrived(std::uint64_t number);
    const Checkpoint& known() const { return known_; }

private:
    struct Untold {
        std::uint64_t seq = 0;
        Message message;
    };

    void take_block(const oms_channel_moved& moved);
    void number_next(Numbered numbered);
    void checkpoint(Checkpoint point);

    std::uint32_t channel_;
    Scribe& scribe_;
    std::uint64_t seq_ = 0;
    std::uint64_t farthest_ = 0;  ///< the last decision met on any walk of this life
    std::uint64_t number_ = 0;    ///< the last one met on this walk
    std::uint64_t highest_ = 0;   ///< the last one met on any walk of this life
    std::uint64_t reset_ = 0;     ///< numbers of decisions up to here belong to an older count
    std::uint64_t from_ = 1;      ///< smaller numbers are not wanted
    std::uint64_t told_ = 0;      ///< answers of decisions up to here have numbers, or are about to
    std::uint64_t asked_session_ = 0;  ///< how many session messages have been asked numbers for
    bool asking_ = false;
    std::deque<Untold> untold_;
    std::deque<Message> session_;
    std::deque<Checkpoint> checkpoints_;
    Checkpoint known_;
};

}  // namespace line
