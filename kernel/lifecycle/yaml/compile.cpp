// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/yaml/compile.hpp"

#include "lifecycle/codec.hpp"
#include "lifecycle/implication.hpp"
#include "lifecycle/words.hpp"
#include "lifecycle/yaml/draft.hpp"
#include "lifecycle/yaml/waiting.hpp"
#include "model/assert.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace oms::lifecycle {
namespace {

/// A rule's event as it was written, to be checked when all that can come is known.
struct WrittenEvent {
    std::uint32_t event = 0;
    std::string name;
    std::string place;
};

class Compiler {
public:
    Compiler(const yaml::Node& document, const Vocabulary& vocabulary)
        : document_(document), draft_(vocabulary) {
        draft_.places.whole = document.place();
    }

    yaml::Checked<Compiled> run() {
        read_document();
        if (!draft_.problems.empty()) return tl::unexpected<yaml::Errors>(draft_.problems.take());
        sort_rules();
        Findings findings = lint(draft_.table, draft_.places);
        for (Error& error : findings.errors) draft_.problems.add(std::move(error));
        if (!draft_.problems.empty()) return tl::unexpected<yaml::Errors>(draft_.problems.take());
        OMS_ASSERT(validate(draft_.table).has_value());
        Compiled compiled{std::move(draft_.table), std::move(draft_.places),
                          std::move(draft_.warnings)};
        compiled.warnings.insert(compiled.warnings.end(), findings.warnings.begin(),
                                 findings.warnings.end());
        return compiled;
    }

private:
    void read_document() {
        yaml::Fields fields(document_, draft_.problems, "lifecycle");
        if (!document_.is_map()) return;
        read_head(fields);
        read_names(fields, "roles", "role", role_count, draft_.table.roles, nullptr);
        read_names(fields, "slots", "slot", max_slots, draft_.table.slots, &draft_.places.slots);
        read_events(fields);
        read_timers(draft_, fields.map("timers"));
        read_watches(draft_, fields.map("watches"));
        read_tasks(draft_, fields.map("tasks"));
        const yaml::Node* regions = fields.map("regions", yaml::required);
        if (regions != nullptr) {
            // States first: conditions may name those of any region.
            for (const yaml::Node& region : regions->items()) read_region(region);
        }
        read_conditions(fields.map("conditions"));
        if (regions != nullptr) {
            if (draft_.table.regions.size() == regions->items().size()) read_rules(*regions);
        }
        read_statuses(fields.list("status", yaml::required));
        if (const auto ended = fields.text("ended", yaml::required)) {
            draft_.places.ended = document_.find("ended")->place();
            draft_.table.ended = read_condition(draft_, *ended, draft_.places.ended);
        }
        fields.finish();
        check_events();
        check_waiting();
    }

    void read_head(yaml::Fields& fields) {
        Table& table = draft_.table;
        if (const auto name = fields.text("lifecycle", yaml::required)) {
            draft_.is_name(*name, document_.find("lifecycle")->place(), "lifecycle");
            table.name = *name;
        }
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
        if (const auto revision = fields.integer("revision", yaml::required, 1, most))
            table.revision = static_cast<std::uint32_t>(*revision);
        if (const auto attach = fields.choice("attach", {"order", "route"}, yaml::required))
            table.attach = *attach == 0 ? Attach::order : Attach::route;
        fields.text("about");
    }

    void read_names(yaml::Fields& fields, std::string_view key, std::string_view what,
                    std::size_t most, std::vector<std::string>& names,
                    std::vector<std::string>* places) {
        const yaml::Node* list = fields.list(key);
        if (list == nullptr) return;
        for (const yaml::Node& item : list->items()) {
            const auto text = yaml::as_text(item);
            if (!text) {
                draft_.problems.add(text.error());
                continue;
            }
            if (!draft_.is_free_name(*text, item.place(), what)) continue;
            if (names.size() == most) {
                draft_.error(error_limit, item.place(),
                             "more than " + std::to_string(most) + " " + std::string(key),
                             "merge two of them");
                return;
            }
            names.push_back(*text);
            if (places != nullptr) places->push_back(item.place());
        }
    }

