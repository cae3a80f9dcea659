// SPDX-License-Identifier: Apache-2.0
// `oms why`: from the journal alone, which rules said what of an order, what they saw, and which
// destinations were weighed. A request that was refused is found by its key.
#include "cli/history.hpp"
#include "cli/narrator.hpp"
#include "cli/progress.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace oms::cli {

namespace {

struct Arguments {
    std::string order;
    bool all = false;
};

/// Where to begin, where to end, and which decisions are wanted.
struct Search {
    std::uint64_t from = 1;
    std::uint64_t to = 0;
    std::uint64_t order = 0;
    std::string key;

    bool wants(const oms_batch& decision) const {
        if (order != 0) return concerns(decision, order);
        const oms_decision* header = header_of(decision);
        return header != nullptr && sdk::view(header->key) == key;
    }
};

std::optional<Search> search_for_order(Session& session, const std::string& text) {
    try {
        const runtime::Reply reply = session.order(text);
        for (const oms_record& record : sdk::Records(reply.records.view())) {
            const auto* row = sdk::as<oms_order_row>(record);
            if (row == nullptr) continue;
            Search search;
            search.from = first_seq_since(session, row->opened);
            search.to = std::max(row->changed_seq, search.from);
            search.order = row->order;
            return search;
        }
    } catch (const Failure& failure) {
        if (failure.errors().front().code != OMS_ERROR_unknown_order || read_number(text)) throw;
    }
    return std::nullopt;
}

/// The date in front of a key tells from when on the request can have come.
Search search_for_key(Session& session, const std::string& key) {
    Search search;
    search.key = key;
    search.to = session.port().durable_seq();
    if (key.size() > 8 && key[8] == '-') {
        const std::string date = key.substr(0, 4) + "-" + key.substr(4, 2) + "-" + key.substr(6, 2);
        constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;
        if (const auto midnight = read_time(date))
            search.from = first_seq_since(session, *midnight - day_ns);
    }
    return search;
}

/// Whether the decision has anything to say on why, beside what happened.
bool has_reasons(const oms_batch& decision) {
    for (const oms_record& record : sdk::Records(decision)) {
        switch (record.kind) {
            case OMS_RECORD_verdict:
            case OMS_RECORD_route_read:
            case OMS_RECORD_observation_read:
            case OMS_RECORD_anomaly:
            case OMS_RECORD_task_set:
            case OMS_RECORD_hold_set: return true;
            case OMS_RECORD_answered:
                if (sdk::as<oms_answered>(record)->code != 0) return true;
                break;
            default: break;
        }
    }
    return false;
}

/// The reasons of one decision, in the order in which a person asks for them.
class Reasons {
public:
    Reasons(Session& session, const oms_batch& decision)
        : names_(session.names()), console_(session.context().console), decision_(decision) {}

    std::string text(Narrator& narrator) {
        const Told told = narrator.tell(decision_);
        std::string out = console_.paint(Style::dim, time_text(told.time)) + "  " +
                          console_.paint(told.what.style, told.what.text) +
                          console_.paint(Style::dim, "  #" + std::to_string(told.seq)) + "\n";
        section(out, "rules", rules());
        section(out, "seen", seen());
        section(out, "destinations weighed", weighed());
        std::string rest;
        for (const oms_record& record : sdk::Records(decision_)) {
            if (const auto* hold = sdk::as<oms_hold_set>(record); hold && hold->amount != 0)
                rest += "    held " + amount_text(names_, hold->asset, hold->amount) + " " +
                        code_of(names_, hold->asset) + " on " + code_of(names_, hold->account) +
                        "\n";
            if (const auto* anomaly = sdk::as<oms_anomaly>(record))
                rest += "    " + console_.paint(Style::bad, "unexpected: ") +
                        std::string(sdk::view(anomaly->text)) + "\n";
            if (const auto* task = sdk::as<oms_task_set>(record); task && task->open != 0)
                rest += "    " + console_.paint(Style::warn, "a person is asked: ") +
                        std::string(sdk::view(task->title)) + "\n";
        }
        return out + rest;
    }

private:
    void section(std::string& out, const std::string& title, const Table& table) const {
        if (!table.empty())
            out +=
                "    " + console_.paint(Style::strong, title) + "\n" + table.aligned(console_, 6);
    }

