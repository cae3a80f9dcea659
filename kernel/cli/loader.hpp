// SPDX-License-Identifier: Apache-2.0
// Sends many inputs as fast as the kernel takes them, and keeps count of what became of each.
#pragma once

#include "cli/progress.hpp"
#include "cli/session.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oms::cli {

/// One input and the row of the file that it comes from.
struct LoadItem {
    std::string place;  ///< `orders.csv:17`
    sdk::Batch input;
};

/// A row that was not loaded.
struct LoadFault {
    Error error;
};

struct LoadOutcome {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t unknown = 0;  ///< sent, and not answered in time
    double seconds = 0;
};

class Loader {
public:
    /// So many wait for their answers at a time.
    static constexpr std::size_t window = 1'000;

    using Next = std::function<std::optional<LoadItem>()>;
    /// Told of each item that was refused.
    using Fault = std::function<void(const Error&)>;

    /// The session is the loader's alone while it runs: nobody else asks over it.
    Loader(Session& session, ProgressLine& progress, Fault fault)
        : session_(session), progress_(progress), fault_(std::move(fault)) {}

    /// Sends what `next` gives until it gives nothing, and waits for the last answer.
    LoadOutcome run(const Next& next);

private:
    bool send(std::uint64_t token, LoadItem& item);
    void take_answers(std::int64_t timeout_ms);
    void take_answer(const oms_answer& answer);
    void give_up_waiting();

    Session& session_;
    ProgressLine& progress_;
    Fault fault_;
    LoadOutcome outcome_;
    std::map<std::uint64_t, LoadItem> waiting_;          ///< by token
    std::deque<LoadItem> again_;                         ///< there was no room for these
    std::uint64_t next_token_ = std::uint64_t{1} << 32;  ///< apart from those of single requests
    bool heard_ = false;
};

}  // namespace oms::cli
