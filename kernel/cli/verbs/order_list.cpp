// SPDX-License-Identifier: Apache-2.0
// `oms order list`, and `oms orders`, which is the same.
#include "cli/ticket.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>

#include <optional>

namespace oms::cli {

namespace {

struct Arguments {
    std::string account;
    bool all = false;
    std::uint32_t most = 100;
    std::uint64_t after = 0;
};

/// An order and its lines follow each other in the rows.
class OrderLister {
public:
    explicit OrderLister(Session& session) : session_(session), table_(order_table()) {}

    std::uint64_t take(const oms_record& record) {
        if (const auto* line = sdk::as<oms_line_row>(record)) {
            lines_.push_back(*line);
            return 0;
        }
        const auto* row = sdk::as<oms_order_row>(record);
        if (row == nullptr) return 0;
        flush();
        order_.clear();
        order_.add(*row);
        ++count_;
        return row->order;
    }
    void flush() {
        if (order_.empty()) return;
        const auto& row = *reinterpret_cast<const oms_order_row*>(order_.view().first);
        if (session_.context().console.json)
            write_json(row);
        else
            add_order_rows(table_, session_, row, lines_);
        lines_.clear();
        order_.clear();
    }
    const Table& table() const { return table_; }
    const std::string& json() const { return json_; }
    std::size_t count() const { return count_; }

private:
    void write_json(const oms_order_row& row) {
        sdk::JsonWriter json(json_);
        json.begin_object();
        sdk::append_json_members(json_, reinterpret_cast<const oms_record&>(row), session_.names(),
                                 {"lines", "routes"});
        json.key("lines").begin_array();
        for (const oms_line_row& line : lines_) {
            json.begin_object();
            sdk::append_json_members(json_, reinterpret_cast<const oms_record&>(line),
                                     session_.names(), {"order"});
            json.end_object();
        }
        json.end_array().end_object();
    }

    Session& session_;
    Table table_;
    std::string json_ = "[";
    sdk::Batch order_;  // keeps the texts of the row while its lines come in
    std::vector<oms_line_row> lines_;
    std::size_t count_ = 0;
};

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_orders;
    query.open_only = arguments.all ? 0 : 1;
    query.after = arguments.after;
    if (!arguments.account.empty())
        query.reference = session.reference(OMS_class_account, arguments.account, "--account");
    OrderLister lister(session);
    session.ask_pages(
        query, [&](const oms_record& record) { return lister.take(record); }, arguments.most);
    lister.flush();
    const Console& console = context.console;
    if (console.json) {
        console.print_line(lister.json() + "]");
        return Exit::ok;
    }
    if (lister.count() == 0) {
        console.say(arguments.all ? "There are no orders."
                                  : "No order is open; those that have ended: oms orders --all");
        return Exit::ok;
    }
    lister.table().print(console);
    if (lister.count() == arguments.most)
        console.say("The first " + std::to_string(arguments.most) +
                    "; more: --most N, or --after ORDER");
    return Exit::ok;
}

}  // namespace

void add_order_list(CLI::App& parent, Context& context, const std::string& name) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(
        parent, name, name == "list" ? "List orders" : "List orders (the same as order list)",
        "oms orders --account ACCOUNT --all");
    verb->add_option("--account", arguments->account, "Only orders of this account");
    verb->add_flag("--all", arguments->all, "Those that have ended, too");
    verb->add_option("--most", arguments->most, "So many at most")
        ->check(between(1, 1'000'000))
        ->capture_default_str();
    verb->add_option("--after", arguments->after, "Only orders with a higher number");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
