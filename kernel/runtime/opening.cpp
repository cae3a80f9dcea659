// SPDX-License-Identifier: Apache-2.0
#include "runtime/opening.hpp"

#include <oms/sdk/codes.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace oms::runtime {

yaml::Errors Opening::run(std::string_view version) {
    name_instances();
    begin_epoch(version);
    define_entries();
    kernel_.commit_now();
    if (problems_.empty()) define_terms();
    kernel_.commit_now();
    if (problems_.empty()) load_tables();
    if (problems_.empty()) load_balances();
    // What was refused in the middle of a file must leave nothing of it.
    if (problems_.empty()) kernel_.commit_now();
    return problems_.take();
}

bool Opening::decide(const sdk::Batch& input, const std::string& place) {
    const engine::Outcome outcome = kernel_.decide_now(input.view());
    if (outcome.code == 0) return true;
    Error error = sdk::make_error(outcome.code, place);
    error.code = error_config_taken;
    error.reason = "the kernel refused it with " + code_text(outcome.code) + ": " + error.reason;
    problems_.add(std::move(error));
    return false;
}

/// A plugin's cells and verdicts name the instance, so each has an entry of its own.
void Opening::name_instances() {
    for (const InstanceSpec& instance : config_.instances) {
        if (find(OMS_class_plugin, instance.name) != 0) continue;
        auto define = sdk::make<oms_define>();
        define.reference_class = OMS_class_plugin;
        define.code = sdk::text(instance.name);
        sdk::Batch input;
        input.add(define);
        decide(input, instance.place);
    }
}

void Opening::begin_epoch(std::string_view version) {
    sdk::Batch input;
    auto begin = sdk::make<oms_begin_epoch>();
    begin.version = sdk::text(version);
    input.add(begin);
    for (const InstanceSpec& instance : config_.instances) {
        auto loaded = sdk::make<oms_plugin_loaded>();
        loaded.plugin = find(OMS_class_plugin, instance.name);
        loaded.id = sdk::text(instance.file.manifest.id);
        loaded.version = sdk::text(instance.file.manifest.version);
        input.add(loaded);
    }
    decide(input, config_.file);
}

oms_define Opening::to_define(const ReferenceSpec& spec) const {
    auto define = sdk::make<oms_define>();
    define.reference_class = spec.reference_class;
    define.scale = spec.scale;
    define.price_scale = spec.price_scale;
    define.reference_flags = spec.flags;
    define.code = sdk::text(spec.code);
    if (!spec.group.empty()) {
        const std::uint32_t group_class =
            spec.reference_class == OMS_class_product ? OMS_class_asset_class : OMS_class_account;
        define.group = find(group_class, spec.group);
    }
    if (!spec.via.empty()) define.route_via = find(OMS_class_channel, spec.via);
    return define;
}

/// New entries without their terms: those may name entries that come later.
void Opening::define_entries() {
    std::size_t decided = 0;
    for (const ReferenceSpec& spec : config_.references) {
        if (find(spec.reference_class, spec.code) != 0) continue;
        sdk::Batch input;
        input.add(to_define(spec));
        decide(input, spec.place);
        if (++decided % 1000 == 0) kernel_.commit_now();
    }
    if (decided > 0) log_.info("oms", std::to_string(decided) + " new entries defined");
}

void Opening::define_terms() {
    std::size_t decided = 0;
    for (const ReferenceSpec& spec : config_.references) {
        const std::uint32_t self = find(spec.reference_class, spec.code);
        const bool is_product = spec.reference_class == OMS_class_product;
        std::vector<oms_term> wanted;
        bool sound = true;
        for (const TermSpec& term : spec.terms) {
            Result<oms_term> read = terms_.read(term, is_product ? self : 0);
            sound = sound && read.has_value();
            if (read)
                wanted.push_back(*read);
            else
                problems_.add(read.error());
        }
        if (!sound || !differs(spec, wanted)) continue;
        sdk::Batch input;
        input.add(to_define(spec));
        for (const oms_term& term : wanted) input.add(term);
        decide(input, spec.place);
        if (++decided % 1000 == 0) kernel_.commit_now();
    }
}

bool Opening::differs(const ReferenceSpec& spec, const std::vector<oms_term>& wanted) const {
    const std::uint32_t self = find(spec.reference_class, spec.code);
    auto row = sdk::make<oms_reference_row>();
    if (!names_.describe(self, row)) return false;
    const oms_define define = to_define(spec);
    if (row.scale != define.scale || row.price_scale != define.price_scale ||
        row.group != define.group || row.route_via != define.route_via ||
        row.flags != define.reference_flags)
        return true;
    const std::vector<oms_term> known = names_.terms(self);
    return std::any_of(wanted.begin(), wanted.end(), [&](const oms_term& term) {
        return std::none_of(known.begin(), known.end(), [&](const oms_term& other) {
            return other.field == term.field && other.type == term.type &&
                   other.product == term.product && other.number == term.number &&
                   sdk::view(other.text) == sdk::view(term.text);
        });
    });
}

}  // namespace oms::runtime
