// SPDX-License-Identifier: Apache-2.0
// Between a simulated party and the kernel: intents become its requests, its events become reports.
// Everything that numbers, repeats and recovers is the SDK's ChannelWorker.
#pragma once

#include "shared/party.hpp"

#include <oms/sdk/channel_worker.hpp>
#include <oms/sdk/fields.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace parties {

namespace sdk = oms::sdk;

/// What the party is called over there, and how its own orders are adopted.
struct PeerNames {
    std::string channel;
    std::string destination;
    std::string adopt_kind;     ///< order kind of orders that the party had by itself; empty: none
    std::string adopt_account;  ///< and their account
};

class PartyPeer : public sdk::ChannelPeer {
public:
    PartyPeer(sdk::Host host, const sdk::Port& port, PeerNames names, Party& party)
        : host_(host), port_(port), names_(std::move(names)), party_(party) {}

    void attach(sdk::ChannelWorker& worker) { worker_ = &worker; }

    void open(std::uint64_t in_seq) override {
        const auto destination = port_.resolve(OMS_class_destination, names_.destination);
        if (!destination)
            throw sdk::CallError(OMS_NOT_FOUND,
                                 "there is no destination \"" + names_.destination +
                                     "\"; name it in the configuration, or set `destination`");
        destination_ = *destination;
        prepare();
        party_.open(port_.now());
        opened();
        party_.forget(in_seq);
    }

    sdk::Found find(const sdk::Work& work) override {
        if (party_.silent(port_.now())) return sdk::Found::cannot_tell;
        return party_.received(work.intent.route, work.intent.out_seq) ? sdk::Found::acted
                                                                       : sdk::Found::not_acted;
    }

    bool act(const sdk::Work& work) override {
        const Request request = request_of(work);
        before(request);
        party_.receive(request, port_.now());
        return true;
    }

    void work() override { party_.work(port_.now()); }

    bool next(std::uint64_t after, sdk::Fact& fact) override {
        const Event* event = party_.event_after(after, port_.now());
        if (event == nullptr) return false;
        fact.number = event->number;
        fact.route = event->route;
        fact.answers = event->cause;
        if (event->route == 0 && event->say == Say::acked && adopts())
            adopt(*event, fact.input);
        else
            report(*event, fact.input);
        return true;
    }

    void kept(std::uint64_t in_seq) override { party_.forget(in_seq); }

    /// The stream tells everything in the end, but for answers that were lost and for orders that
    /// never arrived: these have to be asked for.
    void reconcile(const oms_route_row& route) override {
        if (party_.standing(route.route) && !party_.owes_answers(route.route)) return;
        Request request;
        request.verb = Verb::ask;
        request.route = route.route;
        party_.receive(request, port_.now());
    }

    std::int64_t next_due() const override { return party_.next_due(); }

protected:
    /// Before the party opens its book: tell it what it needs to know of products.
    virtual void prepare() {}
    /// After it did.
    virtual void opened() {}
    /// Before it gets a request.
    virtual void before(const Request& /*request*/) {}

    std::string code_of(std::uint32_t reference) const {
        const auto row = port_.describe(reference);
        return row ? std::string(sdk::view(row->code)) : "#" + std::to_string(reference);
    }
    std::uint32_t product(const std::string& code) {
        const auto known = products_.find(code);
        if (known != products_.end()) return known->second;
        const auto found = port_.resolve(OMS_class_product, code);
        return found ? products_[code] = *found : 0;
    }
    std::uint32_t event(const std::string& name) {
        const auto known = events_.find(name);
        if (known != events_.end()) return known->second;
        return events_[name] = worker_->desk().reference(OMS_class_event, name);
    }

    sdk::Host host_;
    const sdk::Port& port_;
    PeerNames names_;
    sdk::ChannelWorker* worker_ = nullptr;
    std::uint32_t destination_ = 0;

private:
    static Verb verb_of(std::uint32_t action) {
        switch (action) {
            case OMS_action_cancel: return Verb::cancel;
            case OMS_action_amend: return Verb::amend;
            case OMS_action_ask: return Verb::ask;
            case OMS_action_signal: return Verb::signal;
            default: return Verb::place;
        }
    }
    static Force force_of(std::int64_t time_in_force) {
        namespace choice = sdk::choice::time_in_force;
        switch (time_in_force) {
            case choice::day: return Force::day;
            case choice::immediate_or_cancel: return Force::immediate_or_cancel;
            case choice::fill_or_kill: return Force::fill_or_kill;
            default: return Force::good_till_cancel;
        }
    }

