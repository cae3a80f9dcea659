// SPDX-License-Identifier: Apache-2.0
#include "ticket.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace oms::test {

using sdk::make;
using sdk::text;

namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t start_of_day = 1'700'000'000 * ns_per_second;

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error(what); }

template <class Record>
Record& add(sdk::Batch& batch, const Record& record) {
    return batch.add(record);
}

}  // namespace

// ---- words
// ----------------------------------------------------------------------------------------

Words::Words(std::string_view line) {
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) words_.push_back(word);
}

std::string Words::take(const char* what) {
    if (words_.empty()) wrong(std::string("the line ends where there should be ") + what);
    std::string word = words_.front();
    words_.pop_front();
    return word;
}

bool Words::take_if(std::string_view word) {
    if (words_.empty() || words_.front() != word) return false;
    words_.pop_front();
    return true;
}

std::string Words::rest() {
    std::string text;
    while (!words_.empty()) {
        if (!text.empty()) text += ' ';
        text += take("a word");
    }
    return text;
}

void Words::end() const {
    if (!words_.empty()) wrong("\"" + words_.front() + "\" is too much");
}

// ---- the play
// -------------------------------------------------------------------------------------

Ticket::Ticket(const std::string& config, const std::string& plugins) : clock_(start_of_day) {
    runtime::Options options;
    options.config = config;
    options.in_memory = true;
    options.plugin_path = {plugins};
    options.clock = &clock_;
    options.control_socket = false;
    options.log = [](std::string_view) {};
    auto opened = runtime::Runtime::open(std::move(options));
    if (!opened) wrong(yaml::to_text(opened.error()));
    runtime_ = std::move(*opened);
    if (Status started = runtime_->start(); !started) wrong(to_text(started.error()));
    port_ = runtime_->port("ticket");
}

Ticket::~Ticket() {
    port_.reset();
    runtime_->stop();
}

void Ticket::play(const std::string& path) {
    std::ifstream file(path);
    if (!file) wrong("cannot read " + path);
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
        try {
            line(std::string_view(text).substr(0, text.find('#')));
        } catch (const std::exception& error) {
            wrong(path + ":" + std::to_string(number) + ": " + text + "\n  " + error.what());
        }
    }
    try {
        if (!refusal_expected_) wrong("the last request was refused: " + reply_.text);
        expect_balanced();
        expect_replay();
    } catch (const std::exception& error) {
        wrong(path + ": at the end: " + error.what());
    }
}

void Ticket::line(std::string_view text) {
    Words words(text);
    if (words.empty()) return;
    const std::string verb = words.take("a verb");
    if (!refusal_expected_ && verb != "refused")
        wrong("the request before was refused with " + std::to_string(reply_.code) + ": " +
              reply_.text);
    step(verb, words);
}

void Ticket::step(const std::string& verb, Words& words) {
    if (verb == "place") return place(words, 0);
    if (verb == "reported") return place(words, OMS_ORDER_FACT);
    if (verb == "amend") return amend(words);
    if (verb == "cancel") return cancel(words);
    if (verb == "route") return route(words);
    if (verb == "event") return raise(words);
    if (verb == "task") return answer_task(words);
    if (verb == "observe") return observe(words);
    if (verb == "wait") return wait(words);
    if (verb == "post") return post(words);
    if (verb == "limit") return cell(words);
    if (verb == "halt") return halt(words, true);
    if (verb == "resume") return halt(words, false);
    if (verb == "adopt") return adopt(words);
    if (verb == "expect") return expect(words);
    if (verb == "again") {
        const std::uint64_t order = reply_.order;
        send(last_);
        if (reply_.order != order) wrong("a repeated request got another answer");
        return;
    }
    if (verb == "refused") {
        const auto code = static_cast<std::uint32_t>(std::stoul(words.take("a code")));
        if (reply_.code != code)
            wrong("it was answered " + std::to_string(reply_.code) + " " + reply_.text);
        refusal_expected_ = true;
        return words.end();
    }
    if (verb.find('.') != std::string::npos) return party_says(verb, words);
    wrong("there is no verb \"" + verb + "\"");
}

