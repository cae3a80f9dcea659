// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include "lifecycle/yaml/compile.hpp"

#include <oms/sdk/fields.hpp>

#include <stdexcept>

namespace oms::test {

using sdk::make;
using sdk::text;

namespace {

/// Compiled once for all seeds.
const std::vector<lifecycle::Table>& tables() {
    static const std::vector<lifecycle::Table> all = [] {
        std::vector<lifecycle::Table> compiled;
        const std::string shipped = OMS_CONFIG_LIFECYCLES;
        const std::string other = OMS_TEST_LIFECYCLES;
        for (const std::string& path :
             {shipped + "/trade.yaml", shipped + "/destination.yaml",
              shipped + "/online_order.yaml", shipped + "/refund.yaml", shipped + "/enquiry.yaml",
              other + "/workflow.yaml", other + "/workflow_parcel.yaml"}) {
            auto table = lifecycle::compile_file(path);
            if (!table) throw std::runtime_error(yaml::to_text(table.error()));
            compiled.push_back(std::move(table->table));
        }
        return compiled;
    }();
    return all;
}

engine::RoleBinding role(const char* routing, std::vector<std::string> destinations) {
    engine::RoleBinding binding;
    binding.routing = routing;
    binding.destinations = std::move(destinations);
    return binding;
}

engine::KindBinding kind(const char* name, const char* lifecycle, const char* route_lifecycle,
                         std::vector<engine::RoleBinding> roles) {
    engine::KindBinding binding;
    binding.kind = name;
    binding.lifecycle = lifecycle;
    binding.route_lifecycle = route_lifecycle;
    for (std::size_t i = 0; i < roles.size(); ++i) binding.roles[i] = std::move(roles[i]);
    return binding;
}

class Definer {
public:
    Definer(const engine::Engine& engine, const Decide& decide)
        : engine_(engine), decide_(decide) {}

