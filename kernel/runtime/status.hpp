// SPDX-License-Identifier: Apache-2.0
// What a running process tells about itself: for `oms plugin list`, health pages and metrics.
#pragma once

#include <oms/abi/base.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace oms::runtime {

/// One configured plugin, as it is loaded.
struct InstanceStatus {
    std::string instance;  ///< the configured name
    std::string plugin;    ///< the manifest's id
    std::string version;
    std::string kind;             ///< asset_class, check, routing, facts, connector, subscriber
    std::string file;             ///< "built in" for a plugin that is linked into the host
    std::string state;            ///< created, running, quarantined, stopped
    std::uint64_t calls = 0;      ///< into it, of inside plugins
    std::uint64_t faults = 0;     ///< calls that broke the contract
    std::uint64_t shown_seq = 0;  ///< of a subscriber
};

struct ProcessStatus {
    std::string version;
    std::string config;         ///< the file it was started with
    std::string data;           ///< its data directory, or "memory"
    std::uint64_t process = 0;  ///< the operating system's number of it
    std::int64_t started = 0;   ///< ns since 1970 UTC
    std::uint64_t epoch = 0;
    std::uint64_t durable_seq = 0;
    bool cancel_only = false;
    std::vector<InstanceStatus> instances;
    /// Counters by name (stats.def), for tables and for a metrics page.
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

}  // namespace oms::runtime
