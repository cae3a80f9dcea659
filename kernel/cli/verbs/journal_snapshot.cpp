// SPDX-License-Identifier: Apache-2.0
// `oms journal snapshot`: a snapshot of a journal that nobody runs, so that its next start, perhaps
// with a newer version, is a short one.
#include "cli/journal_place.hpp"
#include "cli/progress.hpp"
#include "cli/verb.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/journal_reader.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::string directory;
    std::string mark;
};

Exit run(Context& context, const Arguments& arguments) {
    const Console& console = context.console;
    const runtime::SqliteJournalOptions options = journal_of(arguments.directory, arguments.mark);
    const runtime::OpenedToRead opened = need(runtime::open_to_read(options));
    if (!opened.live_seen)
        give_up(runtime::error_journal_locked, options.directory,
                "a process runs on this journal, and makes its snapshots itself",
                "set `journal: {snapshot_after: …}`, or end the process first");
    if (opened.journal->last_seq() == 0)
        give_up(error_file, options.directory, "the journal is empty", "there is nothing to hold");
    const auto refused = [&](const Error& error) {
        console.say("this snapshot is not used: " + error.place + ": " + error.reason);
    };
    const auto archive = need(runtime::ArchiveFile::open(*opened.journal->place(), refused));
    const runtime::SnapshotFacts facts = need(
        runtime::make_snapshot(*opened.journal, *archive, opened.journal->last_seq(), refused));
    const std::string name = opened.journal->place()->path(runtime::snapshot_name(facts.seq));
    const std::string hash = runtime::to_hex(facts.state_hash);
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("file").string(name).key("seq").number(facts.seq);
        json.key("orders").number(facts.orders).key("bytes").number(facts.bytes);
        json.key("state_hash").string(hash).end_object();
        console.print_line(out);
    } else {
        console.print_line(name);
        console.print_line(count_text(facts.seq) + " decisions, " + count_text(facts.orders) +
                           " orders that are not archived");
        console.print_line("state hash " + hash);
    }
    return Exit::ok;
}

}  // namespace

void add_journal_snapshot(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "snapshot",
                              "Make a snapshot of a journal that nobody runs, for its next start",
                              "oms journal snapshot config/hybrid");
    verb->add_option("DIRECTORY", arguments->directory,
                     "The configuration, its data directory, or the journal in it")
        ->required();
    verb->add_option("--mark", arguments->mark, "Its high-water mark, when that lies elsewhere");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
