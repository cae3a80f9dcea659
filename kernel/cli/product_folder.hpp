// SPDX-License-Identifier: Apache-2.0
// What the command line reads in the folder of an assembled product, beside what the process tells:
// the names of roles and regions in its lifecycles, and what there is to show to newcomers.
#pragma once

#include "lifecycle/table.hpp"
#include "model/result.hpp"
#include "yaml/document.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::cli {

/// demo.yaml beside oms.yaml:
///
///     orders:                    # `oms demo` places these and follows them
///       - title: An order of a desk
///         place: [--kind, plain, --account, desk, --buy, "100", XYZ]
///     try:                       # `oms run` shows these when it is ready
///       - say: Place an order
///         command: oms order new --kind plain ...
struct DemoOrder {
    std::string title;
    std::vector<std::string> place;  ///< arguments of `oms order new`
    std::string beyond;  ///< a status that ends it, and which a last word of a party follows
};
struct Hint {
    std::string say;
    std::string command;
};
struct Demo {
    std::vector<DemoOrder> orders;
    std::vector<Hint> hints;
    std::vector<Hint> next;  ///< what to try after `oms demo`
};

class ProductFolder {
public:
    /// The folder, or its oms.yaml. What cannot be read is left out: all of this is for comfort.
    explicit ProductFolder(const std::filesystem::path& config);

    /// Of the kind's lifecycle, from 0 on; empty when it is not known.
    std::vector<std::string> roles(std::string_view kind) const;
    const lifecycle::Table* lifecycle(std::string_view kind) const;
    std::vector<std::string> kinds() const;

    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
    std::map<std::string, std::string, std::less<>> lifecycle_of_kind_;
    std::map<std::string, lifecycle::Table, std::less<>> lifecycles_;
};

/// The command with every `oms` at the start of one called as the program is called here.
std::string command_text(const std::string& command, const std::string& program);

/// The demo.yaml of a folder; nothing when it has none.
yaml::Checked<std::optional<Demo>> read_demo(const std::filesystem::path& folder);

}  // namespace oms::cli
