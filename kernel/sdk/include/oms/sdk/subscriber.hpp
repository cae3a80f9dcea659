// SPDX-License-Identifier: Apache-2.0
// Capability "oms.subscriber/1": reads decisions with Port::read_all and changes nothing.
#pragma once

#include <oms/abi/connector.h>
#include <oms/sdk/connector.hpp>
#include <oms/sdk/plugin.hpp>

#include <cstdint>
#include <string_view>

namespace oms::sdk {

class Subscriber : public virtual Plugin {
public:
    /// Any thread, does not block, does not throw: everything up to this decision is shown.
    virtual std::uint64_t shown_seq() noexcept = 0;
};

template <class Class>
struct SubscriberTable {
    static constexpr std::string_view id = OMS_CAPABILITY_SUBSCRIBER;

    static std::uint64_t shown_seq(oms_plugin* plugin) noexcept {
        return Instance<Class>::of(plugin).plugin->shown_seq();
    }

    static constexpr oms_subscriber table{sizeof(oms_subscriber), 0, &shown_seq};
};

}  // namespace oms::sdk
