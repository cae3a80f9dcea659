// SPDX-License-Identifier: Apache-2.0
#include "runtime/redecide.hpp"

#include "model/codec.hpp"
#include "model/frame.hpp"
#include "runtime/kernel_port.hpp"
#include "runtime/plugin_set.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace oms::runtime {

namespace {

constexpr double seconds_between_reports = 0.5;
constexpr std::int64_t stop_timeout_ms = 1'000;

/// What an effect says about the outcome, encoded; nothing when it only tells.
std::string outcome_of(const oms_record& effect) {
    std::string bytes;
    if (!sdk::is_effect(effect.kind)) return bytes;  // what was asked
    switch (effect.kind) {
        case OMS_RECORD_decision:
        case OMS_RECORD_asked:
        case OMS_RECORD_observation_read:
        case OMS_RECORD_route_read: return bytes;
        case OMS_RECORD_verdict: {
            const auto& verdict = *sdk::as<oms_verdict>(effect);
            if (verdict.outcome == OMS_outcome_pass) return bytes;
            break;
        }
        case OMS_RECORD_answered: {
            auto answered = *sdk::as<oms_answered>(effect);
            answered.text = {};
            encode(*reinterpret_cast<const oms_record*>(&answered), bytes);
            return bytes;
        }
        default: break;
    }
    encode(effect, bytes);
    return bytes;
}

std::string outcome_of(const oms_batch& decision) {
    std::string bytes;
    for (const oms_record& effect : sdk::Records(decision)) bytes += outcome_of(effect);
    return bytes;
}

bool may_have_asked_plugins(const oms_decision& header) {
    switch (header.cause) {
        case OMS_RECORD_place_order:
        case OMS_RECORD_amend_order:
        case OMS_RECORD_route_order:
        case OMS_RECORD_amend_route:
        case OMS_RECORD_report: return true;
        default: return false;
    }
}

class Redecision {
public:
    Redecision(engine::Bindings bindings, const Otherwise& otherwise)
        : engine_(std::move(bindings)), otherwise_(otherwise) {}

    Status take(std::string_view frame) {
        return reader_.each(frame, [this](const oms_batch& decided) { return take_one(decided); });
    }

    Redecided counts;

private:
    Status take_one(const oms_batch& decided) {
        const auto* header = decided.count == 0 ? nullptr : sdk::as<oms_decision>(*decided.first);
        if (header == nullptr || header->seq <= engine_.seq()) return {};
        if (Status status = decide_again(decided, *header); !status) return status;
        if (Status status = engine_.apply(decided); !status) return status;
        projection_.apply(decided);
        return {};
    }

    Status decide_again(const oms_batch& decided, const oms_decision& header) {
        ++counts.decisions;
        frame_.clear();
        if (!engine_.rehearse(decided, frame_)) {
            if (may_have_asked_plugins(header)) ++counts.untold;
            return {};
        }
        ++counts.again;
        if (Status status = would_be_.read_all(frame_.bytes()); !status) return status;
        if (come_to_the_same(decided, would_be_.decision())) return {};
        ++counts.otherwise;
        otherwise_(decided, would_be_.decision(), projection_);
        return {};
    }

    engine::Engine engine_;
    Projection projection_;
    const Otherwise& otherwise_;
    FrameReader reader_;
    FrameReader would_be_;
    Frame frame_;
};

}  // namespace

bool come_to_the_same(const oms_batch& left, const oms_batch& right) {
    return outcome_of(left) == outcome_of(right);
}

Result<Redecided> redecide(Journal& journal, engine::Bindings bindings, const Otherwise& otherwise,
                           const std::function<void(const Progress&)>& progress) {
    const auto start = std::chrono::steady_clock::now();
    Redecision redecision(std::move(bindings), otherwise);
    Status status;
    double told = 0;
    const Status read = journal.read(1, [&](const JournalCommit& commit) {
        status = redecision.take(
            {reinterpret_cast<const char*>(commit.frame.data()), commit.frame.size()});
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (progress && seconds - told > seconds_between_reports) {
            told = seconds;
            progress({"deciding again", commit.last_seq, journal.last_seq(), seconds});
        }
        return status.has_value();
    });
    if (!status) return tl::unexpected(std::move(status.error()));
    if (!read) return tl::unexpected(read.error());
    return redecision.counts;
}

yaml::Checked<Redecided> redecide(Journal& journal, const ConfigSource& source,
                                  const Otherwise& otherwise,
                                  const std::function<void(const Progress&)>& progress) {
    yaml::Checked<Config> config = read_config(source);
    if (!config) return tl::unexpected(config.error());
    // Those outside would speak to somebody; they have no say.
    std::erase_if(config->instances, [](const InstanceSpec& instance) {
        return !is_inside(instance.file.manifest.kind());
    });
    Log log([](std::string_view) {});
    Backbone backbone;
    PluginSet plugins(log);
    yaml::Errors errors = plugins.create(*config, Quarantine(), {}, backbone);
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    if (Status started = plugins.start(stop_timeout_ms); !started)
        return tl::unexpected(yaml::Errors{started.error()});
    Result<Redecided> done = redecide(journal, plugins.bindings(*config), otherwise, progress);
    plugins.stop(stop_timeout_ms);
    if (!done) return tl::unexpected(yaml::Errors{std::move(done.error())});
    return *done;
}

}  // namespace oms::runtime
