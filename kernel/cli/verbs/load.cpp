// SPDX-License-Identifier: Apache-2.0
// `oms load`: orders, products or accounts from a CSV file.
#include "cli/line_grammar.hpp"
#include "cli/loader.hpp"
#include "runtime/config/csv.hpp"

#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>

namespace oms::cli {

namespace {

struct Arguments {
    std::string file;
    std::string what;
    std::string key_prefix;
    std::uint32_t errors_shown = 20;
};

using runtime::Csv;
using runtime::CsvRow;

constexpr const char* columns_help =
    "Columns of orders: key, kind, account, direction (buy, sell, receive or deliver), quantity,\n"
    "  product; role, in, ratio, amount, tax, price, currency, parent, and any field of the\n"
    "  registry (limit, tif, client_id, ...). Rows one behind the other with the same key are the\n"
    "  lines of one order. Without keys each row is an order, under keys with a prefix that is "
    "told.\n"
    "Columns of products: code, class, scale, price_scale, disabled, and any field.\n"
    "Columns of accounts: code, under, external, disabled, and any field.\n"
    "An empty cell says nothing. Decimals are exact: what does not fit is refused, with its line.";

std::vector<std::string> field_names() {
    std::vector<std::string> names{"limit", "stop", "tif"};
    for (const sdk::TermInfo& info : sdk::term_infos) names.emplace_back(info.name);
    return names;
}

/// Refuses columns that nobody knows, before anything is sent.
void check_columns(const Csv& csv, std::vector<std::string> known,
                   const std::vector<std::string>& required) {
    const std::vector<std::string> fields = field_names();
    known.insert(known.begin(), required.begin(), required.end());
    known.insert(known.end(), fields.begin(), fields.end());
    std::vector<Error> errors;
    for (const std::string& name : csv.header)
        if (std::find(known.begin(), known.end(), name) == known.end())
            errors.push_back(
                {error_argument, csv.file + ":1",
                 "there is no column \"" + name + "\"" + sdk::did_you_mean(name, known),
                 "see: oms load --help"});
    for (const std::string& name : required)
        if (csv.column(name) == csv.header.size())
            errors.push_back({error_argument, csv.file + ":1",
                              "the column \"" + name + "\" is missing", "see: oms load --help"});
    if (!errors.empty()) give_up(errors);
}

bool is_true(const std::string& text, const std::string& place) {
    if (text == "true") return true;
    if (text == "false" || text.empty()) return false;
    give_up(error_argument, place, "\"" + text + "\" is neither true nor false",
            "write one of them");
}

/// Turns the rows of a file into inputs, one after another.
class Rows {
public:
    Rows(Session& session, const Csv& csv) : session_(session), writer_(session), csv_(csv) {}
    virtual ~Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    bool more() const { return at_ < csv_.rows.size(); }
    std::size_t read() const { return at_; }
    virtual LoadItem next() = 0;

protected:
    const CsvRow& row() const { return csv_.rows[at_]; }
    std::string place() const { return csv_.file + ":" + std::to_string(row().line); }

    Session& session_;
    OrderWriter writer_;
    const Csv& csv_;
    std::size_t at_ = 0;
};

class OrderRows final : public Rows {
public:
    OrderRows(Session& session, const Csv& csv, std::string prefix)
        : Rows(session, csv), prefix_(std::move(prefix)), key_column_(csv.column("key")) {}

    LoadItem next() override {
        LoadItem item;
        item.place = place();
        OrderWords words;
        words.place = item.place;
        words.key = key();
        if (words.key.empty()) words.key = prefix_ + std::to_string(row().line);
        const std::string group = key();
        std::optional<Failure> failure;
        do {
            // A row that cannot be read does not make the rows behind it orders of their own.
            try {
                read_row(words);
            } catch (const Failure& fault) {
                if (!failure) failure = fault;
            }
            ++at_;
        } while (more() && !group.empty() && key() == group);
        if (failure) throw Failure(*failure);
        item.input = writer_.place(words);
        return item;
    }

private:
    std::string key() const {
        return key_column_ == csv_.header.size() ? std::string() : row().cells[key_column_];
    }

    void read_row(OrderWords& words) {
        const bool first = words.lines.empty();
        LineWords& line = words.lines.emplace_back();
        line.place = place();
        for (std::size_t column = 0; column < csv_.header.size(); ++column) {
            const std::string& text = row().cells[column];
            if (!text.empty()) read_cell(words, line, first, csv_.header[column], text, column);
        }
    }

