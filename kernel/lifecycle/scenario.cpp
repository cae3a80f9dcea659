// SPDX-License-Identifier: Apache-2.0
// Scenario texts: one line is one thing that is told, that happens, or that is expected.
#include "lifecycle/errors.hpp"
#include "lifecycle/player.hpp"
#include "lifecycle/words.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <span>

namespace oms::lifecycle {
namespace {

using Words = std::vector<std::string>;

constexpr const char* how = "see \"Scenarios\" in docs/lifecycle-language.md";

/// Cut at blanks; a comma ends a word and is dropped, since lists of facts may have them.
Words words_of_line(std::string_view line) {
    Words words;
    bool inside = false;
    for (const char letter : line) {
        if (letter == '#' && !inside) break;
        const bool blank = letter == ' ' || letter == ',' || letter == '\r' || letter == '\t';
        if (!blank && !inside) words.emplace_back();
        if (!blank) words.back() += letter;
        inside = !blank;
    }
    return words;
}

std::string join(const Words& words, std::size_t first = 0) {
    std::string text;
    for (std::size_t at = first; at < words.size(); ++at)
        text += (at == first ? "" : " ") + words[at];
    return text;
}

bool begins_with(const std::string& text, const std::string& words) {
    return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}

class ScenarioPlayer {
public:
    ScenarioPlayer(const Table& table, std::string_view text, const std::string& name)
        : table_(table), text_(text), name_(name) {
        start();
    }

    Result<Played> run() {
        std::size_t at = 0;
        while (at <= text_.size() && !played_.mismatch) {
            const std::size_t end = std::min(text_.find('\n', at), text_.size());
            ++line_;
            const std::string_view line = text_.substr(at, end - at);
            at = end + 1;
            const Words words = words_of_line(line);
            if (words.empty()) continue;
            if (Status status = read_line(words, line); !status)
                return tl::unexpected<Error>(status.error());
        }
        return std::move(played_);
    }

private:
    std::string place() const { return name_ + ":" + std::to_string(line_) + ":1"; }

    tl::unexpected<Error> error(std::string reason, std::string remedy = how) const {
        return fail(error_scenario, place(), std::move(reason), std::move(remedy));
    }
    tl::unexpected<Error> unknown(std::string_view what, const std::string& name,
                                  const std::vector<std::string>& known) const {
        return error(
            "unknown " + std::string(what) + " \"" + name + "\"" + sdk::did_you_mean(name, known),
            known.empty() ? std::string("see the lifecycle")
                          : "use one of: " + sdk::name_list(known));
    }

    void start() { player_ = std::make_unique<Player>(table_); }

    void say(const std::string& text) {
        const std::string number = std::to_string(line_);
        played_.trace += std::string(number.size() < 5 ? 5 - number.size() : 0, ' ') + number +
                         "  " + text + "\n";
    }

    Status read_line(const Words& words, std::string_view line) {
        const std::string& first = words[0];
        if (first == "scenario") {
            start();
            ++played_.scenarios;
            const std::size_t title = line.find("scenario") + 8;
            played_.trace += std::string(played_.scenarios > 1 ? "\n" : "") + "scenario" +
                             std::string(line.substr(title)) + "\n";
            return {};
        }
        if (first == "facts") return read_facts(words);
        if (first == "fact") return read_plugin_fact(words);
        if (first == "term") return read_term(words);
        if (first == "attempt") return read_attempt(words);
        if (first == "event") return read_event(words);
        if (first == "timer" || first == "watch") return read_due(words);
        if (first == "answer") return read_answer(words);
        return read_expectation(words);
    }

    Result<std::int64_t> integer(const std::string& text) const {
        std::int64_t value = 0;
        const char* last = text.data() + text.size();
        const auto [end, status] = std::from_chars(text.data(), last, value);
        if (status != std::errc{} || end != last)
            return error("\"" + text + "\" is not an integer", "write decimal digits");
        return value;
    }

    /// `any` role where the lifecycle names none.
    Result<std::uint8_t> role_of(const std::string& name) const {
        const auto found = std::find(table_.roles.begin(), table_.roles.end(), name);
        if (found == table_.roles.end()) return unknown("role", name, table_.roles);
        return static_cast<std::uint8_t>(found - table_.roles.begin());
    }

