// SPDX-License-Identifier: Apache-2.0
// The settings of one instance, as the host checked them against the manifest.
//
// The struct that the manifest generates reads everything at once and is what a plugin usually
// wants; this class is what that struct stands on. All of it is for the call of `create`: copy what
// is to be kept. Not knowing a name, or asking for another type, is a mistake in the plugin and
// throws.
#pragma once

#include <oms/abi/plugin.h>
#include <oms/sdk/decimal.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace oms::sdk {

/// The plugin asked for a setting that its manifest does not declare, or declares otherwise.
class SettingError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

class Settings {
public:
    explicit Settings(const oms_settings& raw) : raw_(&raw) {}

    /// False for an optional setting without a default that was not given.
    bool has(std::string_view name) const { return find(name) != nullptr; }

    /// Integers, and sizes in bytes.
    std::int64_t integer(std::string_view name) const {
        return get(name, OMS_SETTING_integer).number;
    }
    bool boolean(std::string_view name) const { return get(name, OMS_SETTING_boolean).number != 0; }
    std::int64_t duration_ms(std::string_view name) const {
        return get(name, OMS_SETTING_duration).number;
    }
    /// Texts, choices and paths.
    std::string text(std::string_view name) const { return copy(get(name, OMS_SETTING_text).text); }
    /// Never log it, never put it into a record.
    std::string secret(std::string_view name) const {
        return copy(get(name, OMS_SETTING_secret).text);
    }
    /// A decimal at the scale that the plugin reads it at. Throws when it has more decimals.
    std::int64_t decimal(std::string_view name, unsigned scale) const {
        const std::string text = copy(get(name, OMS_SETTING_decimal).text);
        const ParsedDecimal parsed = parse_decimal(text, scale);
        if (!parsed)
            throw SettingError(quoted(name) + ": \"" + text + "\" " +
                               std::string(to_text(parsed.fault)));
        return *parsed;
    }
    std::vector<std::string> texts(std::string_view name) const {
        const oms_setting& setting = get(name, OMS_SETTING_texts);
        std::vector<std::string> result;
        for (std::uint32_t item = 0; item < setting.item_count; ++item)
            result.push_back(copy(setting.items[item]));
        return result;
    }
    std::vector<std::int64_t> integers(std::string_view name) const {
        const oms_setting& setting = get(name, OMS_SETTING_integers);
        std::vector<std::int64_t> result;
        for (std::uint32_t item = 0; item < setting.item_count; ++item) {
            const ParsedDecimal parsed = parse_decimal(copy(setting.items[item]), 0);
            if (!parsed) throw SettingError(quoted(name) + " holds something else than integers");
            result.push_back(*parsed);
        }
        return result;
    }

    const oms_settings& raw() const { return *raw_; }

private:
    const oms_setting* find(std::string_view name) const {
        const auto* at = reinterpret_cast<const char*>(raw_->first);
        for (std::uint32_t index = 0; index < raw_->count; ++index, at += raw_->stride) {
            const auto* setting = reinterpret_cast<const oms_setting*>(at);
            if (name == std::string_view(setting->name.data, setting->name.size)) return setting;
        }
        return nullptr;
    }
    const oms_setting& get(std::string_view name, std::uint32_t type) const {
        const oms_setting* setting = find(name);
        if (setting == nullptr)
            throw SettingError(quoted(name) + " was not given and has no default");
        if (setting->type != type)
            throw SettingError(quoted(name) + " is of another type in the manifest");
        return *setting;
    }
    static std::string copy(oms_text text) { return std::string(text.data, text.size); }
    static std::string quoted(std::string_view name) {
        return "setting \"" + std::string(name) + "\"";
    }

    const oms_settings* raw_;
};

}  // namespace oms::sdk