    void read_cell(OrderWords& words, LineWords& line, bool first, const std::string& name,
                   const std::string& text, std::size_t column) {
        const std::string at = csv_.place(row(), column);
        if (name == "key") return;
        if (name == "quantity")
            line.quantity = text;
        else if (name == "product")
            line.product = text;
        else if (name == "role")
            line.role = text;
        else if (name == "in")
            line.parent = text;
        else if (name == "ratio")
            line.ratio = text;
        else if (name == "direction")
            line.direction = direction(text, at);
        else if (is_of_line(name))
            line.terms.push_back({name, text, at});
        else if (!first)
            return;  // what an order says it says in its first row
        else if (name == "kind")
            words.kind = text;
        else if (name == "account")
            words.account = text;
        else if (name == "parent")
            words.parent = text;
        else if (name == "currency")
            words.currency = text;
        else
            words.terms.push_back({name, text, at});
    }

    static bool is_of_line(const std::string& name) {
        return name == "amount" || name == "tax" || name == "price" || name == "unit_price" ||
               name.starts_with("line_");
    }
    static std::uint32_t direction(const std::string& word, const std::string& at) {
        if (word == "buy") return OMS_direction_receive;
        if (word == "sell") return OMS_direction_deliver;
        return need_word(sdk::direction_names, word, at);
    }

    std::string prefix_;
    std::size_t key_column_;
};

/// Products and accounts: one `define` a row.
class ReferenceRows final : public Rows {
public:
    ReferenceRows(Session& session, const Csv& csv, std::uint32_t reference_class)
        : Rows(session, csv), class_(reference_class) {}

    LoadItem next() override {
        LoadItem item;
        item.place = place();
        const CsvRow& of = row();
        ++at_;
        auto define = sdk::make<oms_define>();
        define.origin = session_.own_reference(OMS_class_origin, session_.context().origin);
        define.actor = session_.own_reference(OMS_class_actor, session_.context().actor);
        define.reference_class = class_;
        std::vector<TermWords> terms;
        for (std::size_t column = 0; column < csv_.header.size(); ++column)
            if (!of.cells[column].empty())
                read_cell(define, terms, csv_.header[column], of.cells[column],
                          csv_.place(of, column));
        item.input.add(define);
        // The entry is not there yet: its own scales are those of its row.
        const OrderWriter::Product self{0, define.scale, define.price_scale,
                                        std::string(sdk::view(define.code))};
        for (const TermWords& words : terms) {
            oms_term term = writer_.term(words, OMS_WHOLE_ORDER, &self, nullptr);
            item.input.add(term);
        }
        return item;
    }

private:
    void read_cell(oms_define& define, std::vector<TermWords>& terms, const std::string& name,
                   const std::string& text, const std::string& at) {
        if (name == "code")
            define.code = sdk::text(text);
        else if (name == "class")
            define.group = session_.reference(OMS_class_asset_class, text, at);
        else if (name == "under")
            define.group = session_.reference(OMS_class_account, text, at);
        else if (name == "scale")
            define.scale = scale(text, at);
        else if (name == "price_scale")
            define.price_scale = scale(text, at);
        else if (name == "external")
            flag(define, OMS_REFERENCE_EXTERNAL, text, at);
        else if (name == "disabled")
            flag(define, OMS_REFERENCE_DISABLED, text, at);
        else
            terms.push_back({name, text, at});
    }
    static void flag(oms_define& define, std::uint32_t bit, const std::string& text,
                     const std::string& at) {
        if (is_true(text, at)) define.reference_flags |= bit;
    }
    static std::uint32_t scale(const std::string& text, const std::string& at) {
        const std::uint64_t number = need_number(text, at);
        if (number > sdk::max_scale)
            give_up(error_argument, at, text + " decimals are too many", "the most are 18");
        return static_cast<std::uint32_t>(number);
    }

