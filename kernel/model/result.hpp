// SPDX-License-Identifier: Apache-2.0
// How kernel code says that something failed: by value, never by exception after start.
#pragma once

#include <oms/sdk/error.hpp>

#include <tl/expected.hpp>

#include <utility>

namespace oms {

template <class T>
using Result = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string place, std::string reason,
                                  std::string remedy = {}) {
    return tl::unexpected<Error>(
        Error{code, std::move(place), std::move(reason), std::move(remedy)});
}

}  // namespace oms
