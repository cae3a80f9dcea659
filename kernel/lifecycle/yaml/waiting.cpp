// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/yaml/waiting.hpp"

#include "lifecycle/codec.hpp"
#include "lifecycle/interpret.hpp"
#include "lifecycle/words.hpp"

#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <charconv>

namespace oms::lifecycle {
namespace {

constexpr std::int64_t max_wait_ms = std::int64_t{3'660} * 86'400'000;  ///< ten years

/// `24h` in milliseconds; nothing when it is no duration.
std::optional<std::int64_t> duration_ms(const std::string& text) {
    struct Unit {
        std::string_view name;
        std::int64_t ms;
    };
    constexpr Unit units[] = {
        {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    std::int64_t number = 0;
    const char* last = text.data() + text.size();
    const auto [end, status] = std::from_chars(text.data(), last, number);
    if (status != std::errc{} || number < 0) return std::nullopt;
    for (const Unit& unit : units) {
        if (std::string_view(end, static_cast<std::size_t>(last - end)) != unit.name) continue;
        return number > max_wait_ms / unit.ms ? max_wait_ms + 1 : number * unit.ms;
    }
    return std::nullopt;
}

/// The event that is called as the waiting thing is; nothing when it cannot be called so.
std::optional<std::uint32_t> own_event(Draft& draft, const yaml::Node& node,
                                       std::string_view what) {
    const std::string& name = node.key();
    if (number_of(event_words(), name)) {
        draft.error(
            error_doubled, node.key_place(),
            "a " + std::string(what) + " cannot be called \"" + name +
                "\": that is an event already",
            "choose another name; the " + std::string(what) + " raises an event of its own");
        return std::nullopt;
    }
    if (!draft.is_name(name, node.key_place(), what)) return std::nullopt;
    const std::uint32_t event = draft.event(name, node.key_place());
    draft.may_come(event);
    return event;
}

/// The number of a term whose meaning is one of these; 0 when there is none, which is said.
std::uint32_t term_for(Draft& draft, const std::string& name, const std::string& place,
                       std::string_view use, std::initializer_list<sdk::FieldMeaning> meanings) {
    const auto term = draft.find_term(name);
    if (!term) {
        draft.unknown(error_unknown, place, "term", name, draft.term_names());
        return 0;
    }
    const sdk::TermInfo* info = sdk::term_info(*term);
    for (const sdk::FieldMeaning meaning : meanings)
        if (info == nullptr || info->meaning == meaning) return *term;
    std::vector<std::string> fitting;
    for (const sdk::TermInfo& other : sdk::term_infos)
        for (const sdk::FieldMeaning meaning : meanings)
            if (other.meaning == meaning) fitting.emplace_back(other.name);
    draft.unknown(error_unknown, place, "term for " + std::string(use), name, fitting);
    return 0;
}

void read_timer(Draft& draft, const yaml::Node& node) {
    const auto event = own_event(draft, node, "timer");
    const auto text = yaml::as_text(node);
    if (!text) return draft.problems.add(text.error());
    const std::vector<std::string> words = words_of(*text);
    Waiting timer{node.key(), node.key_place(), {}, false};
    timer.action.verb = Verb::timer;
    timer.action.event = event.value_or(0);
    if (words.size() == 2 && words[0] == "at") {
        timer.action.field =
            term_for(draft, words[1], node.place(), "a time", {sdk::FieldMeaning::time});
    } else if (words.size() == 2 && words[0] == "after" && duration_ms(words[1])) {
        const std::int64_t ms = *duration_ms(words[1]);
        if (ms == 0 || ms > max_wait_ms) {
            draft.error(error_duration, node.place(), "no timer can wait " + words[1],
                        "write between 1ms and 3660d");
        }
        timer.action.number = ms * 1'000'000;
    } else {
        draft.error(error_duration, node.place(),
                    "expected when timer \"" + node.key() + "\" is due, found \"" + *text + "\"",
                    "write \"after 24h\", with ms, s, m, h or d, or \"at expire_time\", a term");
    }
    draft.timers.push_back(std::move(timer));
}

void read_watch(Draft& draft, const yaml::Node& node) {
    const auto event = own_event(draft, node, "watch");
    const auto text = yaml::as_text(node);
    if (!text) return draft.problems.add(text.error());
    const std::vector<std::string> words = words_of(*text);
    Waiting watch{node.key(), node.key_place(), {}, false};
    watch.action.verb = Verb::watch;
    watch.action.event = event.value_or(0);
    const bool available = words.size() == 2 && words[0] == "available" && words[1] == "grows";
    if (words.size() == 3 && words[1] == "crosses") {
        if (const auto observation = draft.find_observation(words[0])) {
            watch.action.observation_field = *observation;
        } else {
            draft.unknown(error_unknown, node.place(), "observation", words[0],
                          draft.observation_names());
        }
        watch.action.field = term_for(draft, words[2], node.place(), "a price or a quantity",
                                      {sdk::FieldMeaning::price, sdk::FieldMeaning::quantity});
    } else if (!available) {
        draft.error(error_action, node.place(),
                    "expected what watch \"" + node.key() + "\" looks at, found \"" + *text + "\"",
                    "write \"last crosses stop_price\", an observation and a term of the order, or "
                    "\"available grows\"");
    }
    draft.watches.push_back(std::move(watch));
}

void read_answers(Draft& draft, const yaml::Node& answers, Action& action) {
    Table& table = draft.table;
    action.index = static_cast<std::uint16_t>(table.answers.size());
    for (const yaml::Node& item : answers.items()) {
        const auto name = yaml::as_text(item);
        if (!name) {
            draft.problems.add(name.error());
            continue;
        }
        if (!draft.is_name(item.key(), item.key_place(), "answer")) continue;
        if (table.answers.size() == max_answers) {
            draft.error(error_limit, item.place(),
                        "more than " + std::to_string(max_answers) + " answers");
            return;
        }
        const std::uint32_t event = draft.event(*name, item.place());
        draft.may_come(event);
        // An answer is known by its word, whichever task it is given to.
        const auto other =
            std::find_if(table.answers.begin(), table.answers.end(), [&](const Answer& answer) {
                return answer.word == item.key() && answer.event != event;
            });
        if (other != table.answers.end()) {
            draft.error(error_doubled, item.place(),
                        "answer \"" + item.key() + "\" raises \"" + *name + "\" here and \"" +
                            event_name(table, other->event) + "\" in another task",
                        "use different words for different answers");
        }
        table.answers.push_back({item.key(), event});
        draft.places.answers.push_back(item.place());
        ++action.answers;
    }
    if (answers.items().empty()) {
        draft.error(error_action, answers.place(), "a task without an answer",
                    "write \"answers: {accept: EVENT, refuse: EVENT}\"");
    }
}

void read_task(Draft& draft, const yaml::Node& node) {
    draft.is_name(node.key(), node.key_place(), "task");
    yaml::Fields fields(node, draft.problems, "task");
    const auto queue = fields.text("queue", yaml::required);
    const auto title = fields.text("title", yaml::required);
    const yaml::Node* answers = fields.map("answers", yaml::required);
    Waiting task{node.key(), node.key_place(), {}, false};
    task.action.verb = Verb::task;
    if (queue && draft.is_name(*queue, node.find("queue")->place(), "queue"))
        task.action.text = draft.text(*queue, node.find("queue")->place());
    if (title) task.action.text2 = draft.text(*title, node.find("title")->place());
    if (answers != nullptr) read_answers(draft, *answers, task.action);
    draft.tasks.push_back(std::move(task));
}

template <class ReadOne>
void read_section(const yaml::Node* section, Draft& draft, ReadOne read_one) {
    if (section == nullptr) return;
    for (const yaml::Node& item : section->items()) read_one(draft, item);
}

}  // namespace

void read_timers(Draft& draft, const yaml::Node* section) {
    read_section(section, draft, read_timer);
}
void read_watches(Draft& draft, const yaml::Node* section) {
    read_section(section, draft, read_watch);
}
void read_tasks(Draft& draft, const yaml::Node* section) {
    read_section(section, draft, read_task);
}

}  // namespace oms::lifecycle