    void read_events(yaml::Fields& fields) {
        const yaml::Node* events = fields.any("events");
        if (events == nullptr) return;
        for (const yaml::Node& item : events->items()) {
            const bool named = events->is_map();
            const std::string place = named ? item.key_place() : item.place();
            const std::string name = named ? item.key() : item.is_scalar() ? item.text() : "";
            if (number_of(event_words(), name)) {
                draft_.error(error_doubled, place, "event \"" + name + "\" is a word already",
                             "remove it from the list, or choose another name");
                continue;
            }
            if (!draft_.is_name(name, place, "event")) continue;
            draft_.may_come(draft_.event(name, place));
        }
    }

    void read_region(const yaml::Node& node) {
        yaml::Fields fields(node, draft_.problems, "region");
        fields.any("rules");
        Table& table = draft_.table;
        if (!draft_.is_free_name(node.key(), node.key_place(), "region")) return;
        if (table.regions.size() == max_regions) {
            draft_.error(error_limit, node.key_place(),
                         "more than " + std::to_string(max_regions) + " regions",
                         "put what does not happen at the same time into one region");
            return;
        }
        Region region{node.key(), {}};
        std::vector<std::string> places;
        const yaml::Node* states = fields.list("states", yaml::required);
        if (states == nullptr) return;
        for (const yaml::Node& item : states->items()) read_state(item, region, places);
        if (region.states.empty()) {
            draft_.error(error_limit, states->place(), "a region without states",
                         "list its states, the first one being where an instance starts");
            return;
        }
        table.regions.push_back(std::move(region));
        draft_.places.states.push_back(std::move(places));
        draft_.groups.emplace_back();
        if (const yaml::Node* groups = fields.map("groups"))
            for (const yaml::Node& group : groups->items()) read_group(group);
    }

    /// A group belongs to the region that was read last.
    void read_group(const yaml::Node& node) {
        const std::size_t region = draft_.table.regions.size() - 1;
        if (!draft_.is_name(node.key(), node.key_place(), "group of states")) return;
        if (draft_.find_states(region, node.key())) {
            return draft_.error(error_doubled, node.key_place(),
                                "a group of states cannot be called \"" + node.key() +
                                    "\": that is a state already",
                                "choose another name");
        }
        const std::uint64_t states = read_from(&node, static_cast<std::uint8_t>(region));
        draft_.groups.back().push_back({node.key(), node.key_place(), states});
    }

    void read_conditions(const yaml::Node* section) {
        if (section == nullptr) return;
        for (const yaml::Node& item : section->items()) {
            const auto text = yaml::as_text(item);
            if (!text) {
                draft_.problems.add(text.error());
                continue;
            }
            if (!draft_.is_free_name(item.key(), item.key_place(), "condition")) continue;
            // Read once here, so that what is wrong is said where it stands.
            const std::size_t tests = draft_.table.tests.size();
            const std::size_t compares = draft_.table.compares.size();
            const std::size_t problems = draft_.problems.count();
            read_condition(draft_, *text, item.place());
            draft_.table.tests.resize(tests);
            draft_.table.compares.resize(compares);
            const bool good = draft_.problems.count() == problems;
            draft_.conditions.push_back(
                {item.key(), item.key_place(), good ? *text : std::string(), false});
        }
    }

    void read_state(const yaml::Node& item, Region& region, std::vector<std::string>& places) {
        const auto text = yaml::as_text(item);
        if (!text) return draft_.problems.add(text.error());
        if (!draft_.is_name(*text, item.place(), "state")) return;
        const auto& states = region.states;
        if (*text == "any" || std::find(states.begin(), states.end(), *text) != states.end()) {
            return draft_.error(error_doubled, item.place(),
                                *text == "any" ? "a state cannot be called \"any\""
                                               : "state \"" + *text + "\" comes twice",
                                "choose another name");
        }
        if (states.size() == max_states) {
            return draft_.error(error_limit, item.place(),
                                "more than " + std::to_string(max_states) + " states in a region",
                                "split it into regions");
        }
        region.states.push_back(*text);
        places.push_back(item.place());
    }

