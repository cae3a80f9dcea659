// SPDX-License-Identifier: Apache-2.0
#include "cli/product_folder.hpp"

#include "lifecycle/yaml/compile.hpp"
#include "yaml/readers.hpp"

#include <algorithm>
#include <system_error>

namespace oms::cli {

namespace fs = std::filesystem;

namespace {

std::vector<Hint> read_hints(yaml::Fields& fields, std::string_view key) {
    std::vector<Hint> hints;
    const yaml::Node* list = fields.list(key);
    if (list == nullptr) return hints;
    for (const yaml::Node& node : list->items()) {
        yaml::Fields hint(node, fields.problems(), "hint");
        Hint read;
        read.say = hint.text("say", yaml::required).value_or("");
        read.command = hint.text("command").value_or("");
        hints.push_back(std::move(read));
    }
    return hints;
}

}  // namespace

ProductFolder::ProductFolder(const fs::path& config) {
    std::error_code ignored;
    const fs::path file = fs::is_directory(config, ignored) ? config / "oms.yaml" : config;
    folder_ = file.parent_path();
    const yaml::Checked<yaml::Node> document = yaml::load_file(file.string());
    if (!document) return;
    if (const yaml::Node* kinds = document->find("kinds"); kinds != nullptr && kinds->is_map())
        for (const yaml::Node& kind : kinds->items())
            if (const yaml::Node* name = kind.find("lifecycle"); name != nullptr)
                lifecycle_of_kind_[kind.key()] = name->text();
    const yaml::Node* files = document->find("lifecycles");
    if (files == nullptr || !files->is_list()) return;
    for (const yaml::Node& each : files->items()) {
        yaml::Checked<lifecycle::Compiled> compiled =
            lifecycle::compile_file((folder_ / each.text()).lexically_normal().string());
        if (compiled) lifecycles_[compiled->table.name] = std::move(compiled->table);
    }
}

const lifecycle::Table* ProductFolder::lifecycle(std::string_view kind) const {
    const auto name = lifecycle_of_kind_.find(kind);
    if (name == lifecycle_of_kind_.end()) return nullptr;
    const auto table = lifecycles_.find(name->second);
    return table == lifecycles_.end() ? nullptr : &table->second;
}

std::vector<std::string> ProductFolder::roles(std::string_view kind) const {
    const lifecycle::Table* table = lifecycle(kind);
    return table == nullptr ? std::vector<std::string>() : table->roles;
}

std::vector<std::string> ProductFolder::kinds() const {
    std::vector<std::string> names;
    for (const auto& [kind, lifecycle] : lifecycle_of_kind_) names.push_back(kind);
    return names;
}

std::string command_text(const std::string& command, const std::string& program) {
    std::string text;
    for (std::size_t at = 0; at < command.size();) {
        const bool begins = at == 0 || command.compare(at - std::min<std::size_t>(at, 3),
                                                       std::min<std::size_t>(at, 3), "&& ") == 0;
        if (begins && command.compare(at, 4, "oms ") == 0) {
            text += program;
            at += 3;
        } else {
            text += command[at++];
        }
    }
    return text;
}

yaml::Checked<std::optional<Demo>> read_demo(const fs::path& folder) {
    const fs::path file = folder / "demo.yaml";
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::optional<Demo>();
    const yaml::Checked<yaml::Node> document = yaml::load_file(file.string());
    if (!document) return tl::unexpected(document.error());
    yaml::Problems problems;
    Demo demo;
    {
        yaml::Fields fields(*document, problems, "the demo");
        if (const yaml::Node* orders = fields.list("orders")) {
            for (const yaml::Node& node : orders->items()) {
                yaml::Fields order(node, problems, "order");
                DemoOrder read;
                read.title = order.text("title", yaml::required).value_or("");
                read.place = order.texts("place", yaml::required).value_or(read.place);
                read.beyond = order.text("beyond").value_or("");
                demo.orders.push_back(std::move(read));
            }
        }
        demo.hints = read_hints(fields, "try");
        demo.next = read_hints(fields, "next");
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    return std::optional<Demo>(std::move(demo));
}

}  // namespace oms::cli
