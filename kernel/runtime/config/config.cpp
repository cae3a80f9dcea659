// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/config.hpp"

#include "runtime/config/config_reader.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace oms::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view file_name = "oms.yaml";

template <class Specs>
auto* named(const Specs& specs, std::string_view name) {
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const auto& spec) { return spec.name == name; });
    return found == specs.end() ? nullptr : &*found;
}

tl::unexpected<yaml::Errors> missing(const fs::path& place) {
    return tl::unexpected(yaml::Errors{
        {error_config_missing, place.string(), "there is no such configuration",
         "name a folder that has an oms.yaml, or such a file; `oms run config/hybrid` is one"}});
}

yaml::Checked<yaml::Node> load(const fs::path& place) {
    const fs::path file = config_file(place);
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return missing(place);
    return yaml::load_file(file.string());
}

}  // namespace

bool is_code(std::string_view text) {
    if (text.empty() || text.size() > OMS_MAX_CODE_BYTES) return false;
    return std::none_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) <= ' ' || letter == 0x7f;
    });
}

const InstanceSpec* Config::instance(std::string_view name) const { return named(instances, name); }

const lifecycle::Table* Config::lifecycle(std::string_view name) const {
    return named(lifecycles, name);
}

const ReferenceSpec* Config::reference(std::uint32_t reference_class, std::string_view code) const {
    const auto found =
        std::find_if(references.begin(), references.end(), [&](const ReferenceSpec& spec) {
            return spec.reference_class == reference_class && spec.code == code;
        });
    return found == references.end() ? nullptr : &*found;
}

fs::path config_file(const fs::path& place) {
    std::error_code ignored;
    return fs::is_directory(place, ignored) ? place / file_name : place;
}

yaml::Checked<Config> read_config(const ConfigSource& source, yaml::Errors* warnings) {
    yaml::Checked<yaml::Node> document =
        source.text ? yaml::parse(*source.text, std::string(file_name)) : load(source.place);
    if (!document) return tl::unexpected(document.error());
    fs::path base = source.text ? source.place : config_file(source.place).parent_path();
    yaml::Problems problems;
    yaml::Errors ignored;
    ConfigReader reader(source, problems, warnings != nullptr ? *warnings : ignored);
    Config config = reader.read(*document, std::move(base));
    if (!problems.empty()) return tl::unexpected(problems.take());
    return config;
}

yaml::Checked<ConfigPlaces> read_config_places(const fs::path& place) {
    const yaml::Checked<yaml::Node> document = load(place);
    if (!document) return tl::unexpected(document.error());
    const fs::path base = config_file(place).parent_path();
    const auto text = [&](std::string_view key) {
        const yaml::Node* node = document->find(key);
        return node != nullptr && node->is_scalar() ? node->text() : std::string();
    };
    ConfigPlaces places;
    const std::string data = text("data");
    const std::string control = text("control");
    places.data = (base / (data.empty() ? "data" : data)).lexically_normal();
    places.control =
        control.empty() ? places.data / "control.sock" : (base / control).lexically_normal();
    return places;
}

}  // namespace oms::runtime