void Ticket::send(const sdk::Batch& batch) {
    if (&batch != &last_) {
        last_.clear();
        last_.append(batch.view());
    }
    auto reply = port_->request(batch.view());
    if (!reply) wrong(to_text(reply.error()));
    reply_ = std::move(*reply);
    refusal_expected_ = reply_.accepted();
}

runtime::Reply Ticket::ask(oms_query query) {
    auto reply = port_->ask(query);
    if (!reply) wrong(to_text(reply.error()));
    return std::move(*reply);
}

// ---- names and numbers
// ----------------------------------------------------------------------------

std::uint32_t Ticket::id(std::uint32_t reference_class, const std::string& code) {
    auto found = port_->reference(reference_class, code);
    if (!found) wrong(to_text(found.error()));
    return *found;
}

const oms_reference_row& Ticket::named(std::uint32_t reference) {
    auto [entry, fresh] = names_.try_emplace(reference, make<oms_reference_row>());
    if (fresh && port_->describe(reference, entry->second) != OMS_OK) wrong("no such reference");
    return entry->second;
}

std::int64_t Ticket::number(const std::string& text, std::uint32_t scale) const {
    const auto value = sdk::parse_decimal(text, scale);
    if (!value) wrong("\"" + text + "\" is no decimal with " + std::to_string(scale) + " places");
    return *value;
}

std::int64_t Ticket::quantity(std::uint32_t product, const std::string& text) {
    return number(text, named(product).scale);
}

std::int64_t Ticket::price(std::uint32_t product, const std::string& text) {
    return number(text, named(product).price_scale);
}

std::uint64_t Ticket::order_id(const std::string& name) const {
    const auto found = orders_.find(name);
    if (found == orders_.end()) wrong("no order is called " + name);
    return found->second;
}

/// "A.2": the second route of order A, in the order in which they were opened.
std::uint64_t Ticket::route_id(const std::string& name) {
    const std::size_t dot = name.find('.');
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order_id(name.substr(0, dot));
    std::size_t wanted = std::stoul(name.substr(dot + 1));
    const runtime::Reply reply = ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_route_row>(record); row != nullptr && --wanted == 0)
            return row->route;
    wrong("there is no route " + name);
}

template <class Head>
Head Ticket::with_key() {
    auto head = make<Head>();
    head.origin = id(OMS_class_origin, "ticket");
    key_ = "key-" + std::to_string(++keys_);
    head.key = text(key_);
    return head;
}

// ---- what owners ask
// ------------------------------------------------------------------------------

/// "receive 100 XYZ limit_price=10.00; deliver 2 SHOE role=1"
void Ticket::add_lines(std::string lines, sdk::Batch& batch) {
    std::istringstream in(lines);
    std::uint32_t index = 0;
    sdk::Batch terms;
    for (std::string each; std::getline(in, each, ';'); ++index) {
        Words words(each);
        const std::string direction = words.take("receive or deliver");
        const std::string amount = words.take("a quantity");
        auto line = make<oms_line>();
        line.line = index;
        line.product = id(OMS_class_product, words.take("a product"));
        line.direction = direction == "receive" ? static_cast<std::uint32_t>(OMS_direction_receive)
                                                : static_cast<std::uint32_t>(OMS_direction_deliver);
        line.quantity = quantity(line.product, amount);
        line.parent_line = OMS_WHOLE_ORDER;
        if (words.take_if("of")) {
            line.parent_line = static_cast<std::uint32_t>(std::stoul(words.take("a line")));
            line.ratio = static_cast<std::uint32_t>(std::stoul(words.take("a ratio")));
        }
        if (words.take_if("as"))
            line.role = static_cast<std::uint32_t>(std::stoul(words.take("a role")));
        batch.add(line);
        if (words.take_if("from")) {
            do {
                auto source = make<oms_line_source>();
                source.line = index;
                source.source_order = order_id(words.take("an order"));
                source.product = line.product;
                source.quantity = quantity(line.product, words.take("a quantity"));
                terms.add(source);
            } while (words.take_if("and"));
        }
        add_terms(words, index, line.product, terms);
    }
    batch.append(terms.view());
}