    // ---- what is told -------------------------------------------------------------------------

    Status read_facts(const Words& words) {
        bool holds = true;
        for (std::size_t at = 1; at < words.size(); ++at) {
            if (words[at] == "none") {
                player_->clear_facts();
            } else if (words[at] == "not") {
                holds = false;
                continue;
            } else if (Status status = read_fact(words[at], holds); !status) {
                return status;
            }
            holds = true;
        }
        say(join(words));
        return {};
    }

    Status read_fact(const std::string& word, bool holds) {
        const std::size_t dot = word.find('.');
        const std::string name = dot == std::string::npos ? word : word.substr(dot + 1);
        const auto number = number_of(fact_words(), name);
        if (!number) return unknown("fact", name, names_of(fact_words()));
        const auto fact = static_cast<Fact>(*number);
        std::uint8_t role = any_role;
        if (dot != std::string::npos) {
            const auto found = role_of(word.substr(0, dot));
            if (!found) return tl::unexpected<Error>(found.error());
            role = *found;
        } else if (is_line_fact(fact) && table_.roles.size() == 1) {
            role = 0;
        } else if (is_line_fact(fact) && !table_.roles.empty()) {
            return error("\"" + name + "\" needs a role here",
                         "write \"" + table_.roles[0] + "." + name + "\", for example");
        }
        player_->set_fact(fact, role, holds);
        return {};
    }

    Status read_plugin_fact(const Words& words) {
        const auto& known = table_.plugin_facts;
        if (words.size() < 3) return error("a plugin's fact needs a value");
        if (std::find(known.begin(), known.end(), words[1]) == known.end())
            return unknown("plugin fact", words[1], known);
        std::optional<std::int64_t> value;
        if (words[2] != "unknown") {
            const auto number = integer(words.back());
            if (!number) return tl::unexpected<Error>(number.error());
            value = *number;
        }
        player_->set_plugin_fact(words[1], value);
        say(join(words));
        return {};
    }

    Status read_term(const Words& words) {
        if (words.size() != 3 && words.size() != 4) return error("a term needs a value");
        const sdk::TermInfo* info = sdk::term_info(words[1]);
        if (info == nullptr) {
            std::vector<std::string> known;
            for (const sdk::TermInfo& each : sdk::term_infos) known.emplace_back(each.name);
            return unknown("term", words[1], known);
        }
        std::optional<std::int64_t> value;
        if (words.back() != "none") {
            value = sdk::choice_number(words[1], words.back());
            if (!value) {
                const auto number = integer(words.back());
                if (!number) return tl::unexpected<Error>(number.error());
                value = *number;
            }
        }
        player_->set_term(info->number, value);
        say(join(words));
        return {};
    }

    Status read_attempt(const Words& words) {
        if (words.size() < 2) return error("an attempt needs a number");
        std::uint8_t role = 0;
        if (!table_.roles.empty()) {
            const auto found = role_of(words[1]);
            if (!found) return tl::unexpected<Error>(found.error());
            role = *found;
        }
        const auto number = integer(words.back());
        if (!number) return tl::unexpected<Error>(number.error());
        player_->set_attempt(role, *number);
        say(join(words));
        return {};
    }

    // ---- what happens -------------------------------------------------------------------------

    Result<std::uint32_t> event_of(const std::string& name) const {
        if (const auto event = find_event(table_, name)) return *event;
        std::vector<std::string> known = table_.events;
        for (const Word& word : event_words())
            if (is_for(table_.attach, static_cast<Event>(word.number)))
                known.emplace_back(word.name);
        return unknown("event", name, known);
    }

    Status read_event(const Words& words) {
        if (words.size() != 2 && words.size() != 3) return error("name one event");
        std::uint8_t role = any_role;
        std::string name = words[1];
        if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
            const auto found = role_of(name.substr(0, dot));
            if (!found) return tl::unexpected<Error>(found.error());
            role = *found;
            name = name.substr(dot + 1);
        }
        const auto event = event_of(name);
        if (!event) return tl::unexpected<Error>(event.error());
        std::int64_t number = 0;
        if (words.size() == 3) {
            const auto read = integer(words[2]);
            if (!read) return tl::unexpected<Error>(read.error());
            number = *read;
        }
        show_step(words, player_->raise(*event, number, role));
        return {};
    }

