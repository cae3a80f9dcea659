// SPDX-License-Identifier: Apache-2.0
#include "cli/ticket.hpp"

#include "cli/values.hpp"

#include <oms/sdk/json.hpp>

#include <iterator>
#include <map>
#include <utility>

namespace oms::cli {

using sdk::as;
using sdk::view;

namespace {

constexpr std::size_t indent = 4;

std::string number_text(std::uint64_t number) { return std::to_string(number); }

std::string line_text(std::uint32_t line) {
    return line == OMS_WHOLE_ORDER ? "" : std::to_string(line);
}

/// Writes one order section by section; a section without rows is left out.
class TicketWriter {
public:
    TicketWriter(Session& session, const oms_batch& rows)
        : session_(session),
          names_(session.names()),
          console_(session.context().console),
          rows_(rows) {
        for (const oms_record& record : sdk::Records(rows_)) {
            if (const auto* row = as<oms_order_row>(record)) order_ = row;
            if (const auto* row = as<oms_route_row>(record))
                destinations_[row->route] = row->destination;
        }
    }

    std::string write() {
        if (order_ == nullptr) return {};
        head();
        section("lines", lines());
        section("terms", terms());
        section("routes", routes());
        section("executions", executions());
        section("offers", offers());
        section("held", holds());
        section("tasks", tasks());
        section("gathers from", sources());
        section("linked", links());
        return std::move(out_);
    }

private:
    template <class Row, class Visit>
    void each(Visit visit) const {
        for (const oms_record& record : sdk::Records(rows_))
            if (const auto* row = as<Row>(record)) visit(*row);
    }

    void head() {
        const bool retired = order_->shelf == OMS_shelf_retired;
        const std::string status(view(order_->status));
        const bool open = !retired && session_.is_open(order_->order);
        out_ +=
            console_.paint(Style::strong, "order " + number_text(order_->order)) + "  " +
            console_.paint(style_of_status(status, !open), status) +
            (open ? "" : console_.paint(Style::dim, retired ? "  (in the archive)" : "  (ended)")) +
            "\n";
        std::string facts = code_of(names_, order_->order_kind) + " for " +
                            code_of(names_, order_->account) + ", placed " +
                            time_text(order_->opened);
        if (order_->key.size != 0)
            facts += ", key " + std::string(view(order_->key)) + " from " +
                     code_of(names_, order_->origin);
        if (order_->parent != 0) facts += ", part of order " + number_text(order_->parent);
        if ((order_->flags & OMS_ORDER_FACT) != 0) facts += ", reported as a fact";
        if ((order_->flags & OMS_ORDER_ADOPTED) != 0) facts += ", taken over from a party";
        if ((order_->flags & OMS_POSSIBLE_DUPLICATE) != 0) facts += ", possibly sent before";
        out_ += wrapped(facts, console_.width(), 2) + "\n";
        const lifecycle::Table* table =
            session_.folder().lifecycle(code_of(names_, order_->order_kind));
        if (table != nullptr && table->regions.size() > 1)
            out_ += wrapped(region_words(*table), console_.width(), 2) + "\n";
    }

    /// `work filled · cancel none`: the states at once, of which the status is derived.
    std::string region_words(const lifecycle::Table& table) const {
        std::string words;
        for (std::size_t at = 0; at < table.regions.size(); ++at) {
            const std::uint64_t state = (order_->regions >> (8 * at)) & 0xff;
            if (state >= table.regions[at].states.size()) continue;
            words += (words.empty() ? "" : " · ") + table.regions[at].name + " " +
                     table.regions[at].states[state];
        }
        return words;
    }

    void section(const std::string& title, const Table& table) {
        if (table.empty()) return;
        out_ +=
            "\n  " + console_.paint(Style::strong, title) + "\n" + table.aligned(console_, indent);
    }

    Table lines() {
        const std::vector<std::string> roles =
            session_.folder().roles(code_of(names_, order_->order_kind));
        Table table({{"#"},
                     {""},
                     {"product"},
                     {"role"},
                     {"ordered", true},
                     {"working", true},
                     {"done", true},
                     {"cancelled", true},
                     {"unrouted", true},
                     {"average", true}});
        each<oms_line_row>([&](const oms_line_row& row) {
            const auto quantity = [&](std::int64_t number) {
                return Cell(quantity_text(names_, row.product, number),
                            number == 0 ? Style::dim : Style::plain);
            };
            std::string product = code_of(names_, row.product);
            if (row.parent_line != OMS_WHOLE_ORDER)
                product += " (" + number_text(row.ratio) + " in one of line " +
                           number_text(row.parent_line) + ")";
            Cell done = quantity(row.done);
            if (row.done != 0) done.style = Style::good;
            Cell ordered = quantity(row.ordered);
            if (row.over != 0) ordered.text += " +" + quantity(row.over).text;
            table.add({line_text(row.line),
                       std::string(sdk::code_name(sdk::direction_names, row.direction)), product,
                       row.role < roles.size() ? roles[row.role] : number_text(row.role), ordered,
                       quantity(row.working), done, quantity(row.cancelled), quantity(row.unrouted),
                       row.average_price == 0
                           ? std::string()
                           : price_text(names_, row.product, row.average_price)});
        });
        return table;
    }