    Request request_of(const sdk::Work& work) const {
        namespace field = sdk::field;
        const sdk::RouteDetails& details = work.details;
        Request request;
        request.verb = verb_of(work.intent.action);
        request.route = work.intent.route;
        request.number = work.intent.out_seq;
        request.order = work.intent.order;
        request.quantity = work.intent.quantity;
        if (request.verb == Verb::signal) request.signal = code_of(work.intent.event);
        if (request.verb != Verb::place && request.verb != Verb::amend) return request;
        request.enquiry = (details.flags() & OMS_ROUTE_ENQUIRY) != 0;
        request.force = force_of(
            details.number(field::time_in_force).value_or(sdk::choice::time_in_force::day));
        request.text = details.text(field::text);
        request.offer = details.text(field::quote_id);
        for (const sdk::RouteDetails::Link& link : details.links())
            if (link.link == OMS_link_repayment_of || link.link == OMS_link_return_of)
                request.refund_of = link.order;
        const bool amends = request.verb == Verb::amend;
        for (const sdk::RouteDetails::Line& line : details.lines()) {
            if (!line.routed && !request.enquiry) continue;
            Item& item = request.items.emplace_back();
            item.line = line.line;
            item.product = code_of(line.product);
            item.receives = line.direction == OMS_direction_receive;
            item.quantity = !line.routed ? line.ordered : amends ? line.amending : line.quantity;
            item.price = limit_of(details, line.line);
        }
        return request;
    }

    static std::int64_t limit_of(const sdk::RouteDetails& details, std::uint32_t line) {
        namespace field = sdk::field;
        namespace choice = sdk::choice::order_type;
        const std::int64_t type = details.number(field::order_type, line).value_or(choice::limit);
        if (type == choice::market || type == choice::stop) return 0;
        return details.number(field::limit_price, line).value_or(0);
    }

    static std::uint32_t report_of(Say say) {
        switch (say) {
            case Say::acked: return OMS_report_acked;
            case Say::refused: return OMS_report_refused;
            case Say::executed: return OMS_report_executed;
            case Say::cancelled: return OMS_report_cancelled;
            case Say::replaced: return OMS_report_replaced;
            case Say::expired: return OMS_report_expired;
            case Say::reversed: return OMS_report_reversed;
            case Say::corrected: return OMS_report_corrected;
            case Say::restated: return OMS_report_restated;
            case Say::offered: return OMS_report_offered;
            case Say::progress: return OMS_report_progress;
            case Say::answered: return OMS_report_answered;
            case Say::cancel_refused: return OMS_report_cancel_refused;
            case Say::replace_refused: return OMS_report_replace_refused;
            case Say::not_found: return OMS_report_not_found;
        }
        return OMS_report_progress;
    }

    void report(const Event& told, oms::sdk::Batch& input) {
        oms_report report = sdk::make<oms_report>();
        report.type = report_of(told.say);
        report.flags = told.again || told.told != 0 ? OMS_POSSIBLE_DUPLICATE : 0;
        report.destination = destination_;
        report.route = told.route;
        if (told.ref != "NONE") report.external_ref = sdk::text(told.ref);
        report.execution_ref = sdk::text(told.execution_ref);
        report.refers_to = sdk::text(told.refers_to);
        report.line = told.items.size() == 1 ? told.items.front().line : OMS_WHOLE_ORDER;
        if (told.say == Say::progress) report.event = event(told.name);
        if (!told.items.empty()) report.product = product(told.items.front().product);
        report.reason = told.reason;
        report.quantity = told.quantity;
        report.price = told.price;
        report.remaining = told.remaining;
        report.until = told.until;
        report.time = told.time;
        report.text = sdk::text(told.text);
        input.add(report);
        if (told.items.size() < 2) return;
        for (const Item& item : told.items) {
            if (item.quantity <= 0) continue;
            oms_route_line line = sdk::make<oms_route_line>();
            line.line = item.line;
            line.product = product(item.product);
            line.quantity = item.quantity;
            input.add(line);
        }
    }

    bool adopts() {
        if (adopt_kind_ != 0) return true;
        if (names_.adopt_kind.empty()) return false;
        adopt_kind_ = port_.resolve(OMS_class_order_kind, names_.adopt_kind).value_or(0);
        adopt_account_ = port_.resolve(OMS_class_account, names_.adopt_account).value_or(0);
        if (adopt_kind_ == 0 || adopt_account_ == 0)
            host_.error("orders of the party's own cannot be adopted: there is no kind \"" +
                        names_.adopt_kind + "\" or no account \"" + names_.adopt_account + "\"");
        return adopt_kind_ != 0 && adopt_account_ != 0;
    }

    /// The party works an order that did not come from here.
    void adopt(const Event& told, oms::sdk::Batch& input) {
        oms_adopt_order adopt = sdk::make<oms_adopt_order>();
        adopt.order_kind = adopt_kind_;
        adopt.account = adopt_account_;
        adopt.destination = destination_;
        adopt.external_ref = sdk::text(told.ref);
        input.add(adopt);
        std::uint32_t index = 0;
        for (const Item& item : told.items) {
            oms_line line = sdk::make<oms_line>();
            line.line = index;
            line.product = product(item.product);
            line.direction = item.receives ? OMS_direction_receive : OMS_direction_deliver;
            line.quantity = item.quantity;
            line.parent_line = OMS_WHOLE_ORDER;
            input.add(line);
            if (item.price > 0) {
                oms_term limit = sdk::make<oms_term>();
                limit.line = index;
                limit.field = sdk::field::limit_price;
                limit.type = OMS_term_type_number;
                limit.product = line.product;
                limit.number = item.price;
                input.add(limit);
            }
            ++index;
        }
    }

    Party& party_;
    std::uint32_t adopt_kind_ = 0;
    std::uint32_t adopt_account_ = 0;
    std::map<std::string, std::uint32_t> products_;
    std::map<std::string, std::uint32_t> events_;
};

}  // namespace parties