    oms_define entry(std::uint32_t reference_class, const char* code) {
        auto head = make<oms_define>();
        head.reference_class = reference_class;
        head.code = text(code);
        return head;
    }
    std::uint32_t add(const oms_define& head, const std::vector<oms_term>& terms = {}) {
        sdk::Batch batch;
        batch.add(head);
        for (const oms_term& term : terms) batch.add(term);
        if (decide_(batch.view()).code != 0) throw std::runtime_error("the stage cannot be set");
        return engine_.find_reference(head.reference_class, sdk::view(head.code));
    }
    std::uint32_t add(std::uint32_t reference_class, const char* code) {
        return add(entry(reference_class, code));
    }
    std::uint32_t account(const char* code, bool outside, std::uint32_t under = 0) {
        auto head = entry(OMS_class_account, code);
        head.reference_flags = outside ? OMS_REFERENCE_EXTERNAL : 0;
        head.group = under;
        return add(head);
    }
    std::uint32_t product(const char* code, std::uint32_t scale, const char* asset_class,
                          const std::vector<oms_term>& terms = {}) {
        auto head = entry(OMS_class_product, code);
        head.scale = scale;
        head.price_scale = 2;
        if (asset_class != nullptr)
            head.group = engine_.find_reference(OMS_class_asset_class, asset_class);
        return add(head, terms);
    }
    std::uint32_t destination(const char* code, std::uint32_t channel, std::uint32_t account) {
        auto head = entry(OMS_class_destination, code);
        head.route_via = channel;
        head.group = account;
        return add(head);
    }

private:
    const engine::Engine& engine_;
    const Decide& decide_;
};

oms_term number(std::uint32_t field, std::int64_t value) {
    auto term = make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.field = field;
    term.type = OMS_term_type_number;
    term.number = value;
    return term;
}

void name_products(Definer& define, Names& names) {
    names.money = define.product("USD", 2, nullptr);
    names.token = define.product("TOKEN", 0, nullptr);
    names.kit = define.product("SET", 0, nullptr);
    const auto currency = number(sdk::field::currency, names.money);
    const auto unit = number(sdk::field::unit, names.token);
    names.traded = {define.product("XYZ", 0, "priced", {currency}),
                    define.product("ABC", 3, "priced", {currency, unit})};
    names.goods = {define.product("SHOE", 0, "plain"), define.product("LACE", 0, "plain")};
    names.products = {names.money, names.token, names.kit};
    names.products.insert(names.products.end(), names.traded.begin(), names.traded.end());
    names.products.insert(names.products.end(), names.goods.begin(), names.goods.end());
}

void name_parties(Definer& define, Names& names) {
    const std::uint32_t street = define.account("street", true);
    const std::uint32_t customers = define.account("customers", true);
    const std::uint32_t desk = define.account("desk", false);
    const std::uint32_t shop = define.account("shop", false, desk);
    const std::uint32_t stock = define.account("stock", false, shop);
    names.outside = {street, customers};
    names.accounts = {desk, shop, stock, define.account("fund", false)};
    for (const char* channel : {"one", "two", "three", "four"})
        names.channels.push_back(define.add(OMS_class_channel, channel));
    // The third has neither a channel nor an account.
    names.venues = {define.destination("venue-1", names.channels[0], street),
                    define.destination("venue-2", names.channels[1], street),
                    define.destination("quiet", 0, 0)};
    names.places = {define.destination("berlin", names.channels[2], stock),
                    define.destination("munich", names.channels[2], stock)};
    names.destinations = names.venues;
    names.destinations.insert(names.destinations.end(), names.places.begin(), names.places.end());
    names.destinations.push_back(define.destination("acquirer", names.channels[3], customers));
}

}  // namespace

engine::Bindings bindings_of(Troupe& troupe, engine::CallGuard* guard) {
    engine::Bindings bindings;
    bindings.lifecycles = tables();
    bindings.checks = {{{"limits", &troupe.checks, &opinionated_check}, {"FIRST", "SECOND"}}};
    bindings.asset_classes = {
        {{"priced", &troupe.priced, &priced_class}, "priced", {"ODD", "STRANGE"}},
        {{"plain", &troupe.plain, &plain_class}, "plain", {"ODD", "STRANGE"}}};
    bindings.routings = {{{"split", &troupe.split, &splitting_routing}},
                         {{"hand", &troupe.manual, &manual_routing}}};
    bindings.facts = {{{"supplier", &troupe.supplier, &supplier_facts}},
                      {{"product", &troupe.product, &product_facts}}};
    const auto venues = role("split", {"venue-1", "venue-2", "quiet"});
    const auto hand = role("hand", {"venue-1", "venue-2", "berlin", "quiet"});
    const auto places = role("split", {"berlin", "munich"});
    const auto acquirer = role("", {"acquirer"});
    bindings.kinds = {kind("trade", "trade", "destination", {venues}),
                      kind("by_hand", "trade", "destination", {hand}),
                      kind("web", "online_order", "destination", {places, acquirer}),
                      kind("refund", "refund", "destination", {acquirer}),
                      kind("enquiry", "enquiry", "destination", {venues}),
                      kind("workflow", "workflow", "workflow_parcel", {places, acquirer, places}),
                      kind("no_lifecycle", "no_such_table", "destination", {})};
    bindings.kinds[0].checks = {"limits"};
    bindings.kinds[2].checks = {"limits"};
    bindings.events = {"a_parcel_left"};
    bindings.guard = guard;
    bindings.limits.retire_after_ns = 600 * ns_per_second;
    bindings.limits.key_window_ns = key_window_ns;
    return bindings;
}

Names set_stage(const engine::Engine& engine, const Decide& decide) {
    sdk::Batch epoch;
    epoch.add(make<oms_begin_epoch>());
    decide(epoch.view());
    Names names;
    Definer define(engine, decide);
    name_products(define, names);
    name_parties(define, names);
    names.origins = {define.add(OMS_class_origin, "web"), define.add(OMS_class_origin, "desk")};
    names.sources = {define.add(OMS_class_source, "here"), define.add(OMS_class_source, "there")};
    const auto named = [&](std::uint32_t reference_class, const char* code) {
        return engine.find_reference(reference_class, code);
    };
    names.trade = named(OMS_class_order_kind, "trade");
    names.by_hand = named(OMS_class_order_kind, "by_hand");
    names.web = named(OMS_class_order_kind, "web");
    names.refund = named(OMS_class_order_kind, "refund");
    names.enquiry = named(OMS_class_order_kind, "enquiry");
    names.workflow = named(OMS_class_order_kind, "workflow");
    for (const lifecycle::Table& table : tables())
        for (const std::string& event : table.events)
            names.events.push_back(named(OMS_class_event, event.c_str()));
    names.events.push_back(named(OMS_class_event, "a_parcel_left"));
    names.plugins = {named(OMS_class_plugin, "limits"), named(OMS_class_plugin, "priced")};
    return names;
}

}  // namespace oms::test
