// SPDX-License-Identifier: Apache-2.0
// A new order: opened, validated, held for, checked; then its lifecycle takes over.
#include "engine/step.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;
using sdk::view;

Refusal Step::place_order() {
    const auto& place = head<oms_place_order>();
    const bool fact = (place.flags & OMS_ORDER_FACT) != 0;
    if (const Refusal refusal = open_order(place.order_kind, place.account,
                                           place.flags & ~OMS_ORDER_ADOPTED, place.parent);
        refusal != 0)
        return refusal;
    return accept_order(subject_, fact);
}

Refusal Step::open_order(std::uint32_t kind_reference, std::uint32_t account, std::uint32_t flags,
                         std::uint64_t parent) {
    const Reference* owner = world().references.find(OMS_class_account, account);
    if (owner == nullptr) return OMS_ERROR_unknown_account;
    if (owner->disabled()) return OMS_ERROR_reference_disabled;
    const ActiveKind* kind = core_.kind(kind_reference);
    if (kind == nullptr) return OMS_ERROR_unknown_order_kind;
    if (core_.program(kind->lifecycle) == nullptr ||
        core_.program(kind->route_lifecycle) == nullptr)
        return OMS_ERROR_no_lifecycle;
    if (parent != 0 && order(parent) == nullptr) return OMS_ERROR_unknown_order;
    const bool fact = (flags & OMS_ORDER_FACT) != 0;
    if (!fact &&
        (says_halted(OMS_halt_scope_all, 0) || says_halted(OMS_halt_scope_account, account)))
        return OMS_ERROR_halted;

    auto opened = make<oms_order_opened>();
    opened.order = world().next.order;
    opened.parent = parent;
    opened.order_kind = kind_reference;
    opened.account = account;
    opened.lifecycle = kind->lifecycle;
    opened.flags = flags & (OMS_ORDER_FACT | OMS_ORDER_ADOPTED | OMS_POSSIBLE_DUPLICATE);
    opened.origin = common_->origin;
    opened.channel = common_->channel;
    opened.key = common_->key;
    subject_ = made_ = opened_ = opened.order;
    emit(opened);
    touch(subject_);
    if (const Refusal refusal = open_lines(subject_, fact); refusal != 0) return refusal;
    if (const Refusal refusal = open_terms(subject_); refusal != 0) return refusal;
    if (const Refusal refusal = open_links(subject_); refusal != 0) return refusal;
    return open_sources(subject_);
}

Refusal Step::open_lines(std::uint64_t id, bool fact) {
    Refusal refusal = 0;
    std::uint32_t index = 0;
    details<oms_line>([&](const oms_line& line) {
        if (refusal != 0) return;
        const Reference* product = world().references.find(OMS_class_product, line.product);
        if (product == nullptr) {
            refusal = OMS_ERROR_unknown_product;
        } else if (product->disabled() && !fact) {
            refusal = OMS_ERROR_reference_disabled;
        } else if (!fact && says_halted(OMS_halt_scope_product, line.product)) {
            refusal = OMS_ERROR_halted;
            return;
        } else if (index == OMS_MAX_LINES) {
            refusal = OMS_ERROR_too_many_records;
        } else if (line.quantity <= 0) {
            refusal = OMS_ERROR_quantity_not_positive;
        } else if (line.quantity > max_quantity) {
            refusal = OMS_ERROR_overflow;
        } else if (line.direction != OMS_direction_receive &&
                   line.direction != OMS_direction_deliver) {
            refusal = OMS_ERROR_bad_direction;
        } else if (line.line != index) {
            refusal = OMS_ERROR_unknown_line;
        } else if (line.parent_line != OMS_WHOLE_ORDER &&
                   (line.parent_line >= index || line.ratio == 0)) {
            refusal = OMS_ERROR_bad_parent_line;
        }
        if (refusal != 0) {
            say("line " + std::to_string(index) + ": " +
                std::string(sdk::error_info(refusal)->reason));
            return;
        }
        std::uint32_t role = 0;
        refusal = find_role(*order(id), line, fact, role);
        if (refusal != 0) return;
        auto effect = make<oms_line_opened>();
        effect.order = id;
        effect.line = index++;
        effect.product = line.product;
        effect.direction = line.direction;
        effect.role = role;
        effect.parent_line = line.parent_line;
        effect.ratio = line.ratio;
        effect.ordered = line.quantity;
        effect.product_revision = product->revision;
        emit(effect);
    });
    if (refusal == 0 && index == 0) return OMS_ERROR_no_lines;
    return refusal;
}

