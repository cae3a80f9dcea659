// SPDX-License-Identifier: Apache-2.0
// Routes nothing: a person does, with `oms order route`.
#include <oms/sdk/routing.hpp>

namespace oms::plugins::manual {
namespace {

using namespace oms::sdk;

class Manual : public Routing {
public:
    void plan(const RoutingCall& call, const View&, const Routes& say) override {
        for (const std::uint32_t destination : call.destinations)
            say.passed_over(destination, 0, "orders of this kind are routed by a person");
    }
};

}  // namespace
}  // namespace oms::plugins::manual

OMS_PLUGIN(oms::plugins::manual::Manual);
