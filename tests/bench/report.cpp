// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <sys/vfs.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

namespace oms::bench {

namespace {

std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    return "an unknown processor";
}

std::string file_system(const std::filesystem::path& directory) {
    struct statfs about {};
    if (::statfs(directory.c_str(), &about) != 0) return "unknown";
    switch (about.f_type) {
        case 0xef53: return "ext4";
        case 0x58465342: return "xfs";
        case 0x9123683e: return "btrfs";
        case 0x01021994: return "tmpfs, which is memory: figures of disks mean nothing here";
        case 0x794c7630: return "overlayfs";
        default: {
            char number[32];
            std::snprintf(number, sizeof number, "type 0x%lx",
                          static_cast<unsigned long>(about.f_type));
            return number;
        }
    }
}

/// What of the machine the figures depend on; no name of it.
std::string machine(const Options& options) {
    std::string text = std::to_string(std::thread::hardware_concurrency()) + " cores of " +
                       processor() + ", file system " + file_system(options.directory) + ", ";
#ifdef __clang__
    text += "clang " + std::to_string(__clang_major__);
#else
    text += "gcc " + std::to_string(__GNUC__);
#endif
#ifdef NDEBUG
    return text + ", release build";
#else
    return text + ", NOT a release build";
#endif
}

std::string number(double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, value < 100 ? "%.3g" : "%.0f", value);
    std::string text = digits;
    if (text.find_first_not_of("0123456789") != std::string::npos) return text;
    for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
    return text;
}

std::string shown(const Spread& spread) {
    std::string text = number(spread.median);
    if (spread.low != spread.high)
        text += " (" + number(spread.low) + "-" + number(spread.high) + ")";
    return text;
}

/// The text in lines that are not too long.
std::string wrapped(const std::string& text) {
    constexpr std::size_t columns = 96;
    std::string lines;
    std::size_t column = 0;
    std::istringstream words(text);
    for (std::string word; words >> word; column += word.size() + 1) {
        if (column + word.size() > columns) column = 0;
        lines += (column == 0 ? "\n  " : " ") + word;
    }
    return lines;
}

void print_text(const Section& section) {
    std::printf("\n%s%s\n\n", section.name.c_str(), wrapped(section.about).c_str());
    std::printf("  %-46s %-12s %-32s %s\n", "", "unit", "oms", "beside it, and the ratio");
    for (const Figure& each : section.figures) {
        std::string beside;
        if (each.peer_value.is_set)
            beside = each.peer + " " + shown(each.peer_value) + "; x " + shown(each.ratio);
        std::printf("  %-46s %-12s %-32s %s\n", each.name.c_str(), each.unit.c_str(),
                    shown(each.value).c_str(), beside.c_str());
    }
    std::fflush(stdout);
}

/// A line of a table cannot hold its separator; ours never do.
void print_markdown(const Section& section) {
    std::printf("\n### %s%s\n", section.name.c_str(), wrapped(section.about).c_str());
    std::printf("\n| | unit | oms | beside it | ratio |\n|---|---|---|---|---|\n");
    for (const Figure& each : section.figures) {
        const bool beside = each.peer_value.is_set;
        std::printf("| %s | %s | %s | %s | %s |\n", each.name.c_str(), each.unit.c_str(),
                    shown(each.value).c_str(),
                    beside ? (each.peer + " " + shown(each.peer_value)).c_str() : "",
                    beside ? shown(each.ratio).c_str() : "");
    }
    std::fflush(stdout);
}

void print_json(const char* name, const Spread& spread) {
    std::printf(",\"%s\":{\"median\":%.6g,\"low\":%.6g,\"high\":%.6g}", name, spread.median,
                spread.low, spread.high);
}

/// No text of ours holds a quote or a backslash.
void print_json(const Section& section) {
    std::printf("{\"section\":\"%s\",\"about\":\"%s\",\"figures\":[", section.name.c_str(),
                section.about.c_str());
    bool first = true;
    for (const Figure& each : section.figures) {
        std::printf("%s\n{\"name\":\"%s\",\"unit\":\"%s\"", first ? "" : ",", each.name.c_str(),
                    each.unit.c_str());
        print_json("value", each.value);
        if (each.peer_value.is_set) {
            std::printf(",\"peer\":\"%s\"", each.peer.c_str());
            print_json("peer_value", each.peer_value);
            print_json("ratio", each.ratio);
        }
        std::printf("}");
        first = false;
    }
    std::printf("]}");
    std::fflush(stdout);
}

}  // namespace

Report::Report(Form form, const Options& options) : form_(form) {
    const std::string shape = machine(options);
    if (form == Form::json)
        std::printf("{\"machine\":\"%s\",\"rounds\":%d,\"round_s\":%g,\"sections\":[\n",
                    shape.c_str(), options.rounds, options.seconds);
    else
        std::printf("%s; %d rounds of %g s; median (lowest-highest)\n", shape.c_str(),
                    options.rounds, options.seconds);
}

void Report::add(const Section& section) {
    if (form_ == Form::json && !first_) std::printf(",\n");
    first_ = false;
    switch (form_) {
        case Form::text: return print_text(section);
        case Form::markdown: return print_markdown(section);
        case Form::json: return print_json(section);
    }
}

void Report::end() {
    if (form_ == Form::json) std::printf("\n]}\n");
}

}  // namespace oms::bench