/// The role that the line names, or the first that takes its product. What has happened is not
/// refused for it.
Refusal Step::find_role(const Order& of, const oms_line& line, bool fact, std::uint32_t& role) {
    const ActiveKind& kind = *core_.kind(of.kind);
    const lifecycle::Table& table = core_.program(kind.lifecycle)->table;
    const Reference& product = *world().references.find(line.product);
    const auto roles = static_cast<std::uint32_t>(std::max<std::size_t>(table.roles.size(), 1));
    if (line.role != OMS_ROLE_BY_PRODUCT) {
        role = line.role;
        if (role < roles && (fact || kind.roles[role].takes_product(product))) return 0;
    } else {
        for (role = 0; role < roles; ++role)
            if (kind.roles[role].takes_product(product)) return 0;
    }
    role = 0;
    if (fact) return 0;
    std::string names;
    for (std::uint32_t each = 0; each < table.roles.size(); ++each)
        names += (each == 0 ? "" : ", ") + table.roles[each] + " (" + std::to_string(each) + ")";
    const std::string what = line.role == OMS_ROLE_BY_PRODUCT ? "no role takes "
                             : line.role < roles
                                 ? "role " + std::to_string(line.role) + " does not take "
                                 : "there is no role " + std::to_string(line.role) + " for ";
    say("line " + std::to_string(line.line) + ": " + what + product.code + "; lifecycle \"" +
        table.name + "\" has " + (names.empty() ? "one role, 0" : "the roles " + names));
    return OMS_ERROR_bad_role;
}

Refusal Step::check_term(const oms_term& term, std::size_t lines) const {
    const bool number = term.type == OMS_term_type_number && term.text.size == 0;
    const bool words = term.type == OMS_term_type_text && term.number == 0;
    if (term.field == 0 || (!number && !words)) return OMS_ERROR_bad_term;
    if (term.line != OMS_WHOLE_ORDER && term.line >= lines) return OMS_ERROR_unknown_line;
    if (term.product != 0 && world().references.find(OMS_class_product, term.product) == nullptr)
        return OMS_ERROR_unknown_product;
    return 0;
}

Refusal Step::open_terms(std::uint64_t id) {
    Refusal refusal = 0;
    std::uint32_t count = 0;
    details<oms_term>([&](const oms_term& term) {
        if (refusal != 0) return;
        refusal = check_term(term, order(id)->lines.size());
        if (refusal == 0 && ++count > OMS_MAX_TERMS) refusal = OMS_ERROR_too_many_records;
        const ShortList<Term>& known = order(id)->terms;
        if (refusal == 0 && std::any_of(known.begin(), known.end(), [&](const Term& other) {
                return other.line == term.line && other.field == term.field;
            }))
            refusal = OMS_ERROR_bad_term;
        if (refusal != 0) {
            const sdk::TermInfo* info = sdk::term_info(term.field);
            say("term " + (info != nullptr ? std::string(info->name) : std::to_string(term.field)) +
                ": " + std::string(sdk::error_info(refusal)->reason));
            return;
        }
        auto effect = make<oms_term_set>();
        effect.order = id;
        effect.line = term.line;
        effect.field = term.field;
        effect.type = term.type;
        effect.product = term.product;
        effect.number = term.number;
        effect.text = term.text;
        emit(effect);
    });
    return refusal;
}

Refusal Step::open_links(std::uint64_t id) {
    Refusal refusal = 0;
    details<oms_link>([&](const oms_link& link) {
        if (refusal != 0) return;
        const bool archived = world().is_retired(link.order);
        if (link.order == id || link.link < OMS_link_list || link.link > OMS_link_repayment_of ||
            (order(link.order) == nullptr && !archived)) {
            refusal = OMS_ERROR_bad_link;
            return;
        }
        auto effect = make<oms_linked>();
        effect.order = id;
        effect.other = link.order;
        effect.link = link.link;
        emit(effect);
        if (archived) return;
        effect.order = link.order;
        effect.other = id;
        emit(effect);
    });
    return refusal;
}

namespace {

constexpr std::uint32_t max_block_depth = 8;  ///< blocks that gather from blocks

}  // namespace

std::uint32_t Step::block_depth(const Order& of) const {
    std::uint32_t deepest = 0;
    for (const Source& source : of.extras().sources)
        deepest = std::max(deepest, block_depth(*order(source.order)));
    return of.extras().sources.empty() ? 0 : deepest + 1;
}

bool Step::can_gather(const Order& block, const oms_line_source& wanted,
                      const Order& source) const {
    if (source.id == block.id || wanted.source_line >= source.lines.size()) return false;
    const Line& from = source.lines[wanted.source_line];
    const Line& into = block.lines[wanted.line];
    const bool twice = std::any_of(
        block.extras().sources.begin(), block.extras().sources.end(), [&](const Source& other) {
            return other.order == source.id && other.line == wanted.line &&
                   other.source_line == wanted.source_line;
        });
    return !twice && !retires(source) && !awaits_approval(source) && !from.has_parts &&
           !into.has_parts && from.product == into.product && from.direction == into.direction &&
           wanted.quantity > 0 && wanted.quantity <= free_of(source, wanted.source_line) &&
           block_depth(source) < max_block_depth;
}

