// SPDX-License-Identifier: Apache-2.0
#include "parties/line.hpp"

#include "talk.hpp"

#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace oms::simulation {

namespace {

constexpr std::string_view manifest = R"(id: tests.simulated_line
name: simulated_line
version: 1.0.0
abi: 0
maturity: experimental
summary: The line to a simulated party; it has no thread.
provides: [oms.connector/1]
)";

constexpr oms_plugin_entry entry{
    sizeof(oms_plugin_entry),        OMS_ABI_REVISION,
    &sdk::PluginEntry<Line>::create, &sdk::PluginEntry<Line>::extension,
    &sdk::PluginEntry<Line>::start,  &sdk::PluginEntry<Line>::stop,
    &sdk::PluginEntry<Line>::destroy};

}  // namespace

runtime::GivenPlugin simulated_line() { return {&entry, manifest}; }

Exchange*& Exchange::current() {
    static Exchange* exchange = nullptr;
    return exchange;
}

Line::Line(sdk::Host host) : host_(host), port_(host), exchange_(*Exchange::current()) {
    for (Party* party : exchange_.parties)
        if (party->name() == host.instance()) party_ = party;
    if (party_ == nullptr) throw std::invalid_argument("there is no such party");
}

Line::~Line() { std::erase(exchange_.lines, this); }

void Line::start() {
    sdk::ChannelOptions options;
    options.channel = party_->name();
    worker_ = std::make_unique<sdk::ChannelWorker>(host_, port_, options, *this);
    worker_->open();
    exchange_.lines.push_back(this);
}

void Line::stop() {
    if (worker_ != nullptr) worker_->stop();
}

void Line::cycle() { worker_->cycle(0); }

void Line::open(std::uint64_t in_seq) {
    destination_ = port_.resolve(OMS_class_destination, party_->name()).value_or(0);
    party_->forget_words_until(in_seq);
}

sdk::Found Line::find(const sdk::Work& work) {
    if (party_->is_down()) return sdk::Found::cannot_tell;
    return party_->received(work.intent.route, work.intent.out_seq) ? sdk::Found::acted
                                                                    : sdk::Found::not_acted;
}

bool Line::act(const sdk::Work& work) {
    const Sent sent{party_, work.intent, work.seq, request_of(work)};
    exchange_.on_sent(sent);
    Moment& moment = *exchange_.moment;
    if (party_->is_down() || moment.strikes(Fault::lose_request, 8)) return true;
    party_->receive(sent.request, moment);
    if (moment.strikes(Fault::double_request, 8)) party_->receive(sent.request, moment);
    return true;
}

Request Line::request_of(const sdk::Work& work) const {
    const sdk::RouteDetails& details = work.details;
    Request request;
    request.action = work.intent.action;
    request.route = work.intent.route;
    request.number = work.intent.out_seq;
    request.order = work.intent.order;
    request.quantity = work.intent.quantity;
    request.enquiry = (details.flags() & OMS_ROUTE_ENQUIRY) != 0;
    for (const sdk::RouteDetails::Link& link : details.links())
        if (link.link == OMS_link_repayment_of) request.refund_of = link.order;
    for (const sdk::RouteDetails::Line& line : details.lines()) {
        if (!line.routed && !request.enquiry) continue;
        Part part;
        part.line = line.line;
        part.product = line.product;
        part.receives = line.direction == OMS_direction_receive;
        part.quantity = request.action == OMS_action_amend ? line.amending
                        : line.routed                      ? line.quantity
                                                           : line.ordered;
        part.price = details.number(sdk::field::limit_price, line.line).value_or(0);
        request.parts.push_back(part);
    }
    return request;
}

bool Line::next(std::uint64_t after, sdk::Fact& fact) {
    if (party_->is_down()) return false;
    std::optional<Said> answer;
    const Said* said = nullptr;
    if (party_->has_hooks()) {
        answer = party_->take_answer();
        if (answer) said = &*answer;
    } else {
        said = party_->after(after);
    }
    if (said == nullptr) return false;
    if (!party_->has_hooks()) fact.number = said->number;
    fact.route = said->route;
    fact.answers = said->answers;
    write_report(*said, destination_, fact.input);
    return true;
}

void Line::reconcile(const oms_route_row& route) {
    if (party_->is_down()) return;
    Request request;
    request.action = OMS_action_ask;
    request.route = route.route;
    if (talks())
        std::fprintf(stderr, "-> %s is asked about route=%llu\n", party_->name().c_str(),
                     static_cast<unsigned long long>(route.route));
    party_->receive(request, *exchange_.moment);
}

void write_report(const Said& said, std::uint32_t destination, sdk::Batch& input) {
    oms_report report = sdk::make<oms_report>();
    report.type = said.type;
    report.destination = destination;
    report.route = said.route;
    report.external_ref = sdk::text(said.ref);
    report.execution_ref = sdk::text(said.execution);
    report.refers_to = sdk::text(said.refers_to);
    report.line = said.parts.size() == 1 ? said.parts.front().line : OMS_WHOLE_ORDER;
    report.quantity = said.parts.size() == 1 ? said.parts.front().quantity : said.quantity;
    report.price = said.price;
    report.remaining = said.remaining;
    report.time = said.time;
    input.add(report);
    if (said.parts.size() < 2) return;
    for (const Part& part : said.parts) {
        oms_route_line line = sdk::make<oms_route_line>();
        line.line = part.line;
        line.product = part.product;
        line.quantity = part.quantity;
        input.add(line);
    }
}

}  // namespace oms::simulation
