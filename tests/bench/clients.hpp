// SPDX-License-Identifier: Apache-2.0
// A runtime on the disk that is measured, and clients that keep orders under way at it.
#pragma once

#include "script.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace oms::bench {

struct Shape {
    const char* name;
    std::size_t clients;
    std::size_t under_way;  ///< orders of one client
};
struct Round {
    double per_second = 0;
    double p50_us = 0;
    double p99_us = 0;
    double inputs_a_commit = 0;
    double bytes_a_commit = 0;
};

/// What is put into the configuration.
struct More {
    std::string instances = {};  ///< lines under `instances`
    std::string sections = {};   ///< whole sections
};

/// Started, with its balances, limits and quotes.
std::unique_ptr<runtime::Runtime> open_runtime(const Options& options,
                                               const std::filesystem::path& data,
                                               const More& more = {});

Names names_of(runtime::Port& port);

/// A counter of the process by its name.
double counter(const runtime::ProcessStatus& status, std::string_view name);

/// Ends the bench unless the answer says that its input was accepted.
void expect_accepted(const oms_answer& answer);

/// Clients, each a thread with a port of its own, for so long; `name` begins their keys.
Round play(runtime::Runtime& runtime, const Shape& shape, double seconds, const std::string& name);

}  // namespace oms::bench