Refusal Step::open_sources(std::uint64_t id) {
    Refusal refusal = 0;
    details<oms_line_source>([&](const oms_line_source& detail) {
        if (refusal != 0) return;
        const Order* source = order(detail.source_order);
        if (detail.line >= order(id)->lines.size()) {
            refusal = OMS_ERROR_unknown_line;
            return;
        }
        if (source == nullptr || !can_gather(*order(id), detail, *source)) {
            refusal = OMS_ERROR_bad_source;
            return;
        }
        const Line& from = source->lines[detail.source_line];
        auto effect = make<oms_source_set>();
        effect.order = id;
        effect.source_order = source->id;
        effect.line = detail.line;
        effect.source_line = detail.source_line;
        effect.product = from.product;
        effect.quantity = detail.quantity;
        emit(effect);
        Counts counts = from.counts;
        counts.working += detail.quantity;
        count(*source, detail.source_line, counts);
        touch(source->id);
    });
    if (refusal != 0) return refusal;
    // What a block's line gathers must be exactly what it orders.
    const Order& block = *order(id);
    for (std::uint32_t i = 0; !block.extras().sources.empty() && i < block.lines.size(); ++i) {
        Int128 gathered = 0;
        for (const Source& source : block.extras().sources)
            if (source.line == i) gathered += source.quantity;
        if (gathered != block.lines[i].counts.ordered) return OMS_ERROR_bad_source;
    }
    return 0;
}

Refusal Step::accept_order(std::uint64_t id, bool fact) {
    // A fact goes all the way, so that it is held for whatever a rule says.
    Refusal refusal = validate_lines(*order(id));
    for (std::uint32_t line = 0; line < order(id)->lines.size(); ++line)
        if (refusal == 0 || fact) {
            const Refusal held = hold_line(id, line, fact ? HoldMode::fact : HoldMode::request);
            if (refusal == 0) refusal = held;
        }
    if (refusal == 0 || fact) {
        const Refusal checked = run_checks(id, 0, OMS_STAGE_place);
        if (refusal == 0) refusal = checked;
    }
    if (refusal != 0 && fact) {
        // It has happened: nobody can refuse it any more, somebody must look at it.
        open_task(id, 0, "operations", "A reported order breaks a rule", "noted");
        refusal = 0;
    }
    if (refusal != 0) return refusal;
    const Event event = approval_needed_ && !fact ? Event::approval_needed : Event::accepted;
    if (event == Event::approval_needed)
        open_task(id, 0, "approval", "An order needs approval", "approve refuse");
    raise({id, 0, static_cast<std::uint32_t>(event), lifecycle::any_role, 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

Refusal Step::adopt_order() {
    const auto& adopt = head<oms_adopt_order>();
    const Reference* party = world().references.find(OMS_class_destination, adopt.destination);
    if (party == nullptr) return OMS_ERROR_unknown_destination;
    const std::string_view ref = view(adopt.external_ref);
    if (world().find_route(adopt.destination, ref) != 0 ||
        found_in_archive(world().archive.find_ref(adopt.destination, ref)) != 0)
        return 0;  // it is known already: nothing to adopt
    if (const Refusal refusal =
            open_order(adopt.order_kind, adopt.account, OMS_ORDER_FACT | OMS_ORDER_ADOPTED, 0);
        refusal != 0)
        return refusal;
    const std::uint64_t id = subject_;
    const ActiveKind& kind = *core_.kind(adopt.order_kind);
    auto opened = make<oms_route_opened>();
    opened.route = world().next.route;
    opened.order = id;
    opened.destination = adopt.destination;
    opened.lifecycle = kind.route_lifecycle;
    opened.channel = party->route_via;
    emit(opened);
    for (const oms_route_line& line : free_lines(*order(id), lifecycle::any_role)) {
        Counts counts;
        counts.ordered = counts.working = line.quantity;
        count(*route(opened.route), line.line, counts, 0);
        Counts of_order = order(id)->lines[line.line].counts;
        of_order.working += line.quantity;
        count(*order(id), line.line, of_order, 0);
        static_cast<void>(hold_route_line(opened.route, line.line, HoldMode::fact));
        static_cast<void>(hold_line(id, line.line, HoldMode::fact));
    }
    auto named = make<oms_route_changed>();
    named.route = opened.route;
    named.order = id;
    named.external_ref = adopt.external_ref;
    emit(named);
    // The order enters its life as accepted and at work there; the route as acknowledged.
    Refusal ignored = 0;
    raise({id, 0, static_cast<std::uint32_t>(Event::accepted), lifecycle::any_role, 0});
    raise({id, opened.route, static_cast<std::uint32_t>(Event::acked),
           role_of(*route(opened.route)), 0});
    walk(ignored);
    open_task(id, opened.route, "operations", "A party works an order that we did not know",
              "noted");
    return 0;
}

}  // namespace oms::engine