    void read_rules(const yaml::Node& regions) {
        for (std::size_t at = 0; at < regions.items().size(); ++at) {
            const yaml::Node* rules = regions.items()[at].find("rules");
            if (rules == nullptr) continue;
            if (!rules->is_list()) {
                draft_.error(yaml::error_wrong_kind, rules->place(),
                             "expected a list of rules, found " +
                                 std::string(yaml::kind_text(rules->kind())),
                             "write one \"- {event: …, from: …, to: …}\" a line");
                continue;
            }
            for (const yaml::Node& rule : rules->items())
                read_rule(rule, static_cast<std::uint8_t>(at));
        }
    }

    void read_rule(const yaml::Node& node, std::uint8_t region) {
        yaml::Fields fields(node, draft_.problems, "rule");
        if (!node.is_map()) return;
        Rule rule;
        rule.region = region;
        rule.line = static_cast<std::uint16_t>(std::min<std::uint32_t>(node.mark().line, 0xffff));
        rule.from = read_from(fields.any("from"), region);
        if (const auto to = fields.text("to"))
            rule.to = read_state_name(*to, node.find("to")->place(), region);
        if (const auto when = fields.text("when"))
            rule.guard = read_condition(draft_, *when, node.find("when")->place());
        if (const yaml::Node* todo = fields.any("do")) {
            const ActionRange range = read_actions(draft_, *todo);
            rule.first_action = range.first;
            rule.actions = range.count;
        }
        const yaml::Node* event = fields.any("event", yaml::required);
        if (event == nullptr) return;
        if (!event->is_list()) return add_rule(rule, *event, node.place());
        for (const yaml::Node& item : event->items()) add_rule(rule, item, node.place());
    }

    std::uint8_t read_state_name(const std::string& name, const std::string& place,
                                 std::uint8_t region) {
        const Region& here = draft_.table.regions[region];
        const auto found = std::find(here.states.begin(), here.states.end(), name);
        if (found == here.states.end()) {
            draft_.unknown(error_unknown, place, "state of region " + here.name, name, here.states);
            return stay;
        }
        return static_cast<std::uint8_t>(found - here.states.begin());
    }

    /// The mask of a state or of a group of states.
    std::uint64_t read_states(const std::string& name, const std::string& place,
                              std::uint8_t region) {
        if (const auto states = draft_.find_states(region, name)) return *states;
        draft_.unknown(error_unknown, place, "state of region " + draft_.table.regions[region].name,
                       name, draft_.state_names(region));
        return 0;
    }

    std::uint64_t read_from(const yaml::Node* node, std::uint8_t region) {
        const std::size_t states = draft_.table.regions[region].states.size();
        const std::uint64_t all =
            states >= max_states ? ~std::uint64_t{0} : (std::uint64_t{1} << states) - 1;
        if (node == nullptr) return all;
        if (node->is_scalar()) {
            if (node->text() == "any") return all;
            return read_states(node->text(), node->place(), region);
        }
        const auto names = yaml::as_texts(*node);
        if (!names) {
            for (const Error& error : names.error()) draft_.problems.add(error);
            return 0;
        }
        std::uint64_t mask = 0;
        for (std::size_t at = 0; at < names->size(); ++at) {
            mask |= read_states((*names)[at], node->items()[at].place(), region);
        }
        return mask;
    }

    void add_rule(Rule rule, const yaml::Node& event, const std::string& place) {
        const auto text = yaml::as_text(event);
        if (!text) return draft_.problems.add(text.error());
        std::string name = *text;
        const std::size_t dot = name.find('.');
        if (dot != std::string::npos) {
            const std::string role = name.substr(0, dot);
            name = name.substr(dot + 1);
            const auto found = draft_.find_role(role);
            if (!found) {
                return draft_.unknown(error_unknown, event.place(), "role", role,
                                      draft_.table.roles);
            }
            if (!require_role(rule.guard, *found, event.place())) return;
        }
        if (draft_.table.rules.size() == max_rules) {
            return draft_.error(error_limit, place,
                                "more than " + std::to_string(max_rules) + " rules",
                                "split the lifecycle");
        }
        rule.event = draft_.event(name, event.place());
        draft_.table.rules.push_back(rule);
        draft_.places.rules.push_back(place);
        written_.push_back({rule.event, name, event.place()});
    }