    Table terms() {
        Table table({{"line"}, {"route"}, {"field"}, {"value"}});
        each<oms_term_row>([&](const oms_term_row& row) {
            table.add(
                {line_text(row.line), row.route == 0 ? "" : number_text(row.route),
                 field_name(names_, row.field),
                 term_text(names_, row.field, row.type, row.product, row.number, view(row.text))});
        });
        return table;
    }

    Table routes() {
        Table table({{"#"},
                     {"to"},
                     {"status"},
                     {"line"},
                     {"product"},
                     {"ordered", true},
                     {"working", true},
                     {"done", true},
                     {"cancelled", true},
                     {"their id"}});
        const oms_route_row* route = nullptr;
        bool shown = true;
        const auto begin = [&](std::vector<Cell> rest) {
            std::string status(view(route->status));
            if ((route->flags & OMS_ROUTE_UNKNOWN) != 0) status += " (outcome unknown)";
            if ((route->flags & OMS_ROUTE_ENQUIRY) != 0) status += " (enquiry)";
            const bool ended = (route->flags & OMS_ROUTE_ENDED) != 0;
            std::vector<Cell> cells{number_text(route->route),
                                    code_of(names_, route->destination),
                                    {status, style_of_status(status, ended)}};
            if (shown) cells = {"", "", ""};
            cells.insert(cells.end(), rest.begin(), rest.end());
            cells.emplace_back(shown ? "" : std::string(view(route->external_ref)));
            table.add(std::move(cells));
            shown = true;
        };
        for (const oms_record& record : sdk::Records(rows_)) {
            if (const auto* row = as<oms_route_row>(record)) {
                if (!shown) begin({"", "", "", "", "", ""});
                route = row;
                shown = false;
            } else if (const auto* line = as<oms_route_line_row>(record)) {
                const auto quantity = [&](std::int64_t number) {
                    return quantity_text(names_, line->product, number);
                };
                begin({line_text(line->line), code_of(names_, line->product),
                       quantity(line->ordered), quantity(line->working), quantity(line->done),
                       quantity(line->cancelled)});
            }
        }
        if (!shown) begin({"", "", "", "", "", ""});
        return table;
    }

    Table executions() {
        Table table({{"#"},
                     {"when"},
                     {"by"},
                     {"line"},
                     {"quantity", true},
                     {"product"},
                     {"price", true},
                     {"state"},
                     {"their id"}});
        each<oms_execution_row>([&](const oms_execution_row& row) {
            const bool live = row.state == OMS_execution_state_live;
            table.add({number_text(row.execution),
                       row.time == 0 ? "" : clock_text(row.time),
                       code_of(names_, row.destination),
                       line_text(row.line),
                       quantity_text(names_, row.product, row.quantity),
                       code_of(names_, row.product),
                       row.price == 0 ? "" : price_text(names_, row.product, row.price),
                       {std::string(sdk::code_name(sdk::execution_state_names, row.state)),
                        live ? Style::good : Style::warn},
                       std::string(view(row.external_ref))});
        });
        return table;
    }

    Table offers() {
        Table table(
            {{"from"}, {"quantity", true}, {"product"}, {"price", true}, {"until"}, {"their id"}});
        each<oms_offer_row>([&](const oms_offer_row& row) {
            const auto known = destinations_.find(row.route);
            table.add({known == destinations_.end() ? "route " + number_text(row.route)
                                                    : code_of(names_, known->second),
                       quantity_text(names_, row.product, row.quantity),
                       code_of(names_, row.product), price_text(names_, row.product, row.price),
                       row.until == 0 ? "" : time_text(row.until),
                       std::string(view(row.external_ref))});
        });
        return table;
    }

