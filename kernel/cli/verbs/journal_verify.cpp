// SPDX-License-Identifier: Apache-2.0
// `oms journal verify`: whether a journal is what was written, and whether the plugins of today
// would decide the same.
#include "runtime/journal/journal_verify.hpp"
#include "cli/journal_place.hpp"
#include "cli/narrator.hpp"
#include "cli/progress.hpp"
#include "cli/verb.hpp"
#include "runtime/journal/journal_reader.hpp"
#include "runtime/redecide.hpp"

#include <oms/sdk/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace oms::cli {

namespace {

struct Arguments {
    std::string directory;
    std::string mark;
    bool redecide = false;
    std::vector<std::string> plugin_path;
};

void print_json(const Console& console, const runtime::JournalReport& report) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object().key("whole").boolean(report.whole()).key("id").string(report.id);
    json.key("last_seq").number(report.last_seq).key("commits").number(report.commits);
    json.key("segments")
        .number(report.segments)
        .key("last_hash")
        .string(runtime::to_hex(report.last_hash));
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
    console.print_line("last hash " + runtime::to_hex(report.last_hash));
}

/// Which configuration's plugins are asked: the one named, or the one whose journal it is.
runtime::ConfigSource configuration(const Context& context, const Arguments& arguments) {
    runtime::ConfigSource source;
    source.place = context.config.empty() ? arguments.directory : context.config;
    for (const std::string& folder : arguments.plugin_path) source.plugin_path.emplace_back(folder);
    std::error_code ignored;
    if (!std::filesystem::exists(runtime::config_file(source.place), ignored) ||
        std::filesystem::is_directory(runtime::config_file(source.place), ignored))
        give_up(error_argument, "--redecide", "nothing says which configuration is meant",
                "name the configuration instead of its data, or add --config FOLDER");
    return source;
}

void print_otherwise(const Console& console, const oms_batch& decided, const oms_batch& would_be,
                     const runtime::Projection& names) {
    if (console.json) {
        std::string out = "{\"decided\":";
        sdk::append_json_decision(out, decided, names.names);
        out += ",\"would_be\":";
        sdk::append_json_decision(out, would_be, names.names);
        console.print_line(out + "}");
        return;
    }
    const auto lines = [&](const oms_batch& decision) {
        Narrator narrator(names.names, Detail::full);
        return narrator.lines(console, narrator.tell(decision));
    };
    console.print_line(console.paint(Style::strong, "decided:"));
    console.print(lines(decided));
    console.print_line(console.paint(Style::strong, "would be decided:"));
    console.print(lines(would_be) + "\n");
}

Exit redecide(Context& context, const Arguments& arguments,
              const runtime::SqliteJournalOptions& options) {
    const Console& console = context.console;
    const runtime::ConfigSource source = configuration(context, arguments);
    const runtime::OpenedToRead opened = need(runtime::open_to_read(options));
    ProgressLine progress(console, "deciding again", "decisions", opened.journal->last_seq());
    const runtime::Redecided done = need_all(runtime::redecide(
        *opened.journal, source,
        [&](const oms_batch& decided, const oms_batch& would_be, const runtime::Projection& names) {
            progress.clear();
            print_otherwise(console, decided, would_be, names);
        },
        [&](const runtime::Progress& now) { progress.show(now.done); }));
    progress.clear();
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("decisions").number(done.decisions);
        json.key("decided_again").number(done.again).key("otherwise").number(done.otherwise);
        json.key("input_not_recorded").number(done.untold).end_object();
        console.print_line(out);
    } else {
        console.print_line(
            count_text(done.again) + " of " + count_text(done.decisions) +
            " decisions decided again: " +
            (done.otherwise == 0 ? "all alike" : count_text(done.otherwise) + " otherwise"));
        if (done.untold > 0)
            console.say(count_text(done.untold) +
                        " do not tell what was asked: an older version wrote them");
    }
    return done.otherwise == 0 ? Exit::ok : Exit::refused;
}

Exit run(Context& context, const Arguments& arguments) {
    const runtime::SqliteJournalOptions options = journal_of(arguments.directory, arguments.mark);
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
    if (!found.whole()) return Exit::journal_damaged;
    return arguments.redecide ? redecide(context, arguments, options) : Exit::ok;
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
    verb->add_flag("--redecide", arguments->redecide,
                   "Decide everything again with the plugins of the configuration, and tell what "
                   "they would decide otherwise");
    verb->add_option("--plugin-path", arguments->plugin_path, "Look for plugins here first")
        ->allow_extra_args(false);
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
