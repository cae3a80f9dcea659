// SPDX-License-Identifier: Apache-2.0
// One thread with many keep-alive connections, each with one request under way: the same client for
// whatever answers.
#pragma once

#include "histogram.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace oms::bench {

struct HttpRound {
    double per_second = 0;
    Histogram times;
};

/// Posts bodies to `path` on this port of the loopback until the time is over. `body` makes the
/// body and key of request `number`. An answer that is no 2xx ends the bench.
struct HttpRequest {
    std::string key;
    std::string body;
};
HttpRound post_all(std::uint16_t port, const std::string& path, std::size_t connections,
                   double seconds, const std::function<HttpRequest(std::uint64_t)>& make);

/// A socket that is connected to this port of the loopback.
int connect_to(std::uint16_t port);

/// A port of the loopback that is free now.
std::uint16_t free_port();

}  // namespace oms::bench