    Status read_due(const Words& words) {
        if (words.size() != 2) return error("name one " + words[0]);
        const auto event = event_of(words[1]);
        if (!event) return tl::unexpected<Error>(event.error());
        const bool timer = words[0] == "timer";
        const Player::Step* step = timer ? player_->timer_due(*event) : player_->watch_hit(*event);
        if (step != nullptr) {
            show_step(words, *step);
        } else {
            mismatch(words, "no " + words[0] + " of that name waits; " +
                                waiting(timer ? player_->timers() : player_->watches()));
        }
        return {};
    }

    Status read_answer(const Words& words) {
        if (words.size() != 2) return error("name one answer");
        if (const Player::Step* step = player_->answer(words[1])) {
            show_step(words, *step);
        } else {
            const auto answers = player_->answers();
            mismatch(words, answers.empty() ? std::string("no task is open")
                                            : "open tasks take: " + sdk::name_list(answers));
        }
        return {};
    }

    std::string waiting(const std::vector<std::uint32_t>& events) const {
        if (events.empty()) return "nothing waits";
        std::vector<std::string> names;
        for (const std::uint32_t event : events) names.push_back(event_name(table_, event));
        return "what waits: " + sdk::name_list(names);
    }

    void show_step(const Words& words, const Player::Step& step) {
        ++played_.events;
        say(join(words));
        const std::string indent(9, ' ');
        for (const Player::Move& move : step.moves) {
            played_.trace += indent + table_.regions[move.region].name + ": " +
                             state_name(table_, move.region, move.from) + " -> " +
                             state_name(table_, move.region, move.to) + "\n";
        }
        for (const std::string& action : step.done)
            played_.trace += indent + "does " + action + "\n";
        if (step.refused) played_.trace += indent + "refused: " + *step.refused + "\n";
        if (!step.taken) played_.trace += indent + "no rule takes it\n";
        if (step.endless) {
            mismatch(words, "the events that it sets off do not end (more than " +
                                std::to_string(Player::max_events_per_step) + ")");
        }
    }

    // ---- what is expected ---------------------------------------------------------------------

    void mismatch(const Words& words, const std::string& found) {
        played_.mismatch =
            Error{error_mismatch, place(), "expected \"" + join(words) + "\", but " + found,
                  "mend the lifecycle or the expectation; the trace shows what "
                  "happened before"};
        say("  " + join(words) + "   MISMATCH: " + found);
    }

    void expect(const Words& words, bool holds, const std::string& found) {
        ++played_.expectations;
        if (holds) {
            say("  " + join(words) + "   ok");
        } else {
            mismatch(words, found);
        }
    }

    Status read_expectation(const Words& words) {
        const std::string& first = words[0];
        if (first == "status" && words.size() == 3 && words[1] == "is") return expect_status(words);
        if (first == "region" && words.size() == 4 && words[2] == "is") return expect_region(words);
        if (first == "slot" && words.size() == 4 && words[2] == "is") return expect_slot(words);
        if (first == "does" && words.size() > 1) return expect_does(words);
        if (first == "refused") return expect_refused(words);
        if (join(words) == "no rule") {
            expect(words, !player_->last().taken, "a rule took it");
            return {};
        }
        if (first == "taken" && words.size() == 1) {
            expect(words, player_->last().taken && !player_->last().refused,
                   player_->last().refused ? "it was refused" : "no rule took it");
            return {};
        }
        if (join(words) == "ended" || join(words) == "not ended") {
            expect(words, player_->ended() == (first == "ended"),
                   player_->ended() ? "it has ended" : "it has not ended");
            return {};
        }
        if (first == "waits" && words.size() >= 3 && words[1] == "for") return expect_waits(words);
        return unknown("line", join(words),
                       {"scenario", "facts", "fact", "term", "attempt", "event", "timer", "watch",
                        "answer", "status is", "region", "slot", "does", "refused", "no rule",
                        "taken", "ended", "not ended", "waits for"});
    }

