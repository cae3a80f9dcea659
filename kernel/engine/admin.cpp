// SPDX-License-Identifier: Apache-2.0
// Names, books, cells, halts, channels and epochs: what is not about one order.
#include "engine/step.hpp"

#include "lifecycle/codec.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/codes.hpp>

#include <algorithm>

namespace oms::engine {

using sdk::make;
using sdk::text;
using sdk::view;

std::uint32_t Step::intern(std::uint32_t reference_class, std::string_view code) {
    if (const std::uint32_t known = world().references.id_of(reference_class, code); known != 0)
        return known;
    auto effect = make<oms_reference_defined>();
    effect.reference = world().references.next_id();
    effect.reference_class = reference_class;
    effect.revision = 1;
    effect.code = text(code);
    emit(effect);
    return effect.reference;
}

/// The halt that forbids it; null: none. A halt of an account is one of all that lies under it.
const Halt* Step::halted(std::uint32_t scope, std::uint32_t target) const {
    constexpr int deepest_tree = 64;
    for (int depth = 0; depth < deepest_tree; ++depth) {
        const auto found = world().halts.find({scope, target});
        if (found != world().halts.end()) return &found->first;
        if (scope != OMS_halt_scope_account || target == 0) return nullptr;
        const Reference* account = world().references.find(target);
        target = account == nullptr ? 0 : account->group;
    }
    return nullptr;
}

/// Whether it is halted; the answer then says what is.
bool Step::says_halted(std::uint32_t scope, std::uint32_t target) {
    const Halt* halt = halted(scope, target);
    if (halt == nullptr) return false;
    const Reference* entry = world().references.find(halt->target);
    say(entry == nullptr ? std::string("everything is halted")
                         : std::string(sdk::code_name(sdk::halt_scope_names, scope)) + " " +
                               entry->code + " is halted");
    return true;
}

namespace {

bool is_code(std::string_view code) {
    return !code.empty() && code.size() <= OMS_MAX_CODE_BYTES &&
           std::all_of(code.begin(), code.end(),
                       [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

}  // namespace

Refusal Step::define() {
    const auto& wanted = head<oms_define>();
    if (wanted.reference_class < OMS_class_account || wanted.reference_class > OMS_class_rule ||
        !is_code(view(wanted.code)) || wanted.scale > 18 || wanted.price_scale > 18 ||
        (wanted.group != 0 && world().references.find(wanted.group) == nullptr) ||
        (wanted.route_via != 0 &&
         world().references.find(OMS_class_channel, wanted.route_via) == nullptr))
        return OMS_ERROR_bad_reference;
    const std::uint32_t known = world().references.id_of(wanted.reference_class, view(wanted.code));
    auto effect = make<oms_reference_defined>();
    effect.reference = known != 0 ? known : world().references.next_id();
    effect.reference_class = wanted.reference_class;
    effect.scale = wanted.scale;
    effect.price_scale = wanted.price_scale;
    effect.group = wanted.group;
    effect.route_via = wanted.route_via;
    effect.flags = wanted.reference_flags;
    effect.revision = 1;
    effect.code = wanted.code;
    if (known != 0) {
        const Reference& entry = *world().references.find(known);
        if (entry.scale != wanted.scale || entry.price_scale != wanted.price_scale)
            return OMS_ERROR_reference_fixed;
        effect.revision = entry.revision + 1;
    }
    emit(effect);
    made_ = effect.reference;
    Refusal refusal = 0;
    details<oms_term>([&](const oms_term& term) {
        if (refusal == 0) refusal = check_term(term, 0);
        if (refusal != 0) return;
        auto set = make<oms_reference_term>();
        set.reference = effect.reference;
        set.field = term.field;
        set.type = term.type;
        set.product = term.product;
        set.number = term.number;
        set.text = term.text;
        emit(set);
    });
    core_.mark_stale();
    return refusal;
}

Refusal Step::post() {
    Refusal refusal = 0;
    std::uint32_t count = 0;
    details<oms_transfer>([&](const oms_transfer& leg) {
        if (refusal != 0) return;
        ++count;
        const References& names = world().references;
        const Reference* from = names.find(OMS_class_account, leg.from);
        const Reference* to = names.find(OMS_class_account, leg.to);
        if (from == nullptr || to == nullptr) {
            refusal = OMS_ERROR_unknown_account;
        } else if (names.find(OMS_class_product, leg.asset) == nullptr) {
            refusal = OMS_ERROR_unknown_product;
        } else if (leg.amount <= 0 || (leg.from == leg.to && leg.from_bucket == leg.to_bucket)) {
            refusal = OMS_ERROR_bad_transfer;
        } else if (!from->external() && (common_->flags & OMS_ORDER_FACT) == 0 &&
                   world().ledger.get({leg.asset, leg.from_bucket, leg.from}).available() <
                       leg.amount) {
            say("account " + from->code + " has not enough " + names.find(leg.asset)->code);
            refusal = OMS_ERROR_insufficient;
        } else {
            transfer(leg, 0, 0);
        }
    });
    return refusal == 0 && count == 0 ? static_cast<Refusal>(OMS_ERROR_bad_transfer) : refusal;
}

Refusal Step::write_cell() {
    const auto& wanted = head<oms_write_cell>();
    if (world().references.find(OMS_class_plugin, wanted.owner) == nullptr)
        return OMS_ERROR_unknown_reference;
    auto effect = make<oms_cell_set>();
    effect.owner = wanted.owner;
    effect.cell = wanted.cell;
    effect.key_a = wanted.key_a;
    effect.key_b = wanted.key_b;
    effect.value = wanted.value;
    effect.present = wanted.erase != 0 ? 0 : 1;
    emit(effect);
    return 0;
}

Refusal Step::set_halt() {
    const auto& wanted = head<oms_set_halt>();
    const bool named =
        wanted.scope == OMS_halt_scope_account
            ? world().references.find(OMS_class_account, wanted.target) != nullptr
        : wanted.scope == OMS_halt_scope_destination
            ? world().references.find(OMS_class_destination, wanted.target) != nullptr
        : wanted.scope == OMS_halt_scope_product
            ? world().references.find(OMS_class_product, wanted.target) != nullptr
            : wanted.scope == OMS_halt_scope_all && wanted.target == 0;
    if (!named) return OMS_ERROR_unknown_reference;
    auto effect = make<oms_halt_changed>();
    effect.scope = wanted.scope;
    effect.target = wanted.target;
    effect.on = wanted.on != 0 ? 1 : 0;
    effect.reason = wanted.reason;
    emit(effect);
    return 0;
}

/// Takes outgoing numbers for messages that carry no decision, or starts both directions again.
Refusal Step::advance_numbers() {
    const auto& wanted = head<oms_advance_channel>();
    if (world().references.find(OMS_class_channel, wanted.channel) == nullptr)
        return OMS_ERROR_unknown_channel;
    const auto known = world().channels.find(wanted.channel);
    auto effect = make<oms_channel_moved>();
    effect.channel = wanted.channel;
    std::string cursor;
    if (known != world().channels.end() && wanted.reset == 0) {
        effect.in_seq = known->second.in_seq;
        effect.out_seq = known->second.out_seq;
        cursor = known->second.cursor;
    }
    effect.out_seq += wanted.outgoing;
    effect.cursor = text(cursor);
    made_ = effect.out_seq;
    emit(effect);
    return 0;
}

/// The process has started: what is loaded is written down, and what is new is installed.
Refusal Step::begin_epoch() {
    auto begun = make<oms_epoch_begun>();
    begun.epoch = world().epoch + 1;
    begun.version = head<oms_begin_epoch>().version;
    emit(begun);
    details<oms_plugin_loaded>([&](const oms_plugin_loaded& loaded) {
        auto present = make<oms_plugin_present>();
        present.plugin = loaded.plugin;
        present.id = loaded.id;
        present.version = loaded.version;
        emit(present);
    });
    for (const lifecycle::Table& table : core_.bindings.lifecycles) {
        for (const std::string& event : table.events) intern(OMS_class_event, event);
        const std::string tables = lifecycle::encode(table);
        const auto& known = world().lifecycles;
        const auto newest = std::find_if(known.rbegin(), known.rend(), [&](const Installed& other) {
            return other.name == table.name;
        });
        if (newest != known.rend() && newest->tables == tables) continue;
        auto installed = make<oms_lifecycle_installed>();
        installed.lifecycle = static_cast<std::uint32_t>(known.size());
        installed.revision = table.revision;
        installed.name = text(table.name);
        installed.tables = text(tables);
        emit(installed);
    }
    for (const std::string& event : core_.bindings.events) intern(OMS_class_event, event);
    const auto name = [&](const std::string& instance, const std::vector<std::string>* codes) {
        intern(OMS_class_plugin, instance);
        if (codes == nullptr) return;
        for (const std::string& code : *codes) intern(OMS_class_rule, instance + "." + code);
    };
    for (const CheckBinding& binding : core_.bindings.checks)
        name(binding.instance, &binding.denial_codes);
    for (const AssetClassBinding& binding : core_.bindings.asset_classes) {
        name(binding.instance, &binding.denial_codes);
        intern(OMS_class_asset_class, binding.asset_class);
    }
    for (const RoutingBinding& binding : core_.bindings.routings) name(binding.instance, nullptr);
    for (const FactsBinding& binding : core_.bindings.facts) name(binding.instance, nullptr);
    for (const KindBinding& binding : core_.bindings.kinds)
        intern(OMS_class_order_kind, binding.kind);
    core_.mark_stale();
    return 0;
}

}  // namespace oms::engine
