// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"

#include "engine/core.hpp"
#include "engine/query.hpp"
#include "engine/step.hpp"
#include "model/canonical.hpp"
#include "model/codec.hpp"

#include <oms/abi/errors.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace oms::engine {

using sdk::make;
using sdk::text;

class Engine::State {
public:
    explicit State(Bindings bindings) : core(std::move(bindings)) {}
    Core core;
};

Engine::Engine(Bindings bindings) : state_(std::make_unique<State>(std::move(bindings))) {}
Engine::~Engine() = default;

Status Engine::apply(const oms_batch& decision) {
    Core& core = state_->core;
    const Result<const oms_decision*> header = core.world.fold(decision);
    if (!header) return tl::unexpected(header.error());
    core.observed = (*header)->observed;
    // A journal begins with names: whatever it holds, somebody looks again when it was folded.
    const sdk::Records records(decision);
    const bool names = std::any_of(records.begin(), records.end(), [](const oms_record& record) {
        return record.kind == OMS_RECORD_reference_defined ||
               record.kind == OMS_RECORD_lifecycle_installed;
    });
    if (names) core.mark_recovered();
    return {};
}

namespace {

/// What a decision was asked: the input's records, first among the effects. Older journals have
/// them in one effect, `asked`, which `decoder` reads; a key that the header has is not in it.
oms_batch asked_of(const oms_batch& decision, const oms_decision& header, Decoder& decoder) {
    const oms_record* first = nullptr;
    oms_batch input{};
    for (const oms_record& record : sdk::Records(decision)) {
        const bool begins = first == nullptr && sdk::is_input(record.kind);
        if (begins || (first != nullptr && sdk::is_detail(record.kind))) {
            if (begins) first = &record;
            input.bytes += record.size;
            ++input.count;
        } else if (first != nullptr) {
            break;
        } else if (const auto* asked = sdk::as<oms_asked>(record)) {
            if (!decoder.decode(sdk::view(asked->input))) return {};
            input = decoder.view();
            if (input.count == 0 || !sdk::is_input(input.first->kind)) return {};
            // The words are the decoder's own, and every head starts alike.
            auto* head =
                const_cast<oms_place_order*>(reinterpret_cast<const oms_place_order*>(input.first));
            if (header.key.size != 0) head->key = header.key;
            return input;
        }
    }
    input.first = first;
    return input;
}

}  // namespace

bool Engine::rehearse(const oms_batch& decision, Frame& frame) {
    Core& core = state_->core;
    const oms_decision* header = nullptr;
    std::map<ObservationKey, Observed> reads;
    bool cancel_only = false;
    bool hit_told = false;
    for (const oms_record& record : sdk::Records(decision)) {
        if (header == nullptr) header = sdk::as<oms_decision>(record);
        // What hit a watch is told first, and was read by no plugin.
        const auto* read = sdk::as<oms_observation_read>(record);
        if (read != nullptr && header->cause == OMS_RECORD_watch_hit && !hit_told)
            hit_told = true;
        else if (read != nullptr)
            reads[{read->product, read->field, read->source}] = {read->value, read->time};
        if (const auto* answered = sdk::as<oms_answered>(record))
            cancel_only = answered->code == OMS_ERROR_cancel_only;
    }
    if (header == nullptr) return false;
    Decoder decoder;
    const oms_batch input = asked_of(decision, *header, decoder);
    if (input.count == 0) return false;
    reads.swap(core.observations);
    const auto hit = core.watches_hit;
    const bool was_cancel_only = std::exchange(core.cancel_only, cancel_only);
    Step(core, header->time).rehearse(input, frame);
    core.cancel_only = was_cancel_only;
    core.watches_hit = hit;
    reads.swap(core.observations);
    return true;
}

void Engine::restore(World world, std::uint64_t observed) {
    Core& core = state_->core;
    core.world = std::move(world);
    core.observed = observed;
    core.mark_recovered();
}

void Engine::read_archive_from(ArchiveReader* reader, std::uint64_t seq) {
    state_->core.world.archive.read_from(reader, seq);
}

const Error* Engine::broken() const {
    const std::optional<Error>& broken = state_->core.broken;
    return broken ? &*broken : nullptr;
}

Outcome Engine::decide(const oms_batch& input, std::int64_t now, Frame& frame) {
    return Step(state_->core, now).run(input, frame);
}

void Engine::observe(const oms_observation& observation) {
    Core& core = state_->core;
    ++core.observed;
    core.observations[{observation.product, observation.field, observation.source}] = {
        observation.value, observation.time};
    core.hit_watches(observation);
}

bool Engine::due(std::int64_t now, sdk::Batch& input) {
    Core& core = state_->core;
    input.clear();
    if (!core.watches_hit.empty()) {
        auto hit = make<oms_watch_hit>();
        std::tie(hit.watch, hit.value) = *core.watches_hit.begin();
        core.watches_hit.erase(core.watches_hit.begin());
        input.add(hit);
        return true;
    }
    if (core.world.timers_by_due.empty() || core.world.timers_by_due.begin()->first > now)
        return false;
    const Timer& timer = *core.world.timers.find(core.world.timers_by_due.begin()->second);
    if (timer.event == 0) {
        auto retire = make<oms_retire_order>();
        retire.order = timer.order;
        input.add(retire);
    } else {
        auto due = make<oms_timer_due>();
        due.timer = timer.id;
        input.add(due);
    }
    return true;
}

std::int64_t Engine::next_due() const {
    const Core& core = state_->core;
    if (!core.watches_hit.empty()) return 0;
    return core.world.timers_by_due.empty() ? std::numeric_limits<std::int64_t>::max()
                                            : core.world.timers_by_due.begin()->first;
}

Status Engine::query(const oms_query& query, sdk::Batch& rows) const {
    return answer_query(state_->core, query, rows);
}

bool Engine::answer_of(std::uint32_t origin, std::string_view key, sdk::Batch& rows) const {
    const KeyEntry* entry = state_->core.world.keys.find(origin, key);
    if (entry == nullptr) return false;
    auto answered = make<oms_answered>();
    answered.code = entry->code;
    answered.order = entry->order;
    answered.id = entry->id();
    answered.fingerprint = entry->fingerprint;
    answered.text = text(entry->text());
    rows.add(answered);
    return true;
}

std::uint64_t Engine::seq() const { return state_->core.world.seq; }
std::int64_t Engine::time() const { return state_->core.world.time; }
std::uint64_t Engine::epoch() const { return state_->core.world.epoch; }
std::string Engine::state_hash() const { return oms::state_hash(state_->core.world); }

std::uint32_t Engine::find_reference(std::uint32_t reference_class, std::string_view code) const {
    return state_->core.world.references.id_of(reference_class, code);
}

void Engine::set_cancel_only(bool on) { state_->core.cancel_only = on; }

const World& Engine::world() const { return state_->core.world; }

}  // namespace oms::engine
