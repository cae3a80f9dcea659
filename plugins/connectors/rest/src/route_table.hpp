// SPDX-License-Identifier: Apache-2.0
// Every resource that there is, in one table: requests are served from it, and the OpenAPI document
// is written from it.
#pragma once

#include "schema.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace oms::rest {

struct Call;

enum class Method : std::uint8_t { get, post };

struct Route {
    Method method = Method::get;
    std::string_view path;       ///< parts in braces match anything
    std::string_view operation;  ///< its name in the OpenAPI document
    std::string_view summary;
    void (*handle)(const std::shared_ptr<Call>& call) = nullptr;  ///< may throw a Problem
    std::span<const Parameter> parameters = {};
    Schema body = {};
    std::string_view result;  ///< what the answer holds
    int success = 200;
    bool open = false;      ///< needs no token
    bool on_admin = false;  ///< the listener for administration offers it too
};

std::span<const Route> route_table();

/// The OpenAPI 3.1 document.
std::string openapi_document(std::span<const Route> routes);

}  // namespace oms::rest
