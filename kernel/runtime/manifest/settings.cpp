// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/settings.hpp"

#include <oms/sdk/suggest.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace oms::runtime {
namespace {

using yaml::Node;
using yaml::Problems;

/// A path in a configuration file is meant from where the file lies, not from where oms was
/// started.
std::string resolved_path(const std::string& path, const std::string& configured_in) {
    const std::filesystem::path given(path);
    if (given.is_absolute()) return path;
    const std::filesystem::path folder = std::filesystem::path(configured_in).parent_path();
    return (folder / given).lexically_normal().string();
}

/// Handles that name files lie relative to the configuration too.
std::string resolved_handle(const std::string& handle, const std::string& configured_in) {
    constexpr std::string_view prefix = "file:";
    if (handle.rfind(prefix, 0) != 0) return handle;
    return std::string(prefix) + resolved_path(handle.substr(prefix.size()), configured_in);
}

std::optional<Setting> read_given(const SettingSpec& spec, const Node& node, Problems& problems) {
    std::optional<Value> value = read_value(spec, node, problems);
    if (!value) return std::nullopt;
    if (spec.type == SettingType::path) value->text = resolved_path(value->text, node.file());
    if (spec.type == SettingType::secret) value->text = resolved_handle(value->text, node.file());
    return Setting{spec.name, spec.type, std::move(*value), node.place()};
}

std::uint32_t contract_type(SettingType type) {
    switch (type) {
        case SettingType::integer:
        case SettingType::size: return OMS_SETTING_integer;
        case SettingType::boolean: return OMS_SETTING_boolean;
        case SettingType::duration: return OMS_SETTING_duration;
        case SettingType::decimal: return OMS_SETTING_decimal;
        case SettingType::secret: return OMS_SETTING_secret;
        case SettingType::texts: return OMS_SETTING_texts;
        case SettingType::integers: return OMS_SETTING_integers;
        case SettingType::text:
        case SettingType::choice:
        case SettingType::path: break;
    }
    return OMS_SETTING_text;
}

bool has_number(SettingType type) {
    return type == SettingType::integer || type == SettingType::boolean ||
           type == SettingType::duration || type == SettingType::size;
}

oms_text view_of(const std::string& text) { return {text.data(), text.size()}; }

Result<std::string> read_secret_file(const std::string& path, const std::string& place) {
    const auto refuse = [&](const char* reason) {
        return fail(error_secret_unavailable, place, "the secret's file " + path + " " + reason,
                    "put the secret there, readable for this process");
    };
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return refuse("cannot be found");
    if (!S_ISREG(status.st_mode)) return refuse("is not a regular file");
    std::ifstream file(path, std::ios::binary);
    std::string secret(secret_max_bytes + 1, '\0');
    file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
    if (!file.is_open() || file.bad()) return refuse("cannot be read");
    secret.resize(static_cast<std::size_t>(file.gcount()));
    if (secret.size() > secret_max_bytes) return refuse("is too large for a secret");
    if (!secret.empty() && secret.back() == '\n') secret.pop_back();
    if (!secret.empty() && secret.back() == '\r') secret.pop_back();
    if (secret.empty()) return refuse("is empty");
    return secret;
}

/// Overwrites so that the compiler cannot leave it out.
void wipe(std::string& text) {
    volatile char* letters = text.data();
    for (std::size_t at = 0; at < text.size(); ++at) letters[at] = '\0';
}

}  // namespace

yaml::Checked<Settings> check_settings(const Manifest& manifest, const Node* node,
                                       const std::string& place) {
    Problems problems;
    if (node != nullptr && node->is_nothing()) node = nullptr;
    if (node != nullptr && !node->is_map()) {
        problems.add(
            yaml::error_wrong_kind, node->place(),
            "expected a map of settings, found " + std::string(yaml::kind_text(node->kind())),
            "write \"name: value\" lines below it, indented");
        return tl::unexpected(problems.take());
    }
    Settings settings;
    for (const SettingSpec& spec : manifest.settings) {
        const Node* given = node != nullptr ? node->find(spec.name) : nullptr;
        if (given != nullptr) {
            std::optional<Setting> setting = read_given(spec, *given, problems);
            if (setting) settings.push_back(std::move(*setting));
        } else if (spec.required) {
            problems.add(error_setting_missing, node != nullptr ? node->place() : place,
                         "the setting \"" + spec.name + "\" of " + manifest.name + " is missing",
                         "add \"" + spec.name + "\" (" + std::string(name_of(spec.type)) +
                             "): " + spec.help);
        } else if (spec.fallback) {
            settings.push_back({spec.name, spec.type, *spec.fallback, ""});
        }
    }
    if (node != nullptr) {
        std::vector<std::string> known;
        for (const SettingSpec& spec : manifest.settings) known.push_back(spec.name);
        for (const Node& item : node->items()) {
            if (manifest.setting(item.key()) != nullptr) continue;
            problems.add(yaml::unknown_name(item.key_place(), "setting", item.key(), known));
        }
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    return settings;
}

std::string to_text(const Settings& settings) {
    std::string text;
    for (const Setting& setting : settings) {
        text += setting.name + ": " + value_text(setting.type, setting.value) + "\n";
    }
    return text;
}

Result<std::string> fetch_secret(const std::string& handle, const std::string& place) {
    const std::size_t colon = handle.find(':');
    const std::string kind = handle.substr(0, colon);
    const std::string name = colon == std::string::npos ? "" : handle.substr(colon + 1);
    if (kind == "file") return read_secret_file(name, place);
    const char* value = kind == "env" ? std::getenv(name.c_str()) : nullptr;
    if (value == nullptr || *value == '\0') {
        return fail(error_secret_unavailable, place,
                    "the environment variable " + name + ", which holds a secret, is not set",
                    "set it for this process, or name a file with file:PATH");
    }
    return std::string(value);
}

yaml::Checked<ContractSettings> ContractSettings::make(const Settings& settings) {
    Problems problems;
    ContractSettings made;
    made.held_.reserve(settings.size());
    for (const Setting& setting : settings) {
        made.held_.push_back({setting.name,
                              setting.value.text,
                              setting.value.items,
                              {},
                              setting.type == SettingType::secret});
        if (setting.type != SettingType::secret) continue;
        Result<std::string> secret = fetch_secret(setting.value.text, setting.place);
        if (secret) {
            made.held_.back().text = std::move(*secret);
        } else {
            problems.add(std::move(secret.error()));
        }
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    for (std::size_t at = 0; at < settings.size(); ++at) {
        Held& held = made.held_[at];
        for (const std::string& item : held.items) held.item_views.push_back(view_of(item));
        oms_setting raw{};
        raw.name = view_of(held.name);
        raw.type = contract_type(settings[at].type);
        raw.item_count = static_cast<std::uint32_t>(held.item_views.size());
        raw.number = has_number(settings[at].type) ? settings[at].value.number : 0;
        raw.text = view_of(held.text);
        raw.items = held.item_views.empty() ? nullptr : held.item_views.data();
        made.raw_.push_back(raw);
    }
    made.head_.size = sizeof(oms_settings);
    made.head_.count = static_cast<std::uint32_t>(made.raw_.size());
    made.head_.stride = sizeof(oms_setting);
    made.head_.first = made.raw_.empty() ? nullptr : made.raw_.data();
    return made;
}

ContractSettings::~ContractSettings() {
    for (Held& held : held_) {
        if (held.secret) wipe(held.text);
    }
}

}  // namespace oms::runtime
