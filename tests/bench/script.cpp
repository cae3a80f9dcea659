// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include "model/world.hpp"

#include <oms/abi/codes.h>
#include <oms/sdk/fields.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace oms::bench {

using sdk::make;
using sdk::text;

namespace {

constexpr std::size_t arena_bytes = std::size_t{4} << 30U;  // pages that are not used cost nothing

oms_term number_term(std::uint32_t line, std::uint32_t field, std::uint32_t product,
                     std::int64_t number) {
    auto term = make<oms_term>();
    term.line = line;
    term.field = field;
    term.type = OMS_term_type_number;
    term.product = product;
    term.number = number;
    return term;
}

oms_line order_line(std::uint32_t index, std::uint32_t product, std::uint32_t direction,
                    std::int64_t quantity, std::uint32_t role = 0) {
    auto line = make<oms_line>();
    line.line = index;
    line.product = product;
    line.direction = direction;
    line.role = role;
    line.quantity = quantity;
    line.parent_line = OMS_WHOLE_ORDER;
    return line;
}

}  // namespace

void die(const std::string& reason) {
    std::fprintf(stderr, "oms_bench: %s\n", reason.c_str());
    std::exit(1);
}

runtime::Options runtime_options(const Options& options, runtime::Clock* clock) {
    runtime::Options chosen;
    chosen.config = options.config;
    if (!options.config_text.empty()) chosen.config_text = options.config_text;
    chosen.clock = clock;
    chosen.control_socket = false;
    chosen.log = [](std::string_view) {};
    return chosen;
}

std::unique_ptr<runtime::Assembly> open_assembly(const Options& options, runtime::Clock& clock) {
    runtime::Options chosen = runtime_options(options, &clock);
    chosen.in_memory = true;
    auto assembly = std::make_unique<runtime::Assembly>(std::move(chosen));
    const yaml::Errors errors = assembly->open();
    if (!errors.empty()) die(yaml::to_text(errors));
    return assembly;
}

std::uint32_t Names::operator()(std::uint32_t reference_class, std::string_view code) const {
    const std::uint32_t found = find_(reference_class, code);
    if (found == 0) die("the configuration has no " + std::string(code));
    return found;
}

namespace {

void set_limits(const Names& names, const std::function<void(const sdk::Batch&)>& give,
                const char* desk, const char* product, std::int64_t value) {
    for (const char* owner : {"desk_limits", "firm_limits"}) {
        for (const std::uint32_t cell : {1U, 2U, 3U}) {
            auto write = make<oms_write_cell>();
            write.owner = names(OMS_class_plugin, owner);
            write.cell = cell;
            write.key_a = names(OMS_class_account, desk);
            write.key_b = names(OMS_class_product, cell == 1 ? product : "USD");
            write.value = value;
            sdk::Batch batch;
            batch.add(write);
            give(batch);
        }
    }
}

}  // namespace

void prepare(const Names& names, const std::function<void(const sdk::Batch&)>& give) {
    const auto post = [&](std::string_view to, std::string_view from, std::string_view asset,
                          std::int64_t amount) {
        auto head = make<oms_post>();
        head.reason = text("opening balance");
        const std::string key = "open-" + std::string(to) + "-" + std::string(asset);
        head.origin = names(OMS_class_origin, "bench");
        head.key = text(key);
        auto transfer = make<oms_transfer>();
        transfer.from = names(OMS_class_account, from);
        transfer.to = names(OMS_class_account, to);
        transfer.asset = names(OMS_class_product, asset);
        transfer.amount = amount;
        sdk::Batch batch;
        batch.add(head);
        batch.add(transfer);
        give(batch);
    };
    constexpr std::int64_t plenty = 1'000'000'000'000'000;
    for (const char* desk : {"desk-0", "desk-1", "desk-2", "desk-3"}) {
        post(desk, "street", "USD", plenty);
        // Limits that every order passes and that every order is held against.
        for (const char* product : {"AAA", "BBB", "CCC", "DDD"})
            set_limits(names, give, desk, product, plenty);
    }
    for (const char* place : {"stock-berlin", "stock-munich"})
        for (const char* article : {"SHOE", "LACE"}) post(place, "customers", article, plenty);
}

