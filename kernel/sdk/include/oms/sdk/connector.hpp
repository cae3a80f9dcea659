// SPDX-License-Identifier: Apache-2.0
// Capability "oms.connector/1": an outside party, spoken to from threads of the plugin's own.
//
// A connector reads what it is to do (Port::read_channel, durable decisions with the intents for
// its channel), asks Port::gate as the last act before it writes an intent's bytes to the wire, and
// submits what the party says as reports. Its `stop` calls Port::wake, then joins its threads.
#pragma once

#include <oms/abi/connector.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/record_info.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace oms::sdk {

/// The host's side of an outside plugin. A copy is as good as the original; good until `stop` has
/// returned. All functions: any thread, re-entrant, not from within an inside plugin; they do not
/// block but where a timeout says so. A status that is not OMS_OK left things as they were.
class Port {
public:
    explicit Port(const Host& host) : raw_(host.extension<oms_port>(OMS_CAPABILITY_PORT)) {
        if (raw_ == nullptr)
            throw CallError(OMS_UNSUPPORTED, "this host offers no \"" OMS_CAPABILITY_PORT "\"");
    }

    // ---- names ----------------------------------------------------------------------------------

    /// The reference of a class (OMS_class_...) and code, where there is one.
    std::optional<std::uint32_t> resolve(std::uint32_t reference_class,
                                         std::string_view code) const {
        std::uint32_t reference = 0;
        if (raw_->resolve(raw_, reference_class, {code.data(), code.size()}, &reference) != OMS_OK)
            return std::nullopt;
        return reference;
    }
    /// Its texts live as long as the host.
    std::optional<oms_reference_row> describe(std::uint32_t reference) const {
        oms_reference_row row = make<oms_reference_row>();
        if (raw_->describe(raw_, reference, reinterpret_cast<oms_record*>(&row)) != OMS_OK)
            return std::nullopt;
        return row;
    }

    // ---- to the kernel --------------------------------------------------------------------------

    /// One input: a head and its details. OMS_OK: it will be decided and, once durable, answered
    /// under `token` (0: nobody waits). OMS_AGAIN: nothing was taken, come back.
    [[nodiscard]] oms_status submit(const oms_batch& input, std::uint64_t token = 0) const {
        return raw_->submit(raw_, &input, token);
    }
    [[nodiscard]] oms_status submit(const Batch& input, std::uint64_t token = 0) const {
        return submit(input.view(), token);
    }
    /// Values of the world, the newest last. An older one that was not applied yet may be replaced.
    [[nodiscard]] oms_status observe(std::span<const oms_observation> values) const {
        return raw_->observe(raw_, values.data(), static_cast<std::uint32_t>(values.size()),
                             sizeof(oms_observation));
    }
    /// Answered under `token` once all that the answer shows is durable.
    [[nodiscard]] oms_status query(const oms_query& query, std::uint64_t token) const {
        return raw_->query(raw_, &query, token);
    }

    // ---- from the kernel ------------------------------------------------------------------------

    /// Calls `take(const oms_answer&)` for the answers to this instance's tokens. Blocks up to
    /// `timeout_ms` for the first. OMS_AGAIN: none came. What `take` throws comes out here, after
    /// the remaining answers of the call were handed to it.
    template <class Take>
    [[nodiscard]] oms_status take_answers(std::int64_t timeout_ms, Take&& take) const {
        Callback<std::remove_reference_t<Take>> callback{take, nullptr};
        const oms_status status = raw_->take_answers(
            raw_, timeout_ms,
            [](void* context, const oms_answer* answer) {
                static_cast<decltype(callback)*>(context)->call(*answer);
            },
            &callback);
        callback.rethrow();
        return status;
    }

    /// Calls `take(const oms_batch&)` for each durable decision with seq > `seq`, oldest first;
    /// `seq` moves to the last one taken. `take` answers true to go on, false to stop: what was not
    /// taken comes again. Blocks up to `timeout_ms` for the first. OMS_AGAIN: none came. What
    /// `take` throws comes out here, and the decision that it threw at counts as not taken.
    template <class Take>
    [[nodiscard]] oms_status read_all(std::uint64_t& seq, std::int64_t timeout_ms,
                                      Take&& take) const {
        return read(OMS_READ_ALL, 0, seq, timeout_ms, take);
    }
    /// Only decisions with an effect for this channel; `seq` may also move past others.
    template <class Take>
    [[nodiscard]] oms_status read_channel(std::uint32_t channel, std::uint64_t& seq,
                                          std::int64_t timeout_ms, Take&& take) const {
        return read(OMS_READ_CHANNEL, channel, seq, timeout_ms, take);
    }

    // ---- at the wire
    // ------------------------------------------------------------------------------

    /// The last act before an intent's bytes are written out. OMS_HALTED: do not send; submit a
    /// report `refused` (place, amend) or wait (a cancel is never halted).
    [[nodiscard]] oms_status gate(const oms_intent& intent) const {
        return raw_->gate(raw_, &intent);
    }

    /// The kernel's clock, ns since 1970 UTC; virtual in back-tests.
    std::int64_t now() const { return raw_->now(raw_); }
    std::uint64_t durable_seq() const { return raw_->durable_seq(raw_); }
    /// Wakes every blocked `read` and `take_answers` of this instance: with OMS_STOPPED when the
    /// host stops, with OMS_AGAIN otherwise.
    void wake() const { raw_->wake(raw_); }

    const oms_port* raw() const { return raw_; }

private:
    /// Nothing thrown crosses the C contract: it waits here until the host has returned.
    template <class Take>
    struct Callback {
        Take& take;
        std::exception_ptr thrown;

        template <class Argument>
        bool call(const Argument& argument) noexcept {
            try {
                if constexpr (std::is_void_v<decltype(take(argument))>)
                    take(argument);
                else
                    return take(argument);
                return true;
            } catch (...) {
                if (!thrown) thrown = std::current_exception();
                return false;
            }
        }
        void rethrow() const {
            if (thrown) std::rethrow_exception(thrown);
        }
    };

    template <class Take>
    oms_status read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                    std::int64_t timeout_ms, Take& take) const {
        Callback<std::remove_reference_t<Take>> callback{take, nullptr};
        const oms_status status = raw_->read(
            raw_, which, channel, &seq, timeout_ms,
            [](void* context, const oms_batch* batch) -> oms_status {
                return static_cast<decltype(callback)*>(context)->call(*batch) ? OMS_OK : OMS_AGAIN;
            },
            &callback);
        callback.rethrow();
        return status;
    }

    const oms_port* raw_;
};

/// A connector does everything from the threads that its `start` begins; it says here only what the
/// party can be asked, by a static constant of the same name in its own class.
class Connector : public virtual Plugin {
public:
    /// OMS_CAN_ASK_ONE, OMS_CAN_ASK_ALL, OMS_CAN_ASK_SINCE, or'ed.
    static constexpr std::uint32_t abilities = 0;
};

template <class Class>
struct ConnectorTable {
    static constexpr std::string_view id = OMS_CAPABILITY_CONNECTOR;
    static constexpr oms_connector table{sizeof(oms_connector), Class::abilities};
};

}  // namespace oms::sdk
