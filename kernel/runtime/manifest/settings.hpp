// SPDX-License-Identifier: Apache-2.0
// The settings of one configured instance: what a configuration file says, held against the
// manifest, with defaults applied, and handed to the plugin in the contract's form.
#pragma once

#include "runtime/manifest/manifest.hpp"

#include <oms/abi/plugin.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

inline constexpr ErrorCode error_setting_missing = 4100;     ///< a required setting is not given
inline constexpr ErrorCode error_secret_unavailable = 4101;  ///< env or file of a secret

/// No secret is longer.
inline constexpr std::size_t secret_max_bytes = std::size_t{64} << 10;

struct Setting {
    std::string name;
    SettingType type = SettingType::text;
    Value value;        ///< of a secret: its handle, never the secret
    std::string place;  ///< where it was configured; empty when it is the default
};

/// In the order of the manifest. Optional settings without a default that are not given are absent.
using Settings = std::vector<Setting>;

/// Holds a map of settings against the manifest and reports everything that is wrong at once.
/// `node` may be null or without a value: no settings given. `place` is where the instance is
/// configured, for what is missing. Relative paths become relative to the folder of the file.
yaml::Checked<Settings> check_settings(const Manifest& manifest, const yaml::Node* node,
                                       const std::string& place);

/// The settings as people and logs may see them, one `name: value` a line; secrets by handle.
std::string to_text(const Settings& settings);

/// The settings in the form of the contract. Fetches the secrets that handles name and wipes them
/// when destroyed. What `get` answers is good until the object is moved or destroyed.
class ContractSettings {
public:
    static yaml::Checked<ContractSettings> make(const Settings& settings);
    ~ContractSettings();
    ContractSettings(ContractSettings&&) noexcept = default;
    ContractSettings& operator=(ContractSettings&&) = delete;
    ContractSettings(const ContractSettings&) = delete;
    ContractSettings& operator=(const ContractSettings&) = delete;

    const oms_settings* get() const { return &head_; }

private:
    ContractSettings() = default;

    /// What the raw structs point at. Vectors of these keep their elements when they are moved.
    struct Held {
        std::string name;
        std::string text;
        std::vector<std::string> items;
        std::vector<oms_text> item_views;
        bool secret = false;
    };

    std::vector<Held> held_;
    std::vector<oms_setting> raw_;
    oms_settings head_{};
};

/// Reads what a handle (`env:NAME` or `file:PATH`) names; one line feed at the end is left out.
Result<std::string> fetch_secret(const std::string& handle, const std::string& place);

}  // namespace oms::runtime