    Status expect_status(const Words& words) {
        const auto& statuses = table_.statuses;
        std::vector<std::string> known;
        for (const StatusName& status : statuses) known.push_back(status.name);
        if (std::find(known.begin(), known.end(), words[2]) == known.end())
            return unknown("status", words[2], known);
        const std::string found(player_->status());
        expect(words, found == words[2], "it is \"" + found + "\"");
        return {};
    }

    Status expect_region(const Words& words) {
        std::vector<std::string> known;
        for (const Region& region : table_.regions) known.push_back(region.name);
        const auto found = std::find(known.begin(), known.end(), words[1]);
        if (found == known.end()) return unknown("region", words[1], known);
        const auto region = static_cast<std::uint8_t>(found - known.begin());
        const auto& states = table_.regions[region].states;
        if (std::find(states.begin(), states.end(), words[3]) == states.end())
            return unknown("state of region " + words[1], words[3], states);
        const std::string state = player_->state(region);
        expect(words, state == words[3], "it is \"" + state + "\"");
        return {};
    }

    Status expect_slot(const Words& words) {
        const auto found = std::find(table_.slots.begin(), table_.slots.end(), words[1]);
        if (found == table_.slots.end()) return unknown("slot", words[1], table_.slots);
        const auto value = integer(words[3]);
        if (!value) return tl::unexpected<Error>(value.error());
        const auto slot = static_cast<std::uint16_t>(found - table_.slots.begin());
        expect(words, player_->slot(slot) == *value,
               "it is " + std::to_string(player_->slot(slot)));
        return {};
    }

    Status expect_does(const Words& words) {
        const std::vector<std::string>& done = player_->last().done;
        const std::string found =
            done.empty() ? "nothing is done" : "what is done: " + sdk::name_list(done, 32);
        if (join(words) == "does nothing") {
            expect(words, done.empty(), found);
            return {};
        }
        const bool negated = words[1] == "not";
        const std::string wanted = join(words, negated ? 2 : 1);
        const std::string verb = wanted.substr(0, wanted.find(' '));
        if (!number_of(verb_words(), verb)) return unknown("action", verb, names_of(verb_words()));
        const bool does = std::any_of(done.begin(), done.end(), [&](const std::string& action) {
            return begins_with(action, wanted);
        });
        expect(words, does != negated, found);
        return {};
    }

    Status expect_refused(const Words& words) {
        const auto& refused = player_->last().refused;
        const std::string wanted = join(words, 1);
        const bool holds = refused && begins_with(*refused, wanted.empty() ? *refused : wanted);
        expect(words, holds, refused ? "it was refused: " + *refused : "it was not refused");
        return {};
    }

    Status expect_waits(const Words& words) {
        const auto answers = player_->answers();
        if (words[2] == "nothing" && words.size() == 3) {
            const bool idle =
                player_->timers().empty() && player_->watches().empty() && answers.empty();
            expect(words, idle,
                   "timers: " + waiting(player_->timers()) +
                       "; watches: " + waiting(player_->watches()) +
                       "; answers: " + std::to_string(answers.size()));
            return {};
        }
        if (words.size() != 4) return error("wait for a timer, a watch or an answer, by name");
        if (words[2] == "answer") {
            expect(words, std::find(answers.begin(), answers.end(), words[3]) != answers.end(),
                   answers.empty() ? std::string("no task is open")
                                   : "open tasks take: " + sdk::name_list(answers));
            return {};
        }
        const auto event = event_of(words[3]);
        if (!event) return tl::unexpected<Error>(event.error());
        if (words[2] != "timer" && words[2] != "watch")
            return unknown("thing to wait for", words[2], {"timer", "watch", "answer", "nothing"});
        const auto& events = words[2] == "timer" ? player_->timers() : player_->watches();
        expect(words, std::find(events.begin(), events.end(), *event) != events.end(),
               waiting(events));
        return {};
    }

    const Table& table_;
    std::string_view text_;
    const std::string& name_;
    std::size_t line_ = 0;
    std::unique_ptr<Player> player_;
    Played played_;
};

}  // namespace

Result<Played> play(const Table& table, std::string_view text, const std::string& name) {
    return ScenarioPlayer(table, text, name).run();
}

}  // namespace oms::lifecycle