    Table holds() {
        Table table({{"amount", true}, {"of"}, {"on"}, {"for line"}, {"route"}});
        each<oms_hold_row>([&](const oms_hold_row& row) {
            table.add({amount_text(names_, row.asset, row.amount), code_of(names_, row.asset),
                       code_of(names_, row.account), line_text(row.line),
                       row.route == 0 ? "" : number_text(row.route)});
        });
        return table;
    }

    Table tasks() {
        Table table({{"#"}, {"for"}, {"what"}, {"answers"}});
        each<oms_task_row>([&](const oms_task_row& row) {
            table.add({number_text(row.task),
                       std::string(view(row.queue)),
                       std::string(view(row.title)),
                       {row.open != 0 ? std::string(view(row.answers))
                                      : "answered: " + std::string(view(row.answer)),
                        row.open != 0 ? Style::warn : Style::dim}});
        });
        return table;
    }

    Table sources() {
        Table table({{"order"}, {"line"}, {"quantity", true}, {"done", true}, {"returned", true}});
        each<oms_source_row>([&](const oms_source_row& row) {
            table.add({number_text(row.source_order), line_text(row.source_line),
                       quantity_text(names_, row.product, row.quantity),
                       quantity_text(names_, row.product, row.done),
                       quantity_text(names_, row.product, row.returned)});
        });
        return table;
    }

    Table links() {
        Table table({{"how"}, {"order"}});
        each<oms_link_row>([&](const oms_link_row& row) {
            table.add(
                {std::string(sdk::code_name(sdk::link_names, row.link)), number_text(row.other)});
        });
        return table;
    }

    Session& session_;
    const sdk::Names& names_;
    const Console& console_;
    oms_batch rows_;
    const oms_order_row* order_ = nullptr;
    std::map<std::uint64_t, std::uint32_t> destinations_;
    std::string out_;
};

struct Part {
    std::string_view name;
    std::uint32_t kind;
};
constexpr Part parts[] = {
    {"lines", OMS_RECORD_line_row},           {"terms", OMS_RECORD_term_row},
    {"routes", OMS_RECORD_route_row},         {"route_lines", OMS_RECORD_route_line_row},
    {"executions", OMS_RECORD_execution_row}, {"offers", OMS_RECORD_offer_row},
    {"holds", OMS_RECORD_hold_row},           {"tasks", OMS_RECORD_task_row},
    {"sources", OMS_RECORD_source_row},       {"links", OMS_RECORD_link_row},
};

}  // namespace

std::string ticket_text(Session& session, const oms_batch& rows) {
    return TicketWriter(session, rows).write();
}

std::string ticket_json(Session& session, const oms_batch& rows) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object();
    for (const oms_record& record : sdk::Records(rows)) {
        if (record.kind != OMS_RECORD_order_row) continue;
        // Counts of lines and routes: the lists say it themselves.
        std::string members;
        sdk::append_json_members(members, record, session.names(), {"lines", "routes"});
        out += members;
    }
    for (const Part& part : parts) {
        json.key(part.name).begin_array();
        for (const oms_record& record : sdk::Records(rows)) {
            if (record.kind != part.kind) continue;
            json.begin_object();
            sdk::append_json_members(out, record, session.names());
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
    return out;
}

Table order_table() {
    return Table({{"order", true},
                  {"status"},
                  {"kind"},
                  {"account"},
                  {""},
                  {"quantity", true},
                  {"product"},
                  {"done", true},
                  {"placed"},
                  {"key"}});
}

void add_order_rows(Table& table, Session& session, const oms_order_row& order,
                    const std::vector<oms_line_row>& lines) {
    const sdk::Names& names = session.names();
    const std::string status(view(order.status));
    // A program that reads the rows wants each to say it all.
    const bool repeat = !session.context().console.out_is_terminal();
    bool first = true;
    for (const oms_line_row& line : lines) {
        std::vector<Cell> row;
        if (first) {
            row = {number_text(order.order),
                   {status, style_of_status(status, false)},
                   code_of(names, order.order_kind),
                   code_of(names, order.account)};
        } else {
            row = {"", "", "", ""};
        }
        row.emplace_back(std::string(sdk::code_name(sdk::direction_names, line.direction)));
        row.emplace_back(quantity_text(names, line.product, line.ordered));
        row.emplace_back(code_of(names, line.product));
        row.emplace_back(quantity_text(names, line.product, line.done),
                         line.done == 0 ? Style::dim : Style::good);
        row.emplace_back(first ? time_text(order.opened).substr(0, 19) : "");
        row.emplace_back(first ? std::string(view(order.key)) : "");
        table.add(std::move(row));
        first = repeat;
    }
}

}  // namespace oms::cli
