// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <set>

namespace oms::simulation {

namespace {

/// Each party's own book beside what the kernel believes of it.
class PartiesAgree final : public Invariant {
public:
    using Invariant::Invariant;

    void ended() override {
        for (const Party& party : world_.parties)
            for (const auto& [id, work] : party.works()) check(party, work);
        for (const auto& [id, route] : world_.ledger.routes) {
            const Party* party = world_.party(route.destination);
            if (party == nullptr || party->works().contains(id)) continue;
            for (const auto& [index, counts] : route.lines)
                demand_with(counts.done == 0 && counts.working == 0,
                            [&, id = id, &counts = counts] {
                                return party->name() + " never had route " + std::to_string(id) +
                                       ", which is counted as " + std::to_string(counts.working) +
                                       " working and " + std::to_string(counts.done) + " done";
                            });
        }
    }

    void decided(const oms_batch& decision) override {
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* anomaly = sdk::as<oms_anomaly>(record);
            if (anomaly != nullptr && anomaly->cause == OMS_report_answered)
                told_.insert(anomaly->route);
        }
    }

private:
    void check(const Party& party, const Work& work) const {
        const auto known = world_.ledger.routes.find(work.route);
        demand(known != world_.ledger.routes.end(),
               party.name() + " works route " + std::to_string(work.route) + " that nobody knows");
        for (const Work::Line& line : work.lines) {
            if (work.enquiry) continue;
            const auto counted = known->second.lines.find(line.part.line);
            const Counted counts =
                counted == known->second.lines.end() ? Counted{} : counted->second;
            const auto at = [&] {
                return party.name() + " route " + std::to_string(work.route) + " line " +
                       std::to_string(line.part.line);
            };
            demand_with(counts.done == line.done, [&] {
                return at() + ": the party has done " + std::to_string(line.done) +
                       ", the kernel counts " + std::to_string(counts.done);
            });
            // What a party forgot is found out when it is next asked about; and where the one book
            // cannot follow the other, a person was told.
            const bool is_known =
                !work.forgotten && !work.is_unclear && !told_.contains(work.route);
            const std::int64_t open = work.ended ? 0 : line.open();
            demand_with(!is_known || counts.working == open, [&] {
                return at() + ": at the party works " + std::to_string(open) +
                       ", the kernel counts " + std::to_string(counts.working);
            });
        }
    }

    std::set<std::uint64_t> told_;  ///< routes of which the kernel said that the books differ
};

}  // namespace

std::unique_ptr<Invariant> make_parties_agree(const World& world) {
    return std::make_unique<PartiesAgree>("parties_agree", world);
}

}  // namespace oms::simulation