    /// `money.route_acked` is the event route_acked of a route with lines of that role.
    bool require_role(Guard& guard, std::uint8_t role, const std::string& place) {
        auto& compares = draft_.table.compares;
        if (compares.size() + guard.compares + 1U > max_conditions) {
            draft_.error(error_limit, place,
                         "more than " + std::to_string(max_conditions) + " conditions",
                         "split the lifecycle");
            return false;
        }
        const std::vector<Compare> own(compares.begin() + guard.first_compare,
                                       compares.begin() + guard.first_compare + guard.compares);
        guard.first_compare = static_cast<std::uint16_t>(compares.size());
        ++guard.compares;
        compares.insert(compares.end(), own.begin(), own.end());
        Compare compare;
        compare.operand = Operand::role;
        compare.comparison = Comparison::equal;
        compare.value = role;
        compares.push_back(compare);
        return true;
    }

    void read_statuses(const yaml::Node* list) {
        if (list == nullptr) return;
        for (const yaml::Node& item : list->items()) {
            StatusName status;
            if (item.is_map() && item.items().size() == 1) {
                const yaml::Node& condition = item.items()[0];
                status.name = condition.key();
                const auto text = yaml::as_text(condition);
                if (!text) {
                    draft_.problems.add(text.error());
                    continue;
                }
                status.guard = read_condition(draft_, *text, condition.place());
            } else if (item.is_scalar()) {
                status.name = item.text();
            } else {
                draft_.error(yaml::error_wrong_kind, item.place(),
                             "expected a status and its condition, found " +
                                 std::string(yaml::kind_text(item.kind())),
                             "write \"- name: condition\", and \"- name\" for the last");
                continue;
            }
            if (!draft_.is_name(status.name, item.place(), "status")) continue;
            if (draft_.table.statuses.size() == max_statuses) {
                draft_.error(error_limit, item.place(),
                             "more than " + std::to_string(max_statuses) + " statuses");
                return;
            }
            draft_.table.statuses.push_back(std::move(status));
            draft_.places.statuses.push_back(item.place());
        }
    }

    void check_events() {
        const std::vector<std::string> known = draft_.known_events();
        for (const WrittenEvent& written : written_) {
            if (draft_.can_come(written.event)) continue;
            draft_.unknown(error_unknown, written.place, "event", written.name, known);
        }
    }

    void check_waiting() {
        const auto check = [&](const std::vector<Waiting>& list, const std::string& what) {
            for (const Waiting& waiting : list) {
                if (waiting.used) continue;
                draft_.warnings.push_back({error_unused, waiting.place,
                                           what + " \"" + waiting.name + "\" is never used",
                                           "write \"do: " + what + " " + waiting.name +
                                               "\" where it begins, or remove it"});
            }
        };
        for (const NamedCondition& condition : draft_.conditions) {
            if (condition.used) continue;
            draft_.warnings.push_back({error_unused, condition.place,
                                       "condition \"" + condition.name + "\" is never used",
                                       "remove it"});
        }
        check(draft_.timers, "timer");
        check(draft_.watches, "watch");
        check(draft_.tasks, "task");
    }

    void sort_rules() {
        std::vector<std::size_t> order(draft_.table.rules.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        const std::vector<Rule> rules = std::move(draft_.table.rules);
        const std::vector<std::string> places = std::move(draft_.places.rules);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            return rules[left].event < rules[right].event;
        });
        draft_.table.rules.clear();
        draft_.places.rules.clear();
        for (const std::size_t at : order) {
            draft_.table.rules.push_back(rules[at]);
            draft_.places.rules.push_back(places[at]);
        }
    }

    const yaml::Node& document_;
    Draft draft_;
    std::vector<WrittenEvent> written_;
};

}  // namespace

yaml::Checked<Compiled> compile(const yaml::Node& document, const Vocabulary& vocabulary) {
    return Compiler(document, vocabulary).run();
}

yaml::Checked<Compiled> compile_text(std::string_view text, std::string name,
                                     const Vocabulary& vocabulary) {
    const yaml::Checked<yaml::Node> document = yaml::parse(text, std::move(name));
    if (!document) return tl::unexpected<yaml::Errors>(document.error());
    return compile(*document, vocabulary);
}

yaml::Checked<Compiled> compile_file(const std::string& path, const Vocabulary& vocabulary) {
    const yaml::Checked<yaml::Node> document = yaml::load_file(path);
    if (!document) return tl::unexpected<yaml::Errors>(document.error());
    return compile(*document, vocabulary);
}

}  // namespace oms::lifecycle
