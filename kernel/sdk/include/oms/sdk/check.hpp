// SPDX-License-Identifier: Apache-2.0
// Capability "oms.check/1": an opinion on an order before it goes on.
#pragma once

#include <oms/abi/check.h>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/sink.hpp>
#include <oms/sdk/view.hpp>

#include <cstdint>
#include <string_view>

namespace oms::sdk {

enum class Stage : std::uint32_t {
    place = OMS_STAGE_place,    ///< a new order; the view shows it as if accepted
    amend = OMS_STAGE_amend,    ///< an amended order; the view shows it as if amended
    route = OMS_STAGE_route,    ///< a route is about to be sent
    report = OMS_STAGE_report,  ///< after the fact: a refusal opens a task instead
};

struct CheckCall {
    Stage stage;
    std::uint64_t order;
    std::uint64_t route;  ///< at stage `route`, otherwise 0
};

class Check : public virtual Plugin {
public:
    /// Kernel thread, must not block, keeps no state between calls. Says at least one opinion;
    /// none, or an exception, counts as a refusal that names this plugin.
    virtual void evaluate(const CheckCall& call, const View& view, const Opinions& say) = 0;
};

template <class Class>
struct CheckTable {
    static constexpr std::string_view id = OMS_CAPABILITY_CHECK;

    static oms_status evaluate(oms_plugin* plugin, const oms_check_call* call, const oms_view* view,
                               const oms_sink* sink) noexcept {
        return Instance<Class>::guarded(plugin, "evaluate", [&](Check& check) {
            check.evaluate({static_cast<Stage>(call->stage), call->order, call->route}, View(view),
                           Opinions(sink));
        });
    }

    static constexpr oms_check table{sizeof(oms_check), 0, &evaluate};
};

}  // namespace oms::sdk
