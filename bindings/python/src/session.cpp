// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <oms/sdk/codes.hpp>

#include <utility>

namespace oms::python {

Session::Session(runtime::Options options, std::optional<std::int64_t> start) {
    if (start) options.clock = &clock_.emplace(*start);
    auto opened = runtime::Runtime::open(std::move(options));
    if (!opened) throw Failure(opened.error());
    runtime_ = std::move(*opened);
    need(runtime_->start());
    port_ = runtime_->port("python");
    names_ = std::make_shared<runtime::PortNames>(*port_);
}

void Session::close() {
    // The runtime itself stays: batches that were drained still look names up in it.
    if (!closed_.exchange(true) && runtime_ != nullptr) runtime_->stop();
}

runtime::Runtime& Session::runtime() {
    if (closed_) refuse(error_closed, {}, "this kernel is closed", "open it again with oms.open()");
    return *runtime_;
}

runtime::Port& Session::port() {
    runtime();
    return *port_;
}

runtime::Reply Session::request(const sdk::Batch& input, std::int64_t timeout_ms) {
    return need(port().request(input.view(), timeout_ms));
}

runtime::Reply Session::ask(const oms_query& query, std::int64_t timeout_ms) {
    return need(port().ask(query, timeout_ms));
}

void Session::observe(const oms_observation& observation) {
    const oms_status status = port().observe({&observation, 1});
    if (status != OMS_OK)
        refuse(runtime::error_port_refused, "observe", std::string(sdk::status_text(status)),
               "see whether product, source and field are known");
}

void Session::advance_to(std::int64_t time) { need(runtime().advance_to(time)); }

void Session::settle() { need(runtime().settle()); }

std::string Session::state_hash() { return runtime().state_hash(); }

runtime::ProcessStatus Session::status() { return runtime().status(); }

void Session::own_reference(std::uint32_t reference_class, std::string_view code) {
    std::uint32_t found = 0;
    if (port().resolve(reference_class, code, found) == OMS_OK) return;
    auto define = sdk::make<oms_define>();
    define.reference_class = reference_class;
    define.code = sdk::text(code);
    sdk::Batch input;
    input.add(define);
    const runtime::Reply reply = request(input, runtime::Port::patience_ms);
    if (!reply.accepted())
        throw Failure(sdk::make_error(reply.code, std::string(code), reply.text));
}

std::unique_ptr<EventBatch> Session::drain(std::size_t most, std::int64_t timeout_ms) {
    auto batch = std::make_unique<EventBatch>(names_);
    const std::lock_guard lock(draining_);
    std::uint64_t seq = drained_seq_;
    const auto take = [&](const oms_batch& decision) -> oms_status {
        if (batch->decisions() >= most) return OMS_AGAIN;
        batch->add(decision);
        return OMS_OK;
    };
    const oms_status status = port().read(OMS_READ_ALL, 0, seq, timeout_ms, take);
    drained_seq_ = seq;
    if (status == OMS_STOPPED)
        refuse(runtime::error_port_stopped, {}, "the kernel is stopping", "open it again");
    if (status == OMS_FAILED)
        refuse(runtime::error_port_refused, {}, "the journal could not be read",
               "see its last words in the log");
    return batch;
}

}  // namespace oms::python
