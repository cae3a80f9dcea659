// SPDX-License-Identifier: Apache-2.0
// An action is a short sentence that begins with its verb; `action_text` says it back.
#include "lifecycle/codec.hpp"
#include "lifecycle/words.hpp"
#include "lifecycle/yaml/draft.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>
#include <span>

namespace oms::lifecycle {
namespace {

const char* form_of(Verb verb) {
    switch (verb) {
        case Verb::emit:
            return "emit EVENT, or emit EVENT to order, parent, linked, routes or "
                   "routes ROLE";
        case Verb::signal: return "signal EVENT [ROLE] working, … number, or … done_part of TERM";
        case Verb::set: return "set SLOT to 0, or set SLOT to number";
        case Verb::add: return "add 1 to SLOT, or add number to SLOT";
        case Verb::timer: return "timer NAME, with NAME declared under timers";
        case Verb::clear_timer: return "clear_timer NAME, with NAME declared under timers";
        case Verb::watch: return "watch NAME, with NAME declared under watches";
        case Verb::task: return "task NAME, with NAME declared under tasks";
        case Verb::tell_linked: return "tell_linked EVENT, or tell_linked EVENT over LINK";
        case Verb::refuse: return "refuse and the reason in words";
        case Verb::route:
        case Verb::cancel_routes:
        case Verb::ask_routes:
        case Verb::cancel_rest:
        case Verb::release_holds: return "the verb alone, or the verb and a role";
        default: return "the verb alone";
    }
}

class ActionReader {
public:
    ActionReader(Draft& draft, std::string text, std::string place)
        : draft_(draft), text_(std::move(text)), place_(std::move(place)) {}

    /// Nothing when it cannot be read, which is said.
    std::optional<Action> read() {
        const std::vector<std::string> words = words_of(text_);
        if (words.empty()) {
            draft_.error(error_action, place_, "an action is empty",
                         "name what to do, or leave \"do\" out");
            return std::nullopt;
        }
        const auto verb = number_of(verb_words(), words[0]);
        if (!verb) {
            draft_.unknown(error_unknown, place_, "action", words[0], verbs_here());
            return std::nullopt;
        }
        action_.verb = static_cast<Verb>(*verb);
        if (!is_for(draft_.table.attach, action_.verb)) {
            const bool order = draft_.table.attach == Attach::order;
            draft_.error(error_not_here, place_,
                         "action \"" + words[0] + "\" is one of " + (order ? "routes" : "orders") +
                             ", and this lifecycle is for " + (order ? "orders" : "routes"),
                         "use one of: " + sdk::name_list(verbs_here(), 32));
            return std::nullopt;
        }
        if (!read_rest(Words(words).subspan(1))) return std::nullopt;
        return action_;
    }

private:
    using Words = std::span<const std::string>;

    std::vector<std::string> verbs_here() const {
        std::vector<std::string> names;
        for (const Word& word : verb_words())
            if (is_for(draft_.table.attach, static_cast<Verb>(word.number)))
                names.emplace_back(word.name);
        return names;
    }

    bool misshapen() {
        draft_.error(error_action, place_, "action \"" + text_ + "\" cannot be read",
                     std::string("write ") + form_of(action_.verb));
        return false;
    }

    bool read_rest(Words words) {
        switch (action_.verb) {
            case Verb::route:
                if (words.empty()) return needs_no_role();
                return words.size() == 1 ? read_role(words[0]) : misshapen();
            case Verb::cancel_routes:
            case Verb::ask_routes:
            case Verb::cancel_rest:
            case Verb::release_holds:
                return words.empty() || (words.size() == 1 ? read_role(words[0]) : misshapen());
            case Verb::emit: return read_emit(words);
            case Verb::signal: return read_signal(words);
            case Verb::set:
                return words.size() == 3 && words[1] == "to"
                           ? read_slot(words[0]) && read_number(words[2])
                           : misshapen();
            case Verb::add:
                return words.size() == 3 && words[1] == "to"
                           ? read_number(words[0]) && read_slot(words[2])
                           : misshapen();
            case Verb::timer:
            case Verb::clear_timer: return read_waiting(words, draft_.timers, "timer");
            case Verb::watch: return read_waiting(words, draft_.watches, "watch");
            case Verb::task: return read_waiting(words, draft_.tasks, "task");
            case Verb::tell_linked: return read_tell(words);
            case Verb::refuse: return read_reason();
            default: return words.empty() || misshapen();
        }
    }

