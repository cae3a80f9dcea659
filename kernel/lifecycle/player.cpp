// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/player.hpp"

#include <algorithm>

namespace oms::lifecycle {
namespace {

bool remove_first(std::vector<std::uint32_t>& events, std::uint32_t event) {
    const auto found = std::find(events.begin(), events.end(), event);
    if (found == events.end()) return false;
    events.erase(found);
    return true;
}

}  // namespace

Player::Player(const Table& table)
    : table_(table), index_(table), states_(table.regions.size()), slots_(table.slots.size()) {}

void Player::set_fact(Fact fact, std::uint8_t role, bool holds) {
    const auto assign = [&](Facts bit, bool value) {
        facts_ = value ? facts_ | bit : facts_ & ~bit;
    };
    assign(fact_bit(fact, role), holds);
    if (static_cast<unsigned>(fact) >= line_facts_per_role || role == any_role) return;
    bool any = false;
    bool all = true;
    for (std::uint8_t each = 0; each < table_.roles.size(); ++each) {
        const bool here = (facts_ & fact_bit(fact, each)) != 0;
        any = any || here;
        all = all && here;
    }
    assign(fact_bit(fact), fact == Fact::all_done ? all : any);
}

void Player::set_plugin_fact(const std::string& name, std::optional<std::int64_t> value) {
    if (value) {
        plugin_facts_[name] = *value;
    } else {
        plugin_facts_.erase(name);
    }
}

void Player::set_term(std::uint32_t field, std::optional<std::int64_t> value) {
    if (value) {
        terms_[field] = *value;
    } else {
        terms_.erase(field);
    }
}

Moment Player::moment(const Raised& raised) const {
    Moment moment;
    moment.facts = facts_;
    moment.states = states_;
    moment.slots = slots_;
    moment.number = raised.number;
    moment.role = raised.role;
    moment.attempts = attempts_;
    void* self = const_cast<Player*>(this);
    moment.plugin_facts = {self, [](void* context, std::uint16_t index, std::int64_t& value) {
                               const auto& player = *static_cast<const Player*>(context);
                               const auto& known = player.plugin_facts_;
                               const auto found = known.find(player.table_.plugin_facts[index]);
                               if (found == known.end()) return false;
                               value = found->second;
                               return true;
                           }};
    moment.terms = {self, [](void* context, std::uint32_t field, std::int64_t& value) {
                        const auto& known = static_cast<const Player*>(context)->terms_;
                        const auto found = known.find(field);
                        if (found == known.end()) return false;
                        value = found->second;
                        return true;
                    }};
    return moment;
}

const Player::Step& Player::raise(std::uint32_t event, std::int64_t number, std::uint8_t role) {
    // A refusal rolls everything back.
    const auto states = states_;
    const auto slots = slots_;
    const std::uint64_t undo_mask = undo_mask_;
    const auto timers = timers_;
    const auto watches = watches_;
    const auto tasks = tasks_;
    const Facts facts = facts_;
    step_ = Step{};
    queue_.assign(1, Raised{event, number, role});
    for (std::size_t at = 0; at < queue_.size() && !step_.refused; ++at) {
        if (at == max_events_per_step) {
            step_.endless = true;
            break;
        }
        const bool taken = take(Raised(queue_[at]));
        if (at == 0) step_.taken = taken;
    }
    queue_.clear();
    if (!step_.refused) return step_;
    states_ = states;
    slots_ = slots;
    undo_mask_ = undo_mask;
    timers_ = timers;
    watches_ = watches;
    tasks_ = tasks;
    facts_ = facts;
    step_.moves.clear();
    step_.done.clear();
    return step_;
}

bool Player::take(const Raised& raised) {
    const Fired fired = fire(table_, index_.rules(table_, raised.event), moment(raised));
    for (const Rule* rule : fired) {
        const std::uint8_t from = states_[rule->region];
        if (rule->to != stay) {
            states_[rule->region] = rule->to;
            step_.moves.push_back({raised.event, rule->region, from, rule->to});
        }
        for (const Action& action : actions_of(table_, *rule)) carry_out(action, raised);
    }
    return !fired.empty();
}

void Player::carry_out(const Action& action, const Raised& raised) {
    if (action.undo_bit < max_undo) undo_mask_ |= std::uint64_t{1} << action.undo_bit;
    step_.done.push_back(action_text(table_, action));
    const std::int64_t number = action.from_event != 0 ? raised.number : action.number;
    switch (action.verb) {
        case Verb::set: slots_[action.index] = number; break;
        case Verb::add: slots_[action.index] += number; break;
        case Verb::cancel_rest: cancel_rest(action.role); break;
        case Verb::emit:
            if (action.target == Target::self)
                queue_.push_back({action.event, raised.number, raised.role});
            break;
        case Verb::timer: timers_.push_back(action.event); break;
        case Verb::clear_timer: std::erase(timers_, action.event); break;
        case Verb::watch: watches_.push_back(action.event); break;
        case Verb::clear_watches: watches_.clear(); break;
        case Verb::task: tasks_.push_back(action); break;
        case Verb::clear_tasks: tasks_.clear(); break;
        case Verb::undo_all: undo_all(raised); break;
        case Verb::refuse: step_.refused = table_.texts[action.text]; break;
        default: break;
    }
}

/// The one action whose consequence for the facts is certain: what was unrouted is cancelled.
void Player::cancel_rest(std::uint8_t role) {
    const auto cancel = [&](std::uint8_t of) {
        if ((facts_ & fact_bit(Fact::any_unrouted, of)) == 0) return;
        const bool done = (facts_ & fact_bit(Fact::any_done, of)) != 0;
        const bool working = (facts_ & fact_bit(Fact::any_working, of)) != 0;
        set_fact(Fact::any_unrouted, of, false);
        set_fact(Fact::any_cancelled, of, true);
        if (done && !working) set_fact(Fact::all_done, of, true);
    };
    if (role != any_role) return cancel(role);
    for (std::uint8_t each = 0; each < table_.roles.size(); ++each) cancel(each);
    cancel(any_role);
}

void Player::undo_all(const Raised& raised) {
    for (unsigned bit = max_undo; bit-- > 0;) {
        if ((undo_mask_ >> bit & 1) == 0) continue;
        if (const Action* undo = index_.undo_of(table_, bit)) carry_out(*undo, raised);
    }
    undo_mask_ = 0;
}

const Player::Step* Player::timer_due(std::uint32_t event) {
    return remove_first(timers_, event) ? &raise(event) : nullptr;
}

const Player::Step* Player::watch_hit(std::uint32_t event) {
    return remove_first(watches_, event) ? &raise(event) : nullptr;
}

const Player::Step* Player::answer(std::string_view word) {
    for (std::size_t at = 0; at < tasks_.size(); ++at) {
        const Action task = tasks_[at];
        for (std::size_t each = 0; each < task.answers; ++each) {
            const Answer& answer = table_.answers[task.index + each];
            if (answer.word != word) continue;
            tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(at));
            return &raise(answer.event);
        }
    }
    return nullptr;
}

std::vector<std::string> Player::answers() const {
    std::vector<std::string> words;
    for (const Action& task : tasks_)
        for (std::size_t each = 0; each < task.answers; ++each)
            words.push_back(table_.answers[task.index + each].word);
    return words;
}

std::string_view Player::status() const {
    return table_.statuses[status_of(table_, moment({}))].name;
}

std::string Player::state(std::uint8_t region) const {
    return state_name(table_, region, states_[region]);
}

bool Player::ended() const { return has_ended(table_, moment({})); }

}  // namespace oms::lifecycle
