// SPDX-License-Identifier: Apache-2.0
// What clients asked, and what they were told.
#pragma once

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oms::simulation {

struct Told {
    std::uint64_t seq = 0;
    std::uint32_t code = 0;
    std::uint64_t order = 0;
    std::uint64_t id = 0;
    bool operator==(const Told&) const = default;
};

/// One request, sent once or several times.
struct Asked {
    std::uint32_t kind = 0;
    std::uint32_t origin = 0;
    std::string key;
    std::shared_ptr<const sdk::Batch> input;
    bool reuses_key = false;    ///< of another request
    std::optional<Told> told;   ///< the first answer
    std::uint64_t waits = 0;    ///< copies on their way in this life
    std::uint64_t life = 0;     ///< in which it was last sent
    std::int64_t quantity = 0;  ///< of an amend: what was asked for
    std::uint32_t line = 0;
    std::uint64_t order = 0;  ///< that it is about
};

}  // namespace oms::simulation
