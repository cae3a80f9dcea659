// SPDX-License-Identifier: Apache-2.0
// An outside party with a book of its own, naive on purpose: what it was asked, what it works, what
// it did, and what it has said of that. It outlives every life of the process, and is the oracle
// for what really happened.
//
// What it says goes out in the order of its due times. A party with a numbered stream keeps all of
// it until the other side has it on disk; one with hooks repeats each until somebody answers.
#pragma once

#include "moment.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oms::simulation {

enum class Character : std::uint8_t { venue, warehouse, provider };

/// A part of an order that a party was given: one line of it.
struct Part {
    std::uint32_t line = 0;
    std::uint32_t product = 0;
    bool receives = false;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
};

struct Request {
    std::uint32_t action = 0;  ///< OMS_action_...
    std::uint64_t route = 0;
    std::uint64_t number = 0;  ///< of the message; 0: a question of the line's own
    std::uint64_t order = 0;
    std::uint64_t refund_of = 0;
    std::int64_t quantity = 0;  ///< of a signal
    bool enquiry = false;
    std::vector<Part> parts;
};

/// Something that the party says.
struct Said {
    std::uint32_t type = 0;  ///< OMS_report_...
    std::uint64_t route = 0;
    std::uint64_t answers = 0;  ///< the request's number
    bool is_answer = false;     ///< to a request, or a question that has no number
    std::string ref;
    std::string execution;  ///< its own id, also of a part that is given back
    std::string refers_to;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t remaining = 0;
    std::int64_t time = 0;
    std::uint64_t number = 0;  ///< in the stream
    std::vector<Part> parts;   ///< of an execution, or of what is given back
};

/// What the party has of one route.
struct Work {
    struct Line {
        Part part;
        std::int64_t done = 0;
        std::int64_t cancelled = 0;
        std::int64_t open() const {
            return std::max<std::int64_t>(part.quantity - done - cancelled, 0);
        }
    };
    struct Deed {
        std::string ref;
        std::vector<Part> parts;
        bool live = true;
        bool corrects = false;  ///< it took another's place
    };
    std::uint64_t route = 0;
    std::uint64_t order = 0;
    std::uint64_t refund_of = 0;
    std::uint64_t placed_by = 0;  ///< the number of the request
    std::string ref;
    bool enquiry = false;
    bool ended = false;
    bool forgotten = false;  ///< it works nothing of it, and says that it never had it
    bool went_over = false;  ///< it did more than it was asked, or after it had ended
    /// Something was undone beside a part that was given back: what works then depends on which of
    /// them is heard first. The kernel asks a person.
    bool is_unclear = false;
    std::uint32_t end = 0;  ///< the report that ended it
    std::vector<Line> lines;
    std::vector<Deed> deeds;

    std::int64_t open() const;
    Line* line(std::uint32_t index);
};

class Party {
public:
    Party(std::string name, Character character) : name_(std::move(name)), character_(character) {}

    const std::string& name() const { return name_; }
    Character character() const { return character_; }
    /// What it did is told by hooks, without numbers.
    bool has_hooks() const { return character_ == Character::provider; }

    // ---- the line to it -------------------------------------------------------------------------

    bool is_down() const { return down_; }
    void set_down(bool down) { down_ = down; }
    /// A request arrives. One that arrived before is the same request.
    void receive(const Request& request, Moment& moment);
    bool received(std::uint64_t route, std::uint64_t number) const;
    /// The first word behind this number; null: none yet.
    const Said* after(std::uint64_t number) const;
    void forget_words_until(std::uint64_t number);
    /// Without a stream: the answers to what came just now, each given once.
    std::optional<Said> take_answer();
    std::deque<Said>& hooks() { return hooks_; }

    // ---- what it does ---------------------------------------------------------------------------

    /// Handles what arrived, does something by itself, and lets go what is due to be said.
    void act(Moment& moment);
    /// Only the first and the last of these: nothing new begins.
    void come_to_rest(Moment& moment);
    bool is_at_rest() const { return inbox_.empty() && outbox_.empty(); }

    const std::map<std::uint64_t, Work>& works() const { return works_; }
    /// A place came for a route that it works already, under another number.
    std::uint64_t second_places() const { return second_places_; }

private:
    void handle_due(Moment& moment, bool all);
    void handle(const Request& request, Moment& moment);
    void place(const Request& request, Moment& moment);
    void cancel(const Request& request, Moment& moment);
    void amend(const Request& request, Moment& moment);
    void signal(const Request& request, Moment& moment);
    void answer(const Request& request, Moment& moment);
    void do_something(Moment& moment);
    void do_part(Work& work, Moment& moment);
    void ship(Work& work, Moment& moment);
    void give_back(Work& work, Moment& moment);
    void execute(Work& work, std::vector<Part> parts, const std::string& ref, std::uint64_t cause,
                 Moment& moment);
    void bust(Work& work, Moment& moment);
    void correct(Work& work, Moment& moment);
    void speak_nonsense(Moment& moment);
    void end(Work& work, std::uint32_t how, std::uint64_t cause, Moment& moment);
    void say(const Work& work, std::uint32_t type, std::uint64_t cause, Moment& moment);
    void say(Said said, Moment& moment);
    void send(Said said, std::int64_t due);
    void tell_untold(std::uint64_t route, std::int64_t due);
    void tell_deeds(std::uint64_t route, std::int64_t due, bool is_answer);
    void release(std::int64_t now);
    Work* find(std::uint64_t route);
    Work* any_open(Moment& moment);
    std::string next_ref() { return name_ + "-e" + std::to_string(++deeds_); }

    std::string name_;
    Character character_;
    bool down_ = false;
    std::map<std::uint64_t, Work> works_;
    std::set<std::pair<std::uint64_t, std::uint64_t>> received_;
    std::vector<std::uint64_t> open_;  ///< routes that may be open
    std::multimap<std::int64_t, Request> inbox_;
    std::multimap<std::int64_t, Said> outbox_;
    std::map<std::uint64_t, std::int64_t> last_due_;  ///< by route
    std::map<std::uint64_t, std::vector<Said>> untold_;
    std::deque<Said> stream_;
    std::deque<Said> answers_;
    std::deque<Said> hooks_;
    std::uint64_t last_number_ = 0;
    std::uint64_t deeds_ = 0;
    std::uint64_t second_places_ = 0;
};

}  // namespace oms::simulation
