// SPDX-License-Identifier: Apache-2.0
// Decisions in words: what happened, and what came of it, a sentence each.
#pragma once

#include "cli/console.hpp"
#include "cli/lifecycle_names.hpp"

#include <oms/abi/records.h>
#include <oms/sdk/names.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::cli {

struct Sentence {
    std::string text;
    Style style = Style::plain;
};

/// One decision, told.
struct Told {
    std::uint64_t seq = 0;
    std::int64_t time = 0;
    std::uint64_t order = 0;
    Sentence what;
    std::vector<Sentence> details;
};

enum class Detail : std::uint8_t {
    brief,  ///< what a person who watches an order wants to know
    full,   ///< every effect
};

class Narrator {
public:
    /// `lifecycles` names what every effect is told with; brief words do without.
    Narrator(const sdk::Names& names, Detail detail, LifecycleNames* lifecycles = nullptr)
        : names_(names), detail_(detail), lifecycles_(lifecycles) {}

    /// Rows of an order that was there before: which route goes where.
    void learn(const oms_batch& rows);
    Told tell(const oms_batch& decision);

    /// The sentences as lines of text: the first with its time, the others indented.
    std::string lines(const Console& console, const Told& told) const;

    /// A decision as the console shows decisions: such lines, or one of JSON.
    void print(const Console& console, const oms_batch& decision);

private:
    void headline(const oms_decision& header, const oms_batch& decision, Told& told);
    std::string report_words(const oms_batch& decision);
    void tell_order(const oms_record& record, Told& told);
    void tell_route(const oms_record& record, Told& told);
    void tell_books(const oms_record& record, Told& told);
    void tell_waiting(const oms_record& record, Told& told);
    void tell_opinion(const oms_record& record, Told& told);
    void tell_admin(const oms_record& record, Told& told);
    void add(Told& told, std::string text, Style style = Style::plain) const;
    bool full() const { return detail_ == Detail::full; }
    std::string route_words(std::uint64_t route) const;
    std::string party(std::uint64_t route) const;
    std::string event_name(std::uint32_t event) const;
    std::string move_words(const oms_region_moved& moved) const;

    const sdk::Names& names_;
    Detail detail_;
    LifecycleNames* lifecycles_;
    std::map<std::uint64_t, std::uint32_t> destinations_;  ///< by route
    std::map<std::uint64_t, std::string> parts_;           ///< by route: its lines, in words
    std::map<std::pair<std::uint64_t, std::uint32_t>, const oms_line_counted*> last_counts_;
    std::vector<std::string> passed_;  ///< instances whose rules passed in this decision
    bool reported_ = false;            ///< it is about a party's report
};

}  // namespace oms::cli