    /// Each role has a routing policy of its own, so with several it must be said which one plans.
    bool needs_no_role() {
        if (draft_.table.roles.size() < 2) return true;
        draft_.error(error_action, place_, "action \"" + text_ + "\" does not say which role",
                     "name one of: " + sdk::name_list(draft_.table.roles));
        return false;
    }

    bool read_role(const std::string& name) {
        const auto role = draft_.find_role(name);
        if (!role) {
            draft_.unknown(error_unknown, place_, "role", name, draft_.table.roles);
            return false;
        }
        action_.role = *role;
        return true;
    }

    bool read_slot(const std::string& name) {
        const auto slot = draft_.find_slot(name);
        if (!slot) {
            draft_.unknown(error_unknown, place_, "slot", name, draft_.table.slots);
            return false;
        }
        action_.index = *slot;
        return true;
    }

    bool read_number(const std::string& word) {
        if (word == "number") {
            action_.from_event = 1;
            return true;
        }
        const auto [end, status] =
            std::from_chars(word.data(), word.data() + word.size(), action_.number);
        return (status == std::errc{} && end == word.data() + word.size()) || misshapen();
    }

    bool read_emit(Words words) {
        if (words.empty() || (words.size() > 1 && words[1] != "to")) return misshapen();
        if (words.size() > 1 && !read_target(words.subspan(2))) return false;
        const bool to_self = action_.target == Target::self;
        action_.event = to_self ? draft_.event(words[0], place_) : foreign_event(words[0]);
        if (to_self) draft_.may_come(action_.event);
        return action_.event != 0;
    }

    bool read_target(Words words) {
        if (words.empty()) return misshapen();
        const bool order = draft_.table.attach == Attach::order;
        if (words.size() == 1 && words[0] == "order" && !order) {
            action_.target = Target::order;
        } else if (words.size() == 1 && words[0] == "parent" && order) {
            action_.target = Target::parent;
        } else if (words.size() == 1 && words[0] == "linked" && order) {
            action_.target = Target::linked;
        } else if (words[0] == "routes" && words.size() <= 2 && order) {
            action_.target = Target::routes;
            return words.size() == 1 || read_role(words[1]);
        } else if (words.size() == 1 && (words[0] == "order" || words[0] == "routes" ||
                                         words[0] == "parent" || words[0] == "linked")) {
            draft_.error(error_not_here, place_,
                         order ? "an order cannot emit to \"order\""
                               : "a route cannot emit to \"" + words[0] + "\"",
                         order ? "leave \"to order\" out" : "emit to order, which can pass it on");
            return false;
        } else {
            return misshapen();
        }
        return true;
    }

    /// An event that another instance takes, on whose lifecycle nothing is known here.
    std::uint32_t foreign_event(const std::string& name) {
        if (const auto word = number_of(event_words(), name)) return *word;
        return draft_.event(name, place_);
    }

    bool read_signal(Words words) {
        if (words.size() < 2) return misshapen();
        action_.event = foreign_event(words[0]);
        words = words.subspan(1);
        if (draft_.find_role(words[0])) {
            (void)read_role(words[0]);
            words = words.subspan(1);
        } else if (!needs_no_role()) {
            return false;
        }
        if (words.size() == 1 && words[0] == "working") {
            action_.amount = Amount::working;
        } else if (words.size() == 1 && words[0] == "number") {
            action_.amount = Amount::number;
        } else if (words.size() == 3 && words[0] == "done_part" && words[1] == "of") {
            action_.amount = Amount::done_part;
            const auto term = draft_.find_term(words[2]);
            if (!term) {
                draft_.unknown(error_unknown, place_, "term", words[2], draft_.term_names());
                return false;
            }
            action_.field = *term;
        } else {
            return misshapen();
        }
        return action_.event != 0;
    }

    bool read_waiting(Words words, std::vector<Waiting>& known, std::string_view what) {
        if (words.size() != 1) return misshapen();
        const auto found = std::find_if(known.begin(), known.end(), [&](const Waiting& waiting) {
            return waiting.name == words[0];
        });
        if (found == known.end()) {
            std::vector<std::string> names;
            for (const Waiting& waiting : known) names.push_back(waiting.name);
            draft_.unknown(error_unknown, place_, what, words[0], names);
            return false;
        }
        found->used = found->used || action_.verb != Verb::clear_timer;
        const Verb verb = action_.verb;
        action_ = found->action;
        action_.verb = verb;
        if (verb == Verb::clear_timer) action_.number = action_.field = 0;
        return true;
    }

