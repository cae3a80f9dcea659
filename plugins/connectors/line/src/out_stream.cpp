// SPDX-License-Identifier: Apache-2.0
#include "out_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace line {

namespace sdk = oms::sdk;

// ---- the cursor
// ----------------------------------------------------------------------------------

std::string Cursor::text() const {
    return std::to_string(told) + " " + std::to_string(known.seq) + " " +
           std::to_string(known.number) + " " + std::to_string(reset);
}

Cursor Cursor::from(std::string_view text) {
    std::array<std::uint64_t, 4> numbers{};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::uint64_t& number : numbers) {
        at = std::from_chars(at, end, number).ptr;
        if (at != end) ++at;
    }
    return {numbers[0], {numbers[1], numbers[2]}, numbers[3]};
}

// ---- walking
// -------------------------------------------------------------------------------------

void OutStream::begin(const Cursor& cursor, std::uint64_t out_number) {
    told_ = cursor.told;
    known_ = cursor.known;
    seq_ = cursor.told;
    number_ = highest_ = out_number;
    from_ = out_number + 1;
    reset_ = cursor.reset;
    untold_.clear();
    ready.clear();
    asking_ = false;
    checkpoints_ = {known_};
    const Checkpoint here{cursor.told, out_number};
    if (here.number > known_.number) checkpoints_.push_back(here);
}

void OutStream::rewind(std::uint64_t from) {
    Checkpoint best = checkpoints_.front();
    if (best.number >= from) best = {};
    for (const Checkpoint& point : checkpoints_)
        if (point.number < from && point.number >= best.number) best = point;
    seq_ = best.seq;
    number_ = best.number;
    from_ = from;
    untold_.clear();
    ready.clear();
}

void OutStream::take(const oms_batch& decision) {
    std::uint64_t seq = 0;
    const oms_channel_moved* moved = nullptr;
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* header = sdk::as<oms_decision>(record)) seq = header->seq;
        if (const auto* found = sdk::as<oms_channel_moved>(record))
            if (found->channel == channel_) moved = found;
    }
    bool any_intent = false;
    for (const oms_record& record : sdk::Records(decision)) {
        const auto* intent = sdk::as<oms_intent>(record);
        if (intent == nullptr || intent->channel != channel_ || seq <= reset_) continue;
        if (intent->out_seq <= number_) continue;
        any_intent = true;
        const bool again = intent->out_seq <= highest_;
        std::optional<Message> message;
        if (intent->out_seq >= from_) message = scribe_.intent(decision, *intent, again);
        Numbered numbered;
        if (message) numbered = {std::move(*message), false, *intent};
        number_next(std::move(numbered));
    }
    if (any_intent) checkpoint({seq, number_});
    for (Message& message : scribe_.notices(decision)) untold_.push_back({seq, std::move(message)});
    seq_ = seq;
    farthest_ = std::max(farthest_, seq);
    if (moved != nullptr && seq > reset_) take_block(*moved);
}

/// Numbers up to the channel's new one: the answers that the new cursor covers, then session
/// messages.
void OutStream::take_block(const oms_channel_moved& moved) {
    const Cursor cursor = Cursor::from(sdk::view(moved.cursor));
    const bool new_here = moved.out_seq > highest_;
    while (!untold_.empty() && untold_.front().seq <= cursor.told && number_ < moved.out_seq) {
        number_next({std::move(untold_.front().message), false, {}});
        untold_.pop_front();
    }
    // On a walk that began amid answers that had numbers already, these are not met again.
    while (!untold_.empty() && untold_.front().seq <= cursor.told) untold_.pop_front();
    while (number_ < moved.out_seq) {
        const bool mine = new_here && asked_session_ > 0 && !session_.empty();
        Numbered numbered;
        numbered.session = mine;
        if (mine) {
            numbered.message = std::move(session_.front());
            session_.pop_front();
            --asked_session_;
        }
        number_next(std::move(numbered));
    }
    if (new_here) asking_ = false;
    checkpoint({cursor.told, number_});
}

void OutStream::number_next(Numbered numbered) {
    ++number_;
    highest_ = std::max(highest_, number_);
    if (number_ < from_) return;
    numbered.message.number = number_;
    ready.push_back(std::move(numbered));
}

void OutStream::checkpoint(Checkpoint point) {
    if (!checkpoints_.empty() && point.number <= checkpoints_.back().number) return;
    checkpoints_.push_back(point);
    if (checkpoints_.size() <= most_checkpoints) return;
    // Every other one goes: walking from the one before it costs a little more.
    std::deque<Checkpoint> thinned;
    for (std::size_t at = 0; at < checkpoints_.size(); at += 2) thinned.push_back(checkpoints_[at]);
    checkpoints_ = std::move(thinned);
}

void OutStream::arrived(std::uint64_t number) {
    while (!checkpoints_.empty() && checkpoints_.front().number <= number) {
        known_ = checkpoints_.front();
        if (checkpoints_.size() > 1 && checkpoints_[1].number > number) return;
        if (checkpoints_.size() == 1) return;
        checkpoints_.pop_front();
    }
}

// ---- numbers
// -------------------------------------------------------------------------------------

OutStream::Wish OutStream::wish() const {
    if (asking_) return {};
    Wish wish;
    wish.told = told_;
    for (const Untold& untold : untold_) {
        if (untold.seq <= told_) continue;
        ++wish.numbers;
        wish.told = untold.seq;
    }
    wish.numbers += session_.size();
    return wish;
}

void OutStream::asked(const Wish& wish) {
    asking_ = true;
    told_ = wish.told;
    asked_session_ = session_.size();
}

Cursor OutStream::cursor() {
    if (untold_.empty()) told_ = std::max(told_, seq_);
    return {told_, known_, reset_};
}

void OutStream::forget_session() {
    while (session_.size() > asked_session_) session_.pop_back();
    for (Message& message : session_) message = Message();
}

}  // namespace line
