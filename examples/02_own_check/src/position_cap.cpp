// SPDX-License-Identifier: Apache-2.0
#include "position_cap_settings.hpp"

#include <oms/sdk/check.hpp>

namespace oms::plugins::position_cap {

class PositionCap : public sdk::Check {
public:
    void evaluate(const sdk::CheckCall& call, const sdk::View& view,
                  const sdk::Opinions& say) override {
        const std::uint32_t account = view.order(call.order).account;
        for (const oms_line_row& line : view.lines(call.order)) {
            if (line.direction != OMS_direction_receive) continue;
            const auto cap = view.cell(tables::caps::largest, account, line.product);
            if (!cap) continue;
            const sdk::Wide balance = sdk::to_int128(view.balance(account, line.product).balance);
            const sdk::Wide position = balance + line.unrouted + line.working;
            const sdk::Measured measured{*cap, sdk::narrow(position).value_or(INT64_MAX), line.line,
                                         line.product, OMS_unit_quantity};
            if (position > *cap)
                say.refuse(denials::position_above_cap, measured,
                           "The order would take the account beyond its largest position.");
            else
                say.pass(denials::position_above_cap, measured);
        }
        say.otherwise_pass();
    }
};

}  // namespace oms::plugins::position_cap

OMS_PLUGIN(oms::plugins::position_cap::PositionCap);