    bool read_tell(Words words) {
        if (words.size() != 1 && (words.size() != 3 || words[1] != "over")) return misshapen();
        if (words.size() == 3) {
            const auto link = sdk::code_number(sdk::link_names, words[2]);
            if (!link) {
                std::vector<std::string> known;
                for (const sdk::CodeName& code : sdk::link_names) known.emplace_back(code.name);
                draft_.unknown(error_unknown, place_, "link", words[2], known);
                return false;
            }
            action_.index = static_cast<std::uint16_t>(*link);
        }
        action_.event = foreign_event(words[0]);
        return action_.event != 0;
    }

    bool read_reason() {
        const std::size_t blank = text_.find(' ');
        const std::string reason = blank == std::string::npos ? "" : text_.substr(blank + 1);
        if (reason.empty()) return misshapen();
        action_.text = draft_.text(reason, place_);
        return action_.text != none;
    }

    Draft& draft_;
    std::string text_;
    std::string place_;
    Action action_;
};

class ActionListReader {
public:
    explicit ActionListReader(Draft& draft) : draft_(draft) {}

    ActionRange read(const yaml::Node& node) {
        if (node.is_list()) {
            for (const yaml::Node& item : node.items()) read_one(item);
        } else {
            read_one(node);
        }
        return store();
    }

private:
    struct Planned {
        Action action;
        std::string place;
        std::optional<Action> undo;
        std::string undo_place;
    };

    void read_one(const yaml::Node& node) {
        if (node.is_map()) return read_with_undo(node);
        const auto text = yaml::as_text(node);
        if (!text) return draft_.problems.add(text.error());
        if (auto action = ActionReader(draft_, *text, node.place()).read())
            planned_.push_back({*action, node.place(), std::nullopt, {}});
    }

    void read_with_undo(const yaml::Node& node) {
        yaml::Fields fields(node, draft_.problems, "action");
        const auto text = fields.text("do", yaml::required);
        const auto undo_text = fields.text("undo", yaml::required);
        if (!text || !undo_text) return;
        const std::string undo_place = node.find("undo")->place();
        const auto action = ActionReader(draft_, *text, node.find("do")->place()).read();
        const auto undo = ActionReader(draft_, *undo_text, undo_place).read();
        if (!action || !undo) return;
        if (undo->verb == Verb::undo_all || undo->verb == Verb::refuse) {
            return draft_.error(error_action, undo_place,
                                "\"" + *undo_text + "\" cannot undo anything",
                                "name an action that takes the other one back");
        }
        planned_.push_back({*action, node.find("do")->place(), undo, undo_place});
    }

    /// A rule's own actions stand together; what undoes them follows behind.
    ActionRange store() {
        Table& table = draft_.table;
        const std::size_t first = table.actions.size();
        if (first + 2 * planned_.size() > max_actions) {
            draft_.error(error_limit, draft_.places.whole,
                         "more than " + std::to_string(max_actions) + " actions",
                         "split the lifecycle");
            return {};
        }
        for (const Planned& planned : planned_) {
            table.actions.push_back(planned.action);
            draft_.places.actions.push_back(planned.place);
        }
        for (std::size_t at = 0; at < planned_.size(); ++at)
            if (planned_[at].undo) store_undo(first + at, planned_[at]);
        return {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(planned_.size())};
    }

    void store_undo(std::size_t at, const Planned& planned) {
        Table& table = draft_.table;
        const auto used = std::count_if(table.actions.begin(), table.actions.end(),
                                        [](const Action& action) { return action.undo != none; });
        if (static_cast<std::size_t>(used) == max_undo) {
            return draft_.error(error_limit, planned.undo_place,
                                "more than " + std::to_string(max_undo) + " actions with an undo",
                                "split the lifecycle");
        }
        table.actions[at].undo_bit = static_cast<std::uint8_t>(used);
        table.actions[at].undo = static_cast<std::uint16_t>(table.actions.size());
        table.actions.push_back(*planned.undo);
        draft_.places.actions.push_back(planned.undo_place);
    }

    Draft& draft_;
    std::vector<Planned> planned_;
};

}  // namespace

ActionRange read_actions(Draft& draft, const yaml::Node& node) {
    return ActionListReader(draft).read(node);
}

}  // namespace oms::lifecycle
