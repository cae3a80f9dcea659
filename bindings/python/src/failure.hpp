// SPDX-License-Identifier: Apache-2.0
// Errors on their way to Python, where they arrive as oms.Error.
#pragma once

#include "yaml/document.hpp"

#include <oms/sdk/error.hpp>

#include <exception>
#include <string>
#include <utility>

namespace oms::python {

inline constexpr ErrorCode error_float = 6400;      ///< a binary float where a decimal belongs
inline constexpr ErrorCode error_type = 6401;       ///< a value of another type than is needed
inline constexpr ErrorCode error_value = 6402;      ///< the right type, and still not a value
inline constexpr ErrorCode error_no_record = 6403;  ///< no kind of record is called so
inline constexpr ErrorCode error_no_field = 6404;   ///< the record has no such field
inline constexpr ErrorCode error_closed = 6405;     ///< the kernel was closed

class Failure final : public std::exception {
public:
    explicit Failure(Error error) : errors_{std::move(error)} {}
    explicit Failure(yaml::Errors errors) : errors_(std::move(errors)) {}

    const yaml::Errors& errors() const { return errors_; }
    const char* what() const noexcept override { return errors_.front().reason.c_str(); }

private:
    yaml::Errors errors_;
};

[[noreturn]] inline void refuse(ErrorCode code, std::string place, std::string reason,
                                std::string remedy) {
    throw Failure(Error{code, std::move(place), std::move(reason), std::move(remedy)});
}

}  // namespace oms::python
