// SPDX-License-Identifier: Apache-2.0
#include "testkit/conformance/card.hpp"

#include "runtime/manifest/elf_section.hpp"
#include "runtime/plugin_loader.hpp"

#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace oms::testkit {

namespace {

[[noreturn]] void broken(const yaml::Errors& errors) {
    throw Broken{errors.empty() ? "it failed without a word" : to_text(errors.front())};
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Broken{"the file " + path + " cannot be read"};
    return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

const runtime::PluginFile& Subject::read() {
    if (plugin_ == nullptr) {
        auto found = runtime::read_plugin(std::filesystem::path(file_));
        if (!found) broken(found.error());
        plugin_ = std::make_unique<runtime::PluginFile>(std::move(*found));
    }
    return *plugin_;
}

const runtime::PluginFile& Subject::load() {
    read();
    if (!loaded_) {
        if (Status status = runtime::load_plugin(*plugin_); !status)
            throw Broken{to_text(status.error())};
        loaded_ = true;
    }
    return *plugin_;
}

const oms_settings* Subject::settings() {
    if (settings_ == nullptr) {
        std::optional<yaml::Node> node;
        if (!settings_file_.empty()) {
            auto document = yaml::load_file(settings_file_);
            if (!document) broken(document.error());
            node = std::move(*document);
        }
        auto checked = runtime::check_settings(
            manifest(), node ? &*node : nullptr,
            settings_file_.empty() ? "the manifest's defaults" : settings_file_);
        // The plugin is free to have settings without defaults: then its author says some.
        if (!checked && settings_file_.empty())
            throw Skipped{"it needs settings (" + checked.error().front().reason +
                          "): give some in a YAML file, with --settings FILE"};
        if (!checked) broken(checked.error());
        checked_ = std::move(*checked);
        auto made = runtime::ContractSettings::make(checked_);
        if (!made) broken(made.error());
        settings_ = std::make_unique<runtime::ContractSettings>(std::move(*made));
    }
    return settings_->get();
}

std::string Subject::text_setting(const std::string& name) {
    settings();
    for (const runtime::Setting& setting : checked_)
        if (setting.name == name) return setting.value.text;
    return {};
}

std::vector<std::string> exported_symbols(const std::string& file) {
    const std::string image = read_file(file);
    runtime::ElfLimits limits;
    limits.section_bytes = std::size_t{64} << 20;
    const auto symbols = runtime::find_section(image, ".dynsym", file, limits);
    const auto names = runtime::find_section(image, ".dynstr", file, limits);
    if (!symbols || !names) throw Broken{"it has no dynamic symbols: not a shared library"};
    std::vector<std::string> exported;
    for (std::size_t at = 0; at + sizeof(Elf64_Sym) <= symbols->size(); at += sizeof(Elf64_Sym)) {
        Elf64_Sym symbol;
        std::memcpy(&symbol, symbols->data() + at, sizeof symbol);
        const unsigned binding = symbol.st_info >> 4U;
        const bool shared = symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL;
        if (!shared || symbol.st_name >= names->size()) continue;
        const std::string_view rest = std::string_view(*names).substr(symbol.st_name);
        exported.emplace_back(rest.substr(0, rest.find('\0')));
    }
    return exported;
}

std::size_t thread_count() {
    std::size_t count = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
        static_cast<void>(entry);
        ++count;
    }
    return count;
}

}  // namespace oms::testkit
