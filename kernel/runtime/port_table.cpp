// SPDX-License-Identifier: Apache-2.0
// The port as plugins see it: C functions over a KernelPort, past which no exception goes.
#include "runtime/kernel_port.hpp"

#include <exception>

namespace oms::runtime {

namespace {

KernelPort& port_of(const oms_port* port) { return *static_cast<KernelPort*>(port->context); }

template <class Function>
oms_status guarded(Function function) noexcept {
    try {
        return function();
    } catch (const std::exception&) {
        return OMS_FAILED;
    }
}

oms_status resolve(const oms_port* port, std::uint32_t reference_class, oms_text code,
                   std::uint32_t* reference) {
    return guarded(
        [&] { return port_of(port).resolve(reference_class, sdk::view(code), *reference); });
}

oms_status describe(const oms_port* port, std::uint32_t reference, oms_record* row) {
    return guarded([&] {
        if (row->kind != OMS_RECORD_reference_row || row->size < sizeof(oms_reference_row))
            return OMS_INVALID;
        return port_of(port).describe(reference, *reinterpret_cast<oms_reference_row*>(row));
    });
}

oms_status submit(const oms_port* port, const oms_batch* input, std::uint64_t token) {
    return guarded([&] { return port_of(port).submit(*input, token); });
}

oms_status observe(const oms_port* port, const oms_observation* first, std::uint32_t count,
                   std::uint32_t stride) {
    return guarded([&]() -> oms_status {
        if (count == 0) return OMS_OK;
        if (stride == sizeof(oms_observation)) return port_of(port).observe({first, count});
        if (stride < sizeof(oms_observation)) return OMS_INVALID;
        const char* at = reinterpret_cast<const char*>(first);
        for (std::uint32_t i = 0; i < count; ++i, at += stride) {
            const auto* value = reinterpret_cast<const oms_observation*>(at);
            const oms_status status = port_of(port).observe({value, 1});
            if (status != OMS_OK) return status;
        }
        return OMS_OK;
    });
}

oms_status query(const oms_port* port, const oms_query* query, std::uint64_t token) {
    return guarded([&] { return port_of(port).query(*query, token); });
}

oms_status take_answers(const oms_port* port, std::int64_t timeout_ms, oms_take_answer take,
                        void* context) {
    return guarded([&] {
        return port_of(port).take_answers(
            timeout_ms, [&](const oms_answer& answer) { take(context, &answer); });
    });
}

oms_status read(const oms_port* port, std::uint32_t which, std::uint32_t channel,
                std::uint64_t* seq, std::int64_t timeout_ms, oms_take take, void* context) {
    return guarded([&] {
        return port_of(port).read(which, channel, *seq, timeout_ms,
                                  [&](const oms_batch& batch) { return take(context, &batch); });
    });
}

oms_status gate(const oms_port* port, const oms_intent* intent) {
    return guarded([&] { return port_of(port).gate(*intent); });
}

std::int64_t now(const oms_port* port) { return port_of(port).now(); }
std::uint64_t durable_seq(const oms_port* port) { return port_of(port).durable_seq(); }
void wake(const oms_port* port) {
    guarded([&] {
        port_of(port).wake();
        return OMS_OK;
    });
}

}  // namespace

oms_port make_port_table(KernelPort& port) {
    oms_port table{};
    table.size = sizeof table;
    table.context = &port;
    table.resolve = resolve;
    table.describe = describe;
    table.submit = submit;
    table.observe = observe;
    table.query = query;
    table.take_answers = take_answers;
    table.read = read;
    table.gate = gate;
    table.now = now;
    table.durable_seq = durable_seq;
    table.wake = wake;
    return table;
}

}  // namespace oms::runtime
