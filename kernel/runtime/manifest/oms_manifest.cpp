// SPDX-License-Identifier: Apache-2.0
// oms-manifest: checks a plugin's manifest at build time and makes from it what the plugin's build
// needs. Its messages look like a compiler's, so that editors jump to the place.
#include "runtime/manifest/generate.hpp"
#include "runtime/manifest/manifest.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

constexpr int exit_wrong = 1;  ///< the manifest is wrong
constexpr int exit_usage = 2;  ///< the arguments are, or a file cannot be read or written

constexpr const char* help =
    "Usage: oms-manifest --input manifest.yaml [--settings-header OUT.hpp] "
    "[--section-source OUT.c]\n"
    "\n"
    "Checks the manifest of a plugin, and writes the typed settings struct and the source that\n"
    "embeds the manifest in the binary. oms_add_plugin() calls it.\n"
    "\n"
    "Exit codes: 0 good, 1 the manifest is wrong, 2 bad arguments or files.\n";

struct Arguments {
    std::string input;
    std::string settings_header;
    std::string section_source;
    bool help = false;
    std::string fault;
};

Arguments read_arguments(int count, char** values) {
    Arguments arguments;
    for (int at = 1; at < count; ++at) {
        const std::string name = values[at];
        if (name == "--help" || name == "-h") {
            arguments.help = true;
            return arguments;
        }
        std::string* target = nullptr;
        if (name == "--input") target = &arguments.input;
        if (name == "--settings-header") target = &arguments.settings_header;
        if (name == "--section-source" || name == "--section-object-source") {
            target = &arguments.section_source;
        }
        if (target == nullptr) {
            arguments.fault = "unknown argument " + name;
        } else if (at + 1 == count) {
            arguments.fault = name + " needs a file behind it";
        } else {
            *target = values[++at];
        }
    }
    if (arguments.fault.empty() && arguments.input.empty()) arguments.fault = "--input is missing";
    return arguments;
}

void print(const oms::Error& error) {
    std::cerr << error.place << ": error: " << error.reason << " [" << oms::code_text(error.code)
              << "]\n";
    if (!error.remedy.empty()) {
        std::cerr << error.place << ": note: what to do: " << error.remedy << "\n";
    }
}

/// Whole or not at all: a build that is broken off leaves no half file that looks new.
bool write_file(const std::string& path, const std::string& text) {
    const std::string unfinished = path + ".unfinished";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (file && std::rename(unfinished.c_str(), path.c_str()) == 0) return true;
    std::cerr << path << ": error: cannot be written: " << std::strerror(errno) << "\n";
    return false;
}

int run(const Arguments& arguments) {
    using namespace oms::runtime;
    // What is embedded is what was checked: one reading serves both.
    std::ifstream file(arguments.input, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) {
        std::cerr << arguments.input << ": error: cannot be read: " << std::strerror(errno) << "\n";
        return exit_usage;
    }
    const std::string text = content.str();
    const oms::yaml::Checked<Manifest> manifest = parse_manifest(text, arguments.input);
    if (!manifest) {
        for (const oms::Error& error : manifest.error()) print(error);
        return exit_wrong;
    }
    if (const oms::Status status = check_abi(*manifest, arguments.input); !status) {
        print(status.error());
        return exit_wrong;
    }
    if (!arguments.settings_header.empty() &&
        !write_file(arguments.settings_header, settings_header(*manifest))) {
        return exit_usage;
    }
    if (!arguments.section_source.empty() &&
        !write_file(arguments.section_source, section_source(*manifest, text))) {
        return exit_usage;
    }
    return 0;
}

}  // namespace

int main(int count, char** values) {
    const Arguments arguments = read_arguments(count, values);
    if (arguments.help) {
        std::cout << help;
        return 0;
    }
    if (!arguments.fault.empty()) {
        std::cerr << "oms-manifest: error: " << arguments.fault << "\n\n" << help;
        return exit_usage;
    }
    return run(arguments);
}
