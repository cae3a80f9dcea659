// SPDX-License-Identifier: Apache-2.0
// oms_bench: what the parts of oms do a second, each beside what limits it.
#include "figures.hpp"

#include <CLI/CLI.hpp>

#include <sys/vfs.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace {

using namespace oms::bench;

struct Part {
    const char* name;
    const char* help;
    Section (*run)(const Options&);
};
constexpr Part parts[] = {
    {"durable", "orders through the runtime, on disk", bench_durable},
    {"journal", "the journal alone, beside a raw file", bench_journal},
    {"kernel", "the engine alone, with plugins", bench_kernel},
    {"replay", "the journal folded back into the state", bench_replay},
    {"bytes", "what each kind of input takes in the journal", bench_bytes},
};

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

void print(const Section& section) {
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

int main(int count, char** arguments) {
    Options options;
    bool json = false;
    std::vector<std::string> chosen;
    options.config = OMS_BENCH_CONFIG;
    const auto binary = std::filesystem::canonical("/proc/self/exe");
    options.directory = binary.parent_path().parent_path() / "oms_bench.tmp";
    std::string about =
        "What the parts of oms do a second, each beside what limits it.\n\nParts:\n";
    for (const Part& part : parts) about += std::string("  ") + part.name + ": " + part.help + "\n";
    CLI::App app(about);
    app.add_option("part", chosen, "which parts; all when left out")
        ->check([](const std::string& name) {
            for (const Part& part : parts)
                if (name == part.name) return std::string();
            return "there is no part " + name;
        });
    app.add_flag("--json", json, "one JSON document instead of tables");
    app.add_option("--directory", options.directory, "a folder on the disk to be measured");
    app.add_option("--config", options.config, "the configuration that is played on");
    app.add_option("--rounds", options.rounds, "of each figure")->check(CLI::Range(1, 1000));
    app.add_option("--seconds", options.seconds, "of one round")->check(CLI::Range(0.01, 600.0));
    app.add_option("--orders", options.orders, "of kernel, replay and bytes")
        ->check(CLI::Range(1, 2'000'000));
    CLI11_PARSE(app, count, arguments);

    std::filesystem::remove_all(options.directory);
    std::filesystem::create_directories(options.directory);
    const std::string shape = machine(options);
    if (json) {
        std::printf("{\"machine\":\"%s\",\"rounds\":%d,\"round_s\":%g,\"sections\":[\n",
                    shape.c_str(), options.rounds, options.seconds);
    } else {
        std::printf("%s\n%d rounds; each figure is their median (lowest-highest)\n", shape.c_str(),
                    options.rounds);
    }
    bool first = true;
    for (const Part& part : parts) {
        if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), part.name) == chosen.end())
            continue;
        const Section section = part.run(options);
        if (json && !first) std::printf(",\n");
        json ? print_json(section) : print(section);
        first = false;
    }
    if (json) std::printf("\n]}\n");
    std::filesystem::remove_all(options.directory);
    return 0;
}