void Ticket::add_terms(Words& words, std::uint32_t line, std::uint32_t product, sdk::Batch& batch) {
    while (!words.empty()) {
        const std::string word = words.take("a term");
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) wrong("\"" + word + "\" is no term=value");
        const std::string value = word.substr(equals + 1);
        const auto* info = sdk::term_info(word.substr(0, equals));
        if (info == nullptr) wrong("there is no term " + word.substr(0, equals));
        auto term = make<oms_term>();
        term.line = line;
        term.field = info->number;
        term.type = OMS_term_type_number;
        switch (info->meaning) {
            case sdk::FieldMeaning::price:
                term.product = product;
                term.number = price(product, value);
                break;
            case sdk::FieldMeaning::money:
                term.product = id(OMS_class_product, "EUR");
                term.number = quantity(term.product, value);
                break;
            case sdk::FieldMeaning::product: term.number = id(OMS_class_product, value); break;
            case sdk::FieldMeaning::time:
                term.number = clock_.now() + std::stoll(value) * ns_per_second;
                break;
            case sdk::FieldMeaning::text:
            case sdk::FieldMeaning::vault:
                term.type = OMS_term_type_text;
                term.text = text(value);
                break;
            default: term.number = std::stoll(value);
        }
        batch.add(term);
    }
}

void Ticket::place(Words& words, std::uint32_t flags) {
    const std::string name = words.take("a name");
    auto head = with_key<oms_place_order>();
    head.flags = flags;
    head.order_kind = id(OMS_class_order_kind, words.take("a kind"));
    std::string account = words.take("an account and a colon");
    bool more = account.back() != ':';
    if (!more) account.pop_back();
    head.account = id(OMS_class_account, account);
    sdk::Batch extra;
    while (more) {
        std::string word = words.take("a colon");
        more = word.back() != ':';
        if (!more) word.pop_back();
        if (const std::size_t equals = word.find('='); equals == std::string::npos) {
            auto link = make<oms_link>();
            const std::string kind = word;
            std::string other = words.take("an order");
            more = other.back() != ':';
            if (!more) other.pop_back();
            link.order = order_id(other);
            link.link = sdk::code_number(sdk::link_names, kind).value_or(0);
            if (link.link == 0) wrong("there is no link " + kind);
            extra.add(link);
        } else {
            Words one(word);
            add_terms(one, OMS_WHOLE_ORDER, 0, extra);
        }
    }
    sdk::Batch batch;
    add(batch, head);
    add_lines(words.rest(), batch);
    batch.append(extra.view());
    send(batch);
    if (reply_.accepted()) orders_[name] = reply_.order;
}

void Ticket::amend(Words& words) {
    auto head = with_key<oms_amend_order>();
    head.order = order_id(words.take("an order"));
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = head.order;
    const runtime::Reply shown = ask(query);
    std::uint32_t index = 0;
    if (words.take_if("line")) index = static_cast<std::uint32_t>(std::stoul(words.take("a line")));
    std::uint32_t product = 0;
    for (const oms_record& record : sdk::Records(shown.records.view()))
        if (const auto* row = sdk::as<oms_line_row>(record); row != nullptr && row->line == index)
            product = row->product;
    sdk::Batch batch;
    batch.add(head);
    if (words.take_if("to")) {
        auto line = make<oms_line>();
        line.line = index;
        line.product = product;
        line.quantity = quantity(product, words.take("a quantity"));
        batch.add(line);
    }
    add_terms(words, index, product, batch);
    send(batch);
}

void Ticket::cancel(Words& words) {
    const std::string name = words.take("an order or a route");
    sdk::Batch batch;
    if (name.find('.') != std::string::npos) {
        auto head = with_key<oms_cancel_route>();
        head.route = route_id(name);
        batch.add(head);
    } else {
        auto head = with_key<oms_cancel_order>();
        head.order = order_id(name);
        batch.add(head);
    }
    send(batch);
}

