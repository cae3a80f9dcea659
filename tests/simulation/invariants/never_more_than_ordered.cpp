// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

/// Counted at the last moment, before a new order goes out, from what the parties really work and
/// did, against the most that the client ever asked for.
class NeverMoreThanOrdered final : public Invariant {
public:
    using Invariant::Invariant;

    void sent(const Sent& sent) override {
        if (sent.intent.action != OMS_action_place || sent.request.enquiry) return;
        std::vector<std::uint64_t>& routes = routes_[sent.intent.order];
        std::map<std::uint32_t, std::int64_t> outside;
        for (const std::uint64_t id : routes) {
            if (id == sent.intent.route) continue;
            const ReadRoute& route = world_.ledger.routes.at(id);
            const auto& works = world_.party(route.destination)->works();
            const auto work = works.find(id);
            if (work == works.end() || work->second.forgotten) continue;
            if (work->second.went_over) return;  // the party's doing
            for (const Work::Line& line : work->second.lines)
                outside[line.part.line] += line.done + (work->second.ended ? 0 : line.open());
        }
        if (std::find(routes.begin(), routes.end(), sent.intent.route) == routes.end())
            routes.push_back(sent.intent.route);
        const auto asked = world_.most_asked.find(sent.intent.order);
        if (asked == world_.most_asked.end()) return;
        for (const Part& part : sent.request.parts) {
            const auto most = asked->second.find(part.line);
            if (most == asked->second.end()) continue;
            demand_with(outside[part.line] + part.quantity <= most->second, [&] {
                return "order " + std::to_string(sent.intent.order) + " line " +
                       std::to_string(part.line) + " asked for " + std::to_string(most->second) +
                       "; " + std::to_string(outside[part.line]) + " works or is done, and " +
                       sent.party->name() + " is sent " + std::to_string(part.quantity) + " more";
            });
        }
    }

private:
    std::map<std::uint64_t, std::vector<std::uint64_t>> routes_;
};

}  // namespace

std::unique_ptr<Invariant> make_never_more_than_ordered(const World& world) {
    return std::make_unique<NeverMoreThanOrdered>("never_more_than_ordered", world);
}

}  // namespace oms::simulation
