// SPDX-License-Identifier: Apache-2.0
// How a verb says that it could not do what it was asked for: an exit code and the errors behind
// it.
#pragma once

#include "model/result.hpp"
#include "yaml/document.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::cli {

// Codes 6300 to 6399 are the command line's own.
inline constexpr ErrorCode error_no_such_verb = 6300;
inline constexpr ErrorCode error_no_such_option = 6301;
inline constexpr ErrorCode error_argument = 6302;    ///< an argument is missing or malformed
inline constexpr ErrorCode error_file = 6303;        ///< cannot be read or written
inline constexpr ErrorCode error_exists = 6304;      ///< would overwrite something
inline constexpr ErrorCode error_no_place = 6305;    ///< nothing says which process is meant
inline constexpr ErrorCode error_not_unique = 6306;  ///< the argument fits several things
inline constexpr ErrorCode error_row = 6307;         ///< a row of a file cannot be used
inline constexpr ErrorCode error_internal = 6308;    ///< a mistake of this program
inline constexpr ErrorCode error_cards = 6309;       ///< a plugin does not conform
inline constexpr ErrorCode error_demo = 6310;        ///< the configuration has nothing to show

/// What the process answers to its shell. They are documented in `oms --help` and never change.
enum class Exit : int {
    ok = 0,
    refused = 1,          ///< the kernel, a check or a test said no
    usage = 2,            ///< the command cannot be understood
    configuration = 3,    ///< a configuration, lifecycle, manifest or plugin has faults
    not_reachable = 4,    ///< no process answers
    journal_damaged = 5,  ///< the journal is not what was written
    file = 6,             ///< a file cannot be read or written
    partly = 7,           ///< of several things some were refused
    unknown = 8,          ///< asked, but no answer in time: look it up by its key
    internal = 9,         ///< a mistake of this program
    // The runtime ends a process itself when it must not go on, after its last word.
    plugin_stalled = 70,  ///< a plugin did not come back
    journal_failed = 74,  ///< a commit failed: memory is ahead of the disk
};

struct ExitInfo {
    Exit exit;
    std::string_view meaning;
};
inline constexpr ExitInfo exit_infos[] = {
    {Exit::ok, "done"},
    {Exit::refused, "refused by the kernel, a check or a test"},
    {Exit::usage, "the command cannot be understood"},
    {Exit::configuration, "a configuration, lifecycle, manifest or plugin has faults"},
    {Exit::not_reachable, "no process answers"},
    {Exit::journal_damaged, "the journal is not what was written"},
    {Exit::file, "a file cannot be read or written"},
    {Exit::partly, "of several things some were refused"},
    {Exit::unknown, "outcome unknown: asked, but no answer in time"},
    {Exit::internal, "a mistake of this program"},
    {Exit::plugin_stalled, "oms run ended itself: a plugin did not come back"},
    {Exit::journal_failed, "oms run ended itself: the journal could not be written"},
};

/// Thrown by verbs, caught in main alone.
class Failure : public std::exception {
public:
    Failure(Exit exit, Error error) : exit_(exit) { errors_.push_back(std::move(error)); }
    Failure(Exit exit, std::vector<Error> errors) : exit_(exit), errors_(std::move(errors)) {}

    Exit exit() const { return exit_; }
    const std::vector<Error>& errors() const { return errors_; }
    const char* what() const noexcept override {
        return errors_.empty() ? "failed" : errors_.front().reason.c_str();
    }

private:
    Exit exit_;
    std::vector<Error> errors_;
};

/// The exit code that goes with an error, by its range.
Exit exit_for(ErrorCode code);

[[noreturn]] void give_up(Error error);
[[noreturn]] void give_up(const std::vector<Error>& errors);
[[noreturn]] void give_up(ErrorCode code, std::string place, std::string reason,
                          std::string remedy = {});

/// The value, or the end of the verb.
template <class T>
T need(Result<T> result) {
    if (!result) give_up(std::move(result.error()));
    return std::move(*result);
}
inline void need(Status status) {
    if (!status) give_up(std::move(status.error()));
}
template <class T>
T need_all(yaml::Checked<T> result) {
    if (!result) give_up(result.error());
    return std::move(*result);
}

}  // namespace oms::cli
