// SPDX-License-Identifier: Apache-2.0
// `oms journal verify`: whether a journal is what was written.
#include "runtime/journal/journal_verify.hpp"
#include "cli/progress.hpp"
#include "cli/verb.hpp"
#include "runtime/config/config.hpp"

#include <oms/sdk/json.hpp>

#include <filesystem>

namespace oms::cli {

namespace {

struct Arguments {
    std::string directory;
    std::string mark;
};

std::string hex(const runtime::JournalHash& hash) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : hash) {
        text += digits[static_cast<unsigned>(byte) >> 4];
        text += digits[static_cast<unsigned>(byte) & 15];
    }
    return text;
}

void print_json(const Console& console, const runtime::JournalReport& report) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object().key("whole").boolean(report.whole()).key("id").string(report.id);
    json.key("last_seq").number(report.last_seq).key("commits").number(report.commits);
    json.key("segments").number(report.segments).key("last_hash").string(hex(report.last_hash));
    json.key("live_seen").boolean(report.live_seen).key("findings").begin_array();
    for (const runtime::JournalFinding& finding : report.findings) {
        json.begin_object().key("code").string(code_text(finding.error.code));
        json.key("harmless").boolean(finding.harmless);
        json.key("first_seq").number(finding.first_seq).key("last_seq").number(finding.last_seq);
        json.key("place").string(finding.error.place).key("reason").string(finding.error.reason);
        json.key("remedy").string(finding.error.remedy).end_object();
    }
    json.end_array().end_object();
    console.print_line(out);
}

void print_text(const Console& console, const runtime::JournalReport& report, double seconds) {
    for (const runtime::JournalFinding& finding : report.findings) {
        if (finding.harmless)
            console.say("worth knowing: " + finding.error.place + ": " + finding.error.reason);
        else
            console.complain({finding.error});
    }
    const std::string facts =
        count_text(report.last_seq) + " decisions in " + count_text(report.commits) +
        " commits and " + count_text(report.segments) +
        (report.segments == 1 ? " segment, read in " : " segments, read in ") + span_text(seconds);
    console.print_line(report.whole() ? console.paint(Style::good, "whole") + ": " + facts
                                      : console.paint(Style::bad, "damaged") + ": " + facts);
    console.print_line("last hash " + hex(report.last_hash));
}

Exit run(Context& context, const Arguments& arguments) {
    runtime::SqliteJournalOptions options;
    options.directory = arguments.directory;
    options.mark = arguments.mark;
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::path(arguments.directory) / "oms.yaml", ignored))
        options.directory =
            need_all(runtime::read_config_places(arguments.directory)).data.string();
    // The data directory of a configuration keeps its journal in a folder of its own.
    const std::filesystem::path inner = std::filesystem::path(options.directory) / "journal";
    if (std::filesystem::is_directory(inner, ignored)) options.directory = inner.string();
    if (!std::filesystem::is_directory(options.directory, ignored))
        give_up(error_file, options.directory, "there is no such directory",
                "name the data directory of a configuration, or the journal in it");
    ProgressLine progress(context.console, "verifying", "segments", 0);
    const double before = progress.seconds();
    auto report = runtime::verify_journal(options, [&](std::size_t done, std::size_t total) {
        progress.set_total(total);
        progress.show(done);
    });
    progress.clear();
    const runtime::JournalReport found = need(std::move(report));
    if (context.console.json)
        print_json(context.console, found);
    else
        print_text(context.console, found, progress.seconds() - before);
    return found.whole() ? Exit::ok : Exit::journal_damaged;
}

}  // namespace

void add_journal_verify(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "verify", "Read a journal and check that nothing is amiss",
                              "oms journal verify config/hybrid");
    verb->add_option("DIRECTORY", arguments->directory,
                     "The configuration, its data directory, or the journal in it")
        ->required();
    verb->add_option("--mark", arguments->mark, "Its high-water mark, when that lies elsewhere");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