void Ticket::route(Words& words) {
    auto head = with_key<oms_route_order>();
    head.order = order_id(words.take("an order"));
    if (!words.take_if("to")) wrong("route ORDER to DESTINATION [enquiry] [LINE QUANTITY]");
    head.destination = id(OMS_class_destination, words.take("a destination"));
    head.enquiry = words.take_if("enquiry") ? 1 : 0;
    sdk::Batch batch;
    batch.add(head);
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = head.order;
    const runtime::Reply shown = ask(query);
    while (words.take_if("line")) {
        auto line = make<oms_route_line>();
        line.line = static_cast<std::uint32_t>(std::stoul(words.take("a line")));
        for (const oms_record& record : sdk::Records(shown.records.view()))
            if (const auto* row = sdk::as<oms_line_row>(record); row && row->line == line.line)
                line.product = row->product;
        line.quantity = quantity(line.product, words.take("a quantity"));
        batch.add(line);
    }
    words.end();
    send(batch);
}

void Ticket::raise(Words& words) {
    auto head = with_key<oms_raise_event>();
    const std::string name = words.take("an order or a route");
    if (name.find('.') != std::string::npos)
        head.route = route_id(name);
    else
        head.order = order_id(name);
    head.event = id(OMS_class_event, words.take("an event"));
    if (!words.empty()) head.number = std::stoll(words.take("a number"));
    sdk::Batch batch;
    batch.add(head);
    send(batch);
}

void Ticket::answer_task(Words& words) {
    auto head = with_key<oms_resolve_task>();
    const std::uint64_t order = order_id(words.take("an order"));
    const std::string answer = words.take("an answer");
    auto query = make<oms_query>();
    query.subject = OMS_subject_tasks;
    query.open_only = 1;
    const runtime::Reply tasks = ask(query);
    for (const oms_record& record : sdk::Records(tasks.records.view()))
        if (const auto* row = sdk::as<oms_task_row>(record); row != nullptr && row->order == order)
            head.task = row->task;
    head.answer = text(answer);
    sdk::Batch batch;
    batch.add(head);
    send(batch);
}

void Ticket::observe(Words& words) {
    auto value = make<oms_observation>();
    value.product = id(OMS_class_product, words.take("a product"));
    const std::string field = words.take("a field");
    const auto* info = sdk::observation_info(field);
    if (info == nullptr) wrong("there is no observation " + field);
    value.field = info->number;
    const std::string shown = words.take("a value");
    value.value = info->meaning == sdk::FieldMeaning::price ? price(value.product, shown)
                                                            : quantity(value.product, shown);
    if (!words.take_if("from")) wrong("from whom?");
    value.source = id(OMS_class_source, words.take("a source"));
    value.time = clock_.now();
    if (port_->observe({&value, 1}) != OMS_OK) wrong("it was not taken");
    if (Status done = runtime_->settle(); !done) wrong(to_text(done.error()));
}

void Ticket::wait(Words& words) {
    const std::string span = words.take("a time such as 30s");
    std::int64_t seconds = std::stoll(span);
    if (span.back() == 'm') seconds *= 60;
    if (span.back() == 'h') seconds *= 3600;
    if (span.back() == 'd') seconds *= 86400;
    const std::int64_t until = clock_.now() + seconds * ns_per_second;
    if (Status done = runtime_->advance_to(until); !done) wrong(to_text(done.error()));
}

void Ticket::post(Words& words) {
    auto head = with_key<oms_post>();
    auto leg = make<oms_transfer>();
    const std::string amount = words.take("an amount");
    leg.asset = id(OMS_class_product, words.take("an asset"));
    leg.amount = quantity(leg.asset, amount);
    if (!words.take_if("from")) wrong("from whom?");
    leg.from = id(OMS_class_account, words.take("an account"));
    if (!words.take_if("to")) wrong("to whom?");
    leg.to = id(OMS_class_account, words.take("an account"));
    sdk::Batch batch;
    batch.add(head);
    batch.add(leg);
    send(batch);
}

/// "limit limits CELL ACCOUNT PRODUCT VALUE": a value of a check's table.
void Ticket::cell(Words& words) {
    auto head = make<oms_write_cell>();
    head.owner = id(OMS_class_plugin, words.take("a plugin's instance"));
    head.cell = static_cast<std::uint32_t>(std::stoul(words.take("a cell's number")));
    head.key_a = id(OMS_class_account, words.take("an account"));
    const std::uint32_t product = id(OMS_class_product, words.take("a product"));
    head.key_b = product;
    head.value = quantity(product, words.take("a value"));
    sdk::Batch batch;
    batch.add(head);
    send(batch);
}