    std::uint32_t class_;
};

std::string guess_what(const Csv& csv) {
    const auto has = [&](const char* name) { return csv.column(name) != csv.header.size(); };
    if (has("kind") && has("product")) return "orders";
    if (has("code") && (has("under") || has("external"))) return "accounts";
    if (has("code") && (has("class") || has("scale") || has("price_scale"))) return "products";
    give_up(error_argument, csv.file + ":1", "the columns do not tell what the rows are",
            "say --what orders, products or accounts; see: oms load --help");
}

std::unique_ptr<Rows> rows_of(Session& session, const Csv& csv, const std::string& what,
                              const std::string& prefix) {
    if (what == "orders") {
        check_columns(csv, {"key", "role", "in", "ratio", "amount", "tax", "price", "parent"},
                      {"kind", "account", "direction", "quantity", "product"});
        return std::make_unique<OrderRows>(session, csv, prefix);
    }
    if (what == "products") {
        check_columns(csv, {"class", "scale", "price_scale", "disabled"}, {"code"});
        return std::make_unique<ReferenceRows>(session, csv, OMS_class_product);
    }
    check_columns(csv, {"under", "external", "disabled"}, {"code"});
    return std::make_unique<ReferenceRows>(session, csv, OMS_class_account);
}

/// Shows the first faults and counts the others.
class FaultTeller {
public:
    FaultTeller(const Console& console, ProgressLine& progress, std::uint32_t most)
        : console_(console), progress_(progress), most_(most) {}
    void tell(const Error& error) {
        if (++count_ > most_) return;
        progress_.clear();
        console_.complain({error});
    }
    void finish() const {
        if (count_ > most_)
            console_.say("... and " + std::to_string(count_ - most_) +
                         " more; show them all with --errors " + std::to_string(count_));
    }

private:
    const Console& console_;
    ProgressLine& progress_;
    std::uint32_t most_;
    std::uint64_t count_ = 0;
};

Exit tell_outcome(const Console& console, const std::string& what, const LoadOutcome& outcome,
                  std::uint64_t unread, const std::string& prefix) {
    const std::uint64_t refused = outcome.refused + unread;
    const double rate =
        outcome.seconds > 0
            ? static_cast<double>(outcome.accepted + outcome.refused) / outcome.seconds
            : 0;
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("what").string(what).key("accepted").number(outcome.accepted);
        json.key("refused").number(refused).key("unknown").number(outcome.unknown);
        json.key("milliseconds").number(static_cast<std::int64_t>(outcome.seconds * 1000));
        if (!prefix.empty()) json.key("key_prefix").string(prefix);
        json.end_object();
        console.print_line(out);
    } else {
        console.print_line(count_text(outcome.accepted) + " " + what + " accepted, " +
                           count_text(refused) + " refused" +
                           (outcome.unknown == 0
                                ? std::string()
                                : ", " + count_text(outcome.unknown) + " without an answer") +
                           ", " + rate_text(rate));
    }
    if (outcome.unknown != 0) return Exit::unknown;
    if (refused == 0) return Exit::ok;
    return outcome.accepted == 0 ? Exit::refused : Exit::partly;
}

Exit run(Context& context, const Arguments& arguments) {
    const Csv csv = need_all(runtime::read_csv(arguments.file));
    const std::string what = arguments.what.empty() ? guess_what(csv) : arguments.what;
    Session session(context);
    std::string prefix;
    if (what == "orders" && csv.column("key") == csv.header.size()) {
        prefix = arguments.key_prefix.empty() ? make_key(now_ns()) + "-" : arguments.key_prefix;
        if (!context.console.json)
            context.console.say("keys begin with " + prefix +
                                "; repeating the load with --key-prefix " + prefix +
                                " does nothing twice");
    }
    const std::unique_ptr<Rows> rows = rows_of(session, csv, what, prefix);
    ProgressLine progress(context.console, "loading " + what, "rows", csv.rows.size());
    FaultTeller faults(context.console, progress, arguments.errors_shown);
    std::uint64_t unread = 0;
    // Names are looked up over one connection while answers come in over the other: each waits for
    // its own.
    Session sending(context);
    Loader loader(sending, progress, [&](const Error& error) { faults.tell(error); });
    const LoadOutcome outcome = loader.run([&]() -> std::optional<LoadItem> {
        while (rows->more()) {
            const std::size_t before = rows->read();
            try {
                return rows->next();
            } catch (const Failure& failure) {
                ++unread;
                for (const Error& error : failure.errors()) faults.tell(error);
                if (rows->read() == before) throw;
            }
        }
        return std::nullopt;
    });
    progress.clear();
    faults.finish();
    return tell_outcome(context.console, what, outcome, unread, prefix);
}

}  // namespace

void add_load(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(parent, "load", "Load orders, products or accounts from a CSV file",
                              std::string("oms load orders.csv\n\n") + columns_help);
    verb->add_option("FILE", arguments->file, "The file; its first line names the columns")
        ->required();
    verb->add_option("--what", arguments->what,
                     "orders, products or accounts; else the columns tell")
        ->check(CLI::IsMember({"orders", "products", "accounts"}));
    verb->add_option("--key-prefix", arguments->key_prefix, "Of the keys of rows without a key");
    verb->add_option("--errors", arguments->errors_shown, "Show so many faults")
        ->capture_default_str();
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