std::vector<oms_observation> quotes(const Names& names) {
    std::vector<oms_observation> values;
    for (const char* product : {"AAA", "BBB", "CCC", "DDD"}) {
        for (const char* source : {"venue-1", "venue-2"}) {
            const bool first = std::string_view(source) == "venue-1";
            const std::pair<std::uint32_t, std::int64_t> fields[] = {
                {sdk::observed::bid, 998},
                {sdk::observed::ask, first ? 1000 : 1001},
                {sdk::observed::last, 999},
                {sdk::observed::bid_size, 100'000},
                {sdk::observed::ask_size, 100'000}};
            for (const auto& [field, value] : fields) {
                auto observation = make<oms_observation>();
                observation.product = names(OMS_class_product, product);
                observation.source = names(OMS_class_source, source);
                observation.field = field;
                observation.value = value;
                observation.time = start_of_day;
                values.push_back(observation);
            }
        }
    }
    return values;
}

// ---- share orders
// ---------------------------------------------------------------------------------

ShareOrders::ShareOrders(const Names& names) : head_(make<oms_place_order>()) {
    head_.origin = names(OMS_class_origin, "bench");
    head_.order_kind = names(OMS_class_order_kind, "trade");
    for (const char* desk : {"desk-0", "desk-1", "desk-2", "desk-3"})
        desks_.push_back(names(OMS_class_account, desk));
    for (const char* share : {"AAA", "BBB", "CCC", "DDD"})
        shares_.push_back(names(OMS_class_product, share));
}

void ShareOrders::spread_over(std::vector<std::uint32_t> accounts,
                              std::vector<std::uint32_t> products) {
    desks_ = std::move(accounts);
    shares_ = std::move(products);
}

const sdk::Batch& ShareOrders::place(std::uint64_t number, std::string_view prefix,
                                     std::uint32_t lines) {
    key_.assign(prefix);
    key_ += std::to_string(number);
    head_.key = text(key_);
    head_.account = desks_[number % desks_.size()];
    batch_.clear();
    batch_.add(head_);
    for (std::uint32_t line = 0; line < lines; ++line)
        batch_.add(order_line(line, share(number + 4 * line), OMS_direction_receive, 100));
    for (std::uint32_t line = 0; line < lines; ++line)
        batch_.add(number_term(line, sdk::field::limit_price, share(number + 4 * line), 1000));
    return batch_;
}

// ---- the script
// -----------------------------------------------------------------------------------

/// When an order comes to a stage of its life: so many steps after it was placed.
struct Stage {
    std::size_t lag = 0;
    bool shuffled = false;  ///< neighbours come in another order than they were placed
};

/// Plays the day on an engine of its own and keeps every input that it gave.
class Script::Player {
public:
    Player(const Options& options, const Course& course, Script& script)
        : course_(course),
          script_(script),
          clock_(start_of_day),
          assembly_(open_assembly(options, clock_)),
          names_([this](std::uint32_t of, std::string_view code) {
              return assembly_->machine->find_reference(of, code);
          }),
          shares_(names_) {
        while (block_ * 16 <= course.live && block_ < 1'024) block_ *= 2;
    }

    void play() {
        prepare(names_, [this](const sdk::Batch& input) { give(input, script_.opening_); });
        for (const oms_observation& quote : quotes(names_)) assembly_->machine->observe(quote);
        const std::size_t live = course_.live;
        play_part("share order", {{0}, {live / 100 + 1}, {live / 2, true}, {live, true}},
                  [this](std::size_t stage, std::size_t number) { share_order(stage, number); });
        play_part("shop order",
                  {{0}, {live / 100 + 1}, {live / 4 + 1}, {live / 2, true}, {live, true}},
                  [this](std::size_t stage, std::size_t number) { shop_order(stage, number); });
    }

private:
    template <class Step>
    void play_part(const char* name, const std::vector<Stage>& stages, const Step& step) {
        Part& part = script_.parts_.emplace_back();
        part.name = name;
        part.inputs_a_life = stages.size();
        const std::size_t all =
            course_.live + course_.orders * static_cast<std::size_t>(course_.rounds);
        std::size_t at = 0;
        const auto steps = [&](std::size_t count) {
            const std::size_t first = script_.inputs_.size();
            for (const std::size_t end = at + count; at < end; ++at)
                for (std::size_t stage = stages.size(); stage-- > 0;)
                    if (at >= stages[stage].lag && at - stages[stage].lag < all)
                        step(stage, turn(at - stages[stage].lag, all, stages[stage].shuffled));
            return Stretch{first, script_.inputs_.size() - first};
        };
        part.filling = steps(course_.live);
        for (int round = 0; round < course_.rounds; ++round)
            part.rounds.push_back(steps(course_.orders));
        part.ending = steps(course_.to_the_end ? course_.live : 0);
    }

    /// Whose turn it is: of a block of neighbours each comes once.
    std::size_t turn(std::size_t place, std::size_t all, bool shuffled) const {
        const std::size_t block = place / block_ * block_;
        if (!shuffled || block + block_ > all) return place;
        return block + (place * 613 + 7) % block_;
    }

    void give(const sdk::Batch& input, std::vector<oms_batch>& to) {
        const std::size_t words = runtime::flat_words(input.view());
        std::uint64_t* memory = words == 0 ? nullptr : script_.memory_.take(words);
        if (memory == nullptr) die("an input is malformed, or there are too many");
        to.push_back(runtime::copy_flat(input.view(), memory));
        clock_.move_to(clock_.now() + ns_between_inputs);
        frame_.clear();
        const auto outcome = assembly_->machine->decide(to.back(), clock_.now(), frame_);
        if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
    }
    void give(const sdk::Batch& input) { give(input, script_.inputs_); }

    const Order& order(const std::string& key) const {
        const World& world = assembly_->machine->world();
        const KeyEntry* entry = world.keys.find(shares_.origin(), key);
        if (entry == nullptr) die("no order has the key " + key);
        return *world.orders.find(entry->order);
    }

    void report(const std::string& key, std::size_t route, std::uint32_t type,
                const std::string& reference, std::uint32_t product, std::int64_t quantity,
                std::int64_t price, const std::vector<oms_route_line>& lines = {}) {
        auto head = make<oms_report>();
        head.type = type;
        head.route = order(key).routes.at(route);
        head.line = OMS_WHOLE_ORDER;
        head.product = product;
        head.quantity = quantity;
        head.price = price;
        if (type == OMS_report_acked) head.external_ref = text(reference);
        if (type == OMS_report_executed) head.execution_ref = text(reference);
        sdk::Batch batch;
        batch.add(head);
        for (const oms_route_line& line : lines) batch.add(line);
        give(batch);
    }

    /// Placed, acknowledged, executed twice; one in ten is cancelled instead.
    void share_order(std::size_t stage, std::size_t number) {
        if (stage == 0) return give(shares_.place(number));
        const std::string key = "s" + std::to_string(number);
        if (stage == 1) return report(key, 0, OMS_report_acked, "V-" + key, 0, 0, 0);
        const bool last = stage == 3;
        if (number % 10 == 0 && last) return report(key, 0, OMS_report_cancelled, {}, 0, 0, 0);
        if (number % 10 == 0) return cancel(key);
        report(key, 0, OMS_report_executed, (last ? "b-" : "a-") + key, order(key).lines[0].product,
               last ? 60 : 40, last ? 1000 : 999);
    }

    void cancel(const std::string& key) {
        auto head = make<oms_cancel_order>();
        const std::string own_key = "c-" + key;
        head.origin = shares_.origin();
        head.key = text(own_key);
        head.order = order(key).id;
        sdk::Batch batch;
        batch.add(head);
        give(batch);
    }

    /// Placed, its money authorised, picked, sent, its money captured.
    void shop_order(std::size_t stage, std::size_t number) {
        const std::string key = "w" + std::to_string(number);
        const std::uint32_t shoe = names_(OMS_class_product, "SHOE");
        const std::uint32_t lace = names_(OMS_class_product, "LACE");
        const std::uint32_t euro = names_(OMS_class_product, "EUR");
        switch (stage) {
            case 0: return give(cart(key, shoe, lace, euro));
            case 1: return report(key, 0, OMS_report_acked, "pay-" + key, 0, 0, 0);
            case 2: return report(key, 1, OMS_report_acked, "pick-" + key, 0, 0, 0);
            case 3:
                return report(key, 1, OMS_report_executed, "parcel-" + key, shoe, 0, 0,
                              {parcel_line(0, shoe, 2), parcel_line(1, lace, 1)});
            default: return report(key, 0, OMS_report_executed, "cap-" + key, euro, 10'500, 0);
        }
    }

    static oms_route_line parcel_line(std::uint32_t index, std::uint32_t product,
                                      std::int64_t quantity) {
        auto line = make<oms_route_line>();
        line.line = index;
        line.product = product;
        line.quantity = quantity;
        return line;
    }

    sdk::Batch cart(const std::string& key, std::uint32_t shoe, std::uint32_t lace,
                    std::uint32_t euro) {
        auto head = make<oms_place_order>();
        head.origin = shares_.origin();
        head.key = text(key);
        head.order_kind = names_(OMS_class_order_kind, "online_order");
        head.account = names_(OMS_class_account, "shop");
        sdk::Batch batch;
        batch.add(head);
        batch.add(order_line(0, shoe, OMS_direction_deliver, 2));
        batch.add(order_line(1, lace, OMS_direction_deliver, 1));
        batch.add(order_line(2, euro, OMS_direction_receive, 10'500, 1));
        batch.add(number_term(0, sdk::field::line_amount, euro, 10'000));
        batch.add(number_term(1, sdk::field::line_amount, euro, 500));
        batch.add(number_term(OMS_WHOLE_ORDER, sdk::field::ship_to_latitude, 0, 52'400'000));
        batch.add(number_term(OMS_WHOLE_ORDER, sdk::field::ship_to_longitude, 0, 13'000'000));
        return batch;
    }

    const Course& course_;
    std::size_t block_ = 1;
    Script& script_;
    runtime::VirtualClock clock_;
    std::unique_ptr<runtime::Assembly> assembly_;
    Names names_;
    ShareOrders shares_;
    Frame frame_;
};

Script::Script(const Options& options, const Course& course) : memory_(arena_bytes) {
    Player(options, course, *this).play();
}

void play_opening(const Script& script, runtime::Assembly& assembly, runtime::VirtualClock& clock,
                  Frame& frame) {
    engine::Engine& engine = *assembly.machine;
    for (const oms_batch& input : script.opening()) {
        clock.move_to(clock.now() + ns_between_inputs);
        engine.decide(input, clock.now(), frame);
    }
    const Names names(
        [&](std::uint32_t of, std::string_view code) { return engine.find_reference(of, code); });
    for (const oms_observation& quote : quotes(names)) engine.observe(quote);
}

}  // namespace oms::bench