void Ticket::halt(Words& words, bool on) {
    const std::string scope = words.take("a scope");
    std::uint32_t number = OMS_halt_scope_all;
    std::uint32_t target = 0;
    if (scope != "all") {
        number = sdk::code_number(sdk::halt_scope_names, scope).value_or(0);
        const std::uint32_t classes[] = {0, 0, OMS_class_account, OMS_class_destination,
                                         OMS_class_product};
        target = id(classes[number], words.take("whom"));
    }
    auto done = port_->halt(number, target, on, "ticket");
    if (!done) wrong(to_text(done.error()));
    if (!done->in_force && on) wrong("the halt is not in force");
}

void Ticket::adopt(Words& words) {
    const std::string name = words.take("a name");
    auto head = make<oms_adopt_order>();
    head.order_kind = id(OMS_class_order_kind, words.take("a kind"));
    head.account = id(OMS_class_account, words.take("an account"));
    if (!words.take_if("at")) wrong("at which destination?");
    head.destination = id(OMS_class_destination, words.take("a destination"));
    if (!words.take_if("as")) wrong("as what?");
    std::string ref = words.take("the party's id");
    if (ref.back() == ':') ref.pop_back();
    head.external_ref = text(ref);
    sdk::Batch batch;
    batch.add(head);
    add_lines(words.rest(), batch);
    send(batch);
    if (reply_.accepted()) orders_[name] = reply_.order;
}

// ---- what parties say
// -----------------------------------------------------------------------------

void Ticket::party_says(const std::string& who, Words& words) {
    auto head = make<oms_report>();
    head.route = route_id(who);
    const std::string type = words.take("what it says");
    head.type = sdk::code_number(sdk::report_names, type).value_or(0);
    if (head.type == 0) wrong("no report is called " + type);
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order_id(who.substr(0, who.find('.')));
    const runtime::Reply shown = ask(query);
    std::map<std::uint32_t, std::uint32_t> products;
    head.line = OMS_WHOLE_ORDER;
    for (const oms_record& record : sdk::Records(shown.records.view())) {
        const auto* row = sdk::as<oms_route_line_row>(record);
        if (row == nullptr || row->route != head.route) continue;
        products[row->line] = row->product;
        if (head.product == 0) head.product = row->product;
    }
    sdk::Batch lines;
    std::string execution_ref;
    std::string external_ref;
    std::string refers_to;
    if (head.type == OMS_report_progress) head.event = id(OMS_class_event, words.take("an event"));
    if (head.type == OMS_report_reversed || head.type == OMS_report_corrected)
        refers_to = words.take("the execution");
    while (!words.empty()) {
        const std::string word = words.take("a word");
        if (word == "line") {
            auto line = make<oms_route_line>();
            line.line = static_cast<std::uint32_t>(std::stoul(words.take("a line")));
            line.product = products[line.line];
            line.quantity = quantity(line.product, words.take("a quantity"));
            lines.add(line);
        } else if (word == "at") {
            head.price = price(head.product, words.take("a price"));
        } else if (word == "as") {
            execution_ref = words.take("an id");
        } else if (word == "called") {
            external_ref = words.take("an id");
        } else if (word == "until") {
            head.until = clock_.now() + std::stoll(words.take("seconds")) * ns_per_second;
        } else if (word == "working") {
            head.remaining = quantity(head.product, words.take("a quantity"));
        } else {
            head.quantity = quantity(head.product, word);
        }
    }
    head.execution_ref = text(execution_ref);
    head.external_ref = text(external_ref);
    head.refers_to = text(refers_to);
    sdk::Batch batch;
    batch.add(head);
    batch.append(lines.view());
    if (port_->submit(batch.view(), 0) != OMS_OK) wrong("it was not taken");
    if (Status done = runtime_->settle(); !done) wrong(to_text(done.error()));
}

}  // namespace oms::test