    Table rules() {
        Table table({{"rule"}, {"said"}, {"limit", true}, {"observed", true}, {""}});
        for (const oms_record& record : sdk::Records(decision_)) {
            const auto* verdict = sdk::as<oms_verdict>(record);
            if (verdict == nullptr) continue;
            const bool pass = verdict->outcome == OMS_outcome_pass;
            const bool refuse = verdict->outcome == OMS_outcome_refuse;
            const bool numbers = verdict->limit != 0 || verdict->observed != 0;
            // Each route is checked as well: what is said again adds nothing.
            if (!said_
                     .insert({verdict->rule, verdict->outcome, verdict->product, verdict->limit,
                              verdict->observed, std::string(sdk::view(verdict->text))})
                     .second)
                continue;
            table.add({verdict->rule == 0 ? "(no rule)" : code_of(names_, verdict->rule),
                       {std::string(sdk::code_name(sdk::outcome_names, verdict->outcome)),
                        pass     ? Style::good
                        : refuse ? Style::bad
                                 : Style::warn},
                       numbers ? measured(*verdict, verdict->limit) : "",
                       numbers ? measured(*verdict, verdict->observed) : "",
                       std::string(sdk::view(verdict->text))});
        }
        return table;
    }

    std::string measured(const oms_verdict& verdict, std::int64_t number) const {
        return measure_text(names_, verdict.product, verdict.unit, number);
    }

    Table seen() const {
        Table table({{"product"}, {"value"}, {"at"}, {"", true}, {"when"}});
        for (const oms_record& record : sdk::Records(decision_)) {
            const auto* read = sdk::as<oms_observation_read>(record);
            if (read == nullptr) continue;
            const sdk::FieldName field = names_.observation_field(read->field);
            table.add({code_of(names_, read->product), std::string(field.name),
                       code_of(names_, read->source),
                       field.meaning == sdk::FieldMeaning::quantity
                           ? quantity_text(names_, read->product, read->value)
                           : price_text(names_, read->product, read->value),
                       clock_text(read->time)});
        }
        return table;
    }

    Table weighed() const {
        Table table({{"destination"}, {""}, {"score", true}, {"why"}});
        for (const oms_record& record : sdk::Records(decision_)) {
            const auto* read = sdk::as<oms_route_read>(record);
            if (read == nullptr) continue;
            const bool chosen = read->chosen != 0;
            table.add({{code_of(names_, read->destination), chosen ? Style::strong : Style::plain},
                       {chosen ? "chosen" : "passed over", chosen ? Style::good : Style::dim},
                       std::to_string(read->score),
                       std::string(sdk::view(read->text))});
        }
        return table;
    }

    const sdk::Names& names_;
    const Console& console_;
    const oms_batch& decision_;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::int64_t, std::int64_t,
                        std::string>>
        said_;
};

/// Tells what the search finds; how many decisions that was.
std::size_t tell(Session& session, const Search& search, const Arguments& arguments) {
    const Console& console = session.context().console;
    ProgressLine progress(console, "reading the journal", "decisions",
                          search.to - std::min(search.to, search.from - 1));
    Narrator narrator(session.names(), Detail::brief);
    std::uint64_t done = 0;
    std::size_t found = 0;
    read_history(session, search.from, search.to, [&](const oms_batch& decision) {
        progress.show(++done);
        if (!search.wants(decision)) return true;
        narrator.learn(decision);
        ++found;
        if (!arguments.all && !has_reasons(decision) && !console.json) return true;
        progress.clear();
        std::string out;
        if (console.json)
            sdk::append_json_decision(out, decision, session.names());
        else
            out = Reasons(session, decision).text(narrator);
        console.print_line(out);
        return true;
    });
    return found;
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    std::optional<Search> search = search_for_order(session, arguments.order);
    if (!search) search = search_for_key(session, arguments.order);
    std::size_t found = tell(session, *search, arguments);
    // The date in a key is its owner's word; it need not be the day on which it came.
    if (found == 0 && search->from > 1) {
        search->to = search->from - 1;
        search->from = 1;
        found = tell(session, *search, arguments);
    }
    if (found == 0)
        give_up(OMS_ERROR_unknown_order, arguments.order,
                "the journal has no order and no request under this name",
                "list the orders: oms orders --all");
    return Exit::ok;
}

}  // namespace

void add_why(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(parent, "why", "Which rules said what of an order, and what they saw",
                              "oms why 17");
    verb->add_option("ORDER", arguments->order,
                     "Its number or key, or the key of a refused request")
        ->required();
    verb->add_flag("--all", arguments->all, "Every decision, also those that nobody had to weigh");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
