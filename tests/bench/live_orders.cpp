// SPDX-License-Identifier: Apache-2.0
#include "live_orders.hpp"

#include <oms/sdk/fields.hpp>

#include <malloc.h>

#include <utility>

namespace oms::bench {

namespace {

constexpr std::size_t round_orders = 2'500;
constexpr std::size_t inputs_a_frame = 256;
constexpr std::size_t far_step = 61'803'399;  // no divisor in common with powers of ten

/// In an order in which neighbours lie far apart; there is a power of ten of them.
std::vector<std::uint32_t> shuffled(const std::vector<std::uint32_t>& list) {
    std::vector<std::uint32_t> far;
    far.reserve(list.size());
    for (std::size_t at = 0; at < list.size(); ++at)
        far.push_back(list[at * far_step % list.size()]);
    return far;
}

}  // namespace

double bytes_in_use() {
    const struct mallinfo2 use = ::mallinfo2();
    return static_cast<double>(use.uordblks + use.hblkhd);
}

LiveOrders::LiveOrders(const Options& options, OrderForm form)
    : form_(std::move(form)),
      assembly_(open_assembly(options, clock_)),
      names_([this](std::uint32_t of, std::string_view code) {
          return assembly_->machine->find_reference(of, code);
      }),
      shares_(names_) {
    prepare(names_, [this](const sdk::Batch& input) { decide(input.view()); });
    for (const oms_observation& quote : quotes(names_)) assembly_->machine->observe(quote);
}

void LiveOrders::add_accounts(std::size_t count) {
    auto head = sdk::make<oms_define>();
    head.reference_class = OMS_class_account;
    auto post = sdk::make<oms_post>();
    post.origin = shares_.origin();
    auto money = sdk::make<oms_transfer>();
    money.from = names_(OMS_class_account, "street");
    money.asset = names_(OMS_class_product, "USD");
    money.amount = 1'000'000'000'000;
    for (std::size_t each = 0; each < count; ++each) {
        accounts_.push_back(define(head, each, "account-", {}));
        money.to = accounts_.back();
        post.key = sdk::text(ref_);
        batch_.clear();
        batch_.add(post);
        batch_.add(money);
        decide(batch_.view());
    }
}

void LiveOrders::add_products(std::size_t count) {
    // By value: what is defined may move what was there.
    const Reference model = *world().references.find(names_(OMS_class_product, "AAA"));
    auto head = sdk::make<oms_define>();
    head.reference_class = OMS_class_product;
    head.scale = model.scale;
    head.price_scale = model.price_scale;
    head.group = model.group;
    auto price = sdk::make<oms_observation>();
    price.source = names_(OMS_class_source, "venue-1");
    price.field = sdk::observed::ask;
    price.value = 1'000;
    price.time = start_of_day;
    for (std::size_t each = 0; each < count; ++each) {
        products_.push_back(define(head, each, "product-", model.terms));
        price.product = products_.back();
        assembly_->machine->observe(price);
    }
}

void LiveOrders::spread() {
    const auto own = [&](std::uint32_t of, const char* code) {
        return std::vector<std::uint32_t>{names_(of, code)};
    };
    shares_.spread_over(accounts_.empty() ? own(OMS_class_account, "desk-0") : shuffled(accounts_),
                        products_.empty() ? own(OMS_class_product, "AAA") : shuffled(products_));
}

/// Its code is in `ref_` then.
std::uint32_t LiveOrders::define(oms_define head, std::size_t number, std::string_view prefix,
                                 const std::vector<Term>& terms) {
    ref_.assign(prefix);
    ref_ += std::to_string(number);
    head.code = sdk::text(ref_);
    batch_.clear();
    batch_.add(head);
    for (const Term& term : terms) {
        auto record = sdk::make<oms_term>();
        record.line = term.line;
        record.field = term.field;
        record.type = term.type;
        record.product = term.product;
        record.number = term.number;
        record.text = sdk::text(term.text);
        batch_.add(record);
    }
    decide(batch_.view());
    return names_(head.reference_class, ref_);
}

void LiveOrders::fill(std::size_t count) {
    while (placed_ < count) {
        decide(shares_.place(placed_, form_.prefix, form_.lines).view());
        report(placed_++, OMS_report_acked, 0, 0);
    }
    filled_ = count;
    executed_ = 0;
}

double LiveOrders::place(std::size_t count) {
    timed_ns_ = 0;
    timed_ = 0;
    for (std::size_t each = 0; each < count; ++each)
        decide(shares_.place(placed_++, form_.prefix, form_.lines).view());
    return timed_ns_ / static_cast<double>(timed_);
}

double LiveOrders::round() {
    timed_ns_ = 0;
    timed_ = 0;
    for (std::size_t each = 0; each < round_orders; ++each) {
        decide(shares_.place(placed_, form_.prefix, form_.lines).view());
        report(placed_++, OMS_report_acked, 0, 0);
        const std::size_t old = far_apart(executed_++);
        report(old, OMS_report_executed, 40, 1);
        report(old, OMS_report_executed, 60, 2);
    }
    return timed_ns_ / static_cast<double>(timed_);
}

double LiveOrders::place_carts(std::size_t count, std::uint32_t lines) {
    timed_ns_ = 0;
    timed_ = 0;
    for (std::size_t each = 0; each < count; ++each) {
        const std::string key = "cart-" + std::to_string(placed_);
        decide(cart(key, lines).view());
        report(placed_++, OMS_report_acked, 0, 0);
        if (world().orders.find(placed_)->routes.size() != 2) die("a cart was not sourced");
    }
    return timed_ns_ / static_cast<double>(count);
}

sdk::Batch LiveOrders::cart(const std::string& key, std::uint32_t lines) const {
    auto head = sdk::make<oms_place_order>();
    head.origin = shares_.origin();
    head.key = sdk::text(key);
    head.order_kind = names_(OMS_class_order_kind, "online_order");
    head.account = names_(OMS_class_account, "shop");
    sdk::Batch batch;
    batch.add(head);
    auto line = sdk::make<oms_line>();
    line.parent_line = OMS_WHOLE_ORDER;
    line.quantity = 1;
    line.direction = OMS_direction_deliver;
    for (line.line = 0; line.line < lines - 1; ++line.line) {
        line.product = names_(OMS_class_product, line.line % 2 == 0 ? "SHOE" : "LACE");
        batch.add(line);
    }
    line.direction = OMS_direction_receive;
    line.role = 1;
    line.product = names_(OMS_class_product, "EUR");
    batch.add(line);
    auto term = sdk::make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.type = OMS_term_type_number;
    term.field = sdk::field::ship_to_latitude;
    term.number = 52'400'000;
    batch.add(term);
    term.field = sdk::field::ship_to_longitude;
    term.number = 13'000'000;
    batch.add(term);
    return batch;
}

/// Each that the filling left once, then those that came since.
std::size_t LiveOrders::far_apart(std::size_t turn) const {
    return turn < filled_ ? turn * far_step % filled_ : turn;
}

/// They are the only orders, so their ids count with them.
void LiveOrders::report(std::size_t number, std::uint32_t type, std::int64_t quantity, int part) {
    auto head = sdk::make<oms_report>();
    const Order& order = *world().orders.find(number + 1);
    head.type = type;
    head.route = order.routes.at(0);
    head.line = OMS_WHOLE_ORDER;
    head.quantity = quantity;
    ref_.assign(form_.prefix);
    ref_ += std::to_string(number);
    ref_ += '-';
    ref_ += std::to_string(part);
    if (type == OMS_report_executed) {
        head.product = order.lines[0].product;
        head.price = 1'000;
        head.execution_ref = sdk::text(ref_);
    } else {
        head.external_ref = sdk::text(ref_);
    }
    batch_.clear();
    batch_.add(head);
    decide(batch_.view());
}

void LiveOrders::decide(const oms_batch& input) {
    clock_.move_to(clock_.now() + ns_between_inputs);
    if (timed_ % inputs_a_frame == 0) frame_.clear();
    const Stopwatch watch;
    const auto outcome = assembly_->machine->decide(input, clock_.now(), frame_);
    timed_ns_ += 1e9 * watch.seconds();
    ++timed_;
    if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
}

}  // namespace oms::bench
