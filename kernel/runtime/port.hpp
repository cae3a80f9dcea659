// SPDX-License-Identifier: Apache-2.0
// A port: how everything outside the kernel's thread speaks with the kernel.
//
// A port inside the process (Runtime::port) and one over the control socket (ControlClient) have
// the same verbs, which are those of "oms.host.port/1". What a port shows is on stable storage. All
// functions may be called from any thread; statuses are those of <oms/abi/base.h>.
#pragma once

#include "model/result.hpp"

#include <oms/abi/connector.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/names.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace oms::runtime {

/// Error codes of requests through a port.
inline constexpr ErrorCode error_no_answer = 6200;  ///< none came in time: the outcome is unknown
inline constexpr ErrorCode error_busy = 6201;       ///< nothing was taken, in all that time
inline constexpr ErrorCode error_port_stopped = 6202;  ///< the kernel is stopping
inline constexpr ErrorCode error_port_refused = 6203;  ///< the records break the contract
inline constexpr ErrorCode error_unknown_name = 6204;  ///< no entry of that class has this code

/// What an input was answered: the durable decision, taken apart as far as most callers need it.
struct Reply {
    std::uint64_t seq = 0;    ///< of the decision, or what a query's rows show
    std::uint32_t code = 0;   ///< 0: accepted; otherwise the number after "OMS-"
    std::uint64_t order = 0;  ///< that it is about, or that was made
    std::uint64_t id = 0;     ///< of what else was made: a route, a task, a reference
    std::string text;         ///< what was wrong, in the decision's own words
    sdk::Batch records;       ///< the decision and its effects, or the rows

    bool accepted() const { return code == 0; }
};

/// The answer to a halt, in its two parts.
struct HaltReply {
    bool in_force = false;   ///< nothing that it forbids passes the gate from here on
    std::uint64_t seq = 0;   ///< of the decision that made it durable; 0: not known to be yet
    std::uint32_t code = 0;  ///< what the kernel answered; 0: it took it
    std::string text;
};

class Port {
public:
    using TakeAnswer = std::function<void(const oms_answer&)>;
    /// Anything but OMS_OK stops there; the decision that was not taken comes again.
    using TakeDecision = std::function<oms_status(const oms_batch&)>;

    Port() = default;
    virtual ~Port() = default;
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    // ---- the verbs of the contract; see <oms/abi/connector.h> -----------------------------------

    virtual oms_status resolve(std::uint32_t reference_class, std::string_view code,
                               std::uint32_t& reference) = 0;
    /// The row's texts live as long as the port.
    virtual oms_status describe(std::uint32_t reference, oms_reference_row& row) = 0;
    virtual oms_status submit(const oms_batch& input, std::uint64_t token) = 0;
    virtual oms_status observe(std::span<const oms_observation> observations) = 0;
    virtual oms_status query(const oms_query& query, std::uint64_t token) = 0;
    virtual oms_status take_answers(std::int64_t timeout_ms, const TakeAnswer& take) = 0;
    virtual oms_status read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                            std::int64_t timeout_ms, const TakeDecision& take) = 0;
    virtual oms_status gate(const oms_intent& intent) = 0;
    virtual std::int64_t now() = 0;
    virtual std::uint64_t durable_seq() = 0;
    virtual void wake() = 0;

    // ---- what is built on them ------------------------------------------------------------------
    // These wait for their own answers: a port on which they are used is not read with
    // `take_answers` by anybody else, and serves one of them at a time.

    static constexpr std::int64_t patience_ms = 10'000;

    /// Submits one input and waits for its answer. A refusal by the kernel is a Reply with a code;
    /// an Error means that there is no answer, and says whether the outcome is known.
    Result<Reply> request(const oms_batch& input, std::int64_t timeout_ms = patience_ms);
    /// Asks, and waits for the rows.
    Result<Reply> ask(const oms_query& query, std::int64_t timeout_ms = patience_ms);
    /// Halts a scope (or resumes it) and waits until that is durable, but no longer than said.
    Result<HaltReply> halt(std::uint32_t scope, std::uint32_t target, bool on,
                           std::string_view reason, std::int64_t timeout_ms = patience_ms);
    /// The reference of a code, or an Error that names the class and suggests a code.
    Result<std::uint32_t> reference(std::uint32_t reference_class, std::string_view code);

protected:
    /// Why the port answers OMS_STOPPED, when it knows more than that.
    virtual Error stopped_error() const;

private:
    Result<Reply> wait_for(std::uint64_t token, std::int64_t deadline_ms);
    Error refusal(oms_status status) const;

    std::mutex asking_;
    std::uint64_t next_token_ = 1;
};

/// The names behind a port, for edges that write records as text. Looks up once, then remembers.
class PortNames final : public sdk::Names {
public:
    explicit PortNames(Port& port) : port_(port) {}
    bool reference(std::uint32_t reference, sdk::ReferenceName& name) const override;

private:
    Port& port_;
    mutable std::mutex mutex_;
    mutable std::map<std::uint32_t, oms_reference_row> known_;
};

}  // namespace oms::runtime
