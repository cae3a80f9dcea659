// SPDX-License-Identifier: Apache-2.0
#include "runtime/assembly.hpp"

#include "runtime/journal/memory_journal.hpp"
#include "runtime/opening.hpp"
#include "runtime/recovery.hpp"

#include <oms/sdk/suggest.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace oms::runtime {

namespace fs = std::filesystem;

namespace {

/// As sysexits.h numbers a failure of input or output, and of the software itself.
constexpr int exit_io = 74;
constexpr int exit_software = 70;

yaml::Errors one(const Error& error) { return {error}; }

}  // namespace

ConfigSource source_of(const Options& options) {
    return {options.config, options.config_text, options.plugin_path, options.plugins};
}

Assembly::Assembly(Options options)
    : options_(std::move(options)),
      log_(options_.log, &stats_.log_lines_left_out),
      plugins_(log_) {}

yaml::Errors Assembly::open() {
    yaml::Errors warnings;
    yaml::Checked<Config> config = read_config(source_of(options_), &warnings);
    if (!config) return config.error();
    config_ = std::move(*config);
    for (const Error& warning : warnings) log_.warning("oms", to_text(warning));

    // The journal's lock comes first: a second process must not touch anything behind it.
    if (Status status = open_data(); !status) return one(status.error());
    if (Status status = open_journal(); !status) return one(status.error());
    if (Status status = open_marks(); !status) return one(status.error());

    ring_ = std::make_unique<Ring>(config_.limits.ring_bytes, stats_);
    backbone.journal = journal_.get();
    backbone.projection = &projection_;
    backbone.ring = ring_.get();
    backbone.clock = &clock();
    backbone.stats = &stats_;
    yaml::Errors errors = plugins_.create(config_, quarantine_, data_, backbone);
    if (!errors.empty()) return errors;

    engine::Bindings bindings = plugins_.bindings(config_);
    bindings.guard = marks_.get();
    machine = std::make_unique<engine::Engine>(std::move(bindings));
    if (Status status = recover_state(); !status) return one(status.error());
    return take_in();
}

Status Assembly::open_data() {
    if (options_.in_memory) return {};
    data_ = options_.data.empty() ? config_.data : options_.data;
    if (config_.control.empty()) config_.control = data_ / "control.sock";
    std::error_code error;
    fs::create_directories(data_, error);
    if (!error) return {};
    return fail(error_config_data, data_.string(),
                "the data directory cannot be made: " + error.message(),
                "set \"data\" to a folder that can be written, or give --data");
}

Status Assembly::open_journal() {
    if (options_.open_journal) {
        Result<std::unique_ptr<Journal>> given = options_.open_journal();
        if (!given) return tl::unexpected(given.error());
        journal_ = std::move(*given);
        return {};
    }
    if (options_.in_memory) {
        journal_ = make_memory_journal();
        return {};
    }
    SqliteJournalOptions options = config_.journal;
    options.directory = (data_ / "journal").string();
    options.accept_missing_mark = options_.accept_missing_mark;
    Result<std::unique_ptr<SqliteJournal>> opened = SqliteJournal::open(options);
    if (!opened) return tl::unexpected(opened.error());
    journal_ = std::move(*opened);
    return {};
}

Status Assembly::open_marks() {
    Result<std::unique_ptr<CallMarks>> marks =
        CallMarks::open(data_.empty() ? fs::path() : data_ / "calls.mark", stats_);
    if (!marks) return tl::unexpected(marks.error());
    marks_ = std::move(*marks);
    Result<Quarantine> quarantine =
        Quarantine::open(data_.empty() ? fs::path() : data_ / "quarantine.txt");
    if (!quarantine) return tl::unexpected(quarantine.error());
    quarantine_ = std::move(*quarantine);
    if (Status status = note_last_end(); !status) return status;
    return release();
}

bool Assembly::was_unclean() const { return marks_->last_end().how >= LastEnd::How::unclean; }

Status Assembly::note_last_end() {
    const LastEnd& last = marks_->last_end();
    const std::string& instance = last.instance;
    switch (last.how) {
        case LastEnd::How::first:
        case LastEnd::How::clean: return {};
        case LastEnd::How::unclean:
            log_.warning("oms",
                         "the last process did not stop in good order" +
                             (instance.empty() ? "; all that it acknowledged is in the journal"
                                               : "; a call into " + instance + " had just begun"));
            return {};
        case LastEnd::How::in_a_call:
            return quarantine_.add(instance,
                                   "the last process was killed during a long call into it");
        case LastEnd::How::stalled:
            return quarantine_.add(instance, "a call into it did not come back");
        case LastEnd::How::crashed:
            return quarantine_.add(instance, "the last process crashed in a call into it");
    }
    return {};
}

Status Assembly::release() {
    for (const std::string& instance : options_.release) {
        if (config_.instance(instance) == nullptr) {
            std::vector<std::string> known;
            for (const InstanceSpec& spec : config_.instances) known.push_back(spec.name);
            return fail(
                error_config_unknown, "--release",
                "there is no instance \"" + instance + "\"" + sdk::did_you_mean(instance, known),
                "known are " + sdk::name_list(known));
        }
        if (Status status = quarantine_.release(instance); !status) return status;
    }
    return {};
}

/// What the newest good snapshot holds need not be folded again.
Status Assembly::restore_snapshot() {
    const auto start = std::chrono::steady_clock::now();
    if (Status status = open_archive(); !status) return status;
    std::optional<LoadedSnapshot> loaded =
        newest_snapshot(*journal_, archive_.get(), [this](const Error& error) {
            log_.warning("oms", "this snapshot is not used: " + to_text(error));
        });
    const std::uint64_t seq = loaded ? loaded->facts.seq : 0;
    snapshots_ = std::make_unique<SnapshotKeeper>(*journal_, archive_.get(), config_.snapshots, seq,
                                                  log_, stats_);
    if (archive_ != nullptr) {
        if (Status status = archive_->begin(seq); !status) return status;
        machine->read_archive_from(archive_.get(), 0);
    }
    if (!loaded) return {};
    projection_.restore(loaded->fold->world);
    machine->restore(std::move(loaded->fold->world), loaded->facts.observed);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    log_.info("oms",
              fmt::format("decisions up to {} taken from a snapshot in {:.2f} s", seq, seconds));
    return {};
}

Status Assembly::open_archive() {
    if (journal_->place() == nullptr) return {};
    Result<std::unique_ptr<ArchiveFile>> opened =
        ArchiveFile::open(*journal_->place(), [this](const Error& error) {
            log_.warning("oms", "the archive of retired orders is made anew: " + to_text(error));
        });
    if (!opened) return tl::unexpected(std::move(opened.error()));
    archive_ = std::move(*opened);
    return {};
}

Status Assembly::recover_state() {
    if (Status status = restore_snapshot(); !status) return status;
    const Result<Recovered> recovered =
        recover(*journal_, *machine, projection_, options_.progress, archive_.get());
    if (!recovered) return tl::unexpected(recovered.error());
    if (recovered->decisions > 0) {
        const double seconds = recovered->seconds > 0 ? recovered->seconds : 1e-9;
        log_.info("oms", fmt::format("{} decisions replayed in {:.2f} s ({:.0f} a second)",
                                     recovered->decisions, recovered->seconds,
                                     static_cast<double>(recovered->decisions) / seconds));
    }
    ring_->begin_after(journal_->last_seq());
    stats_.durable_seq.set(journal_->last_seq());
    return {};
}

yaml::Errors Assembly::take_in() {
    committer_ = std::make_unique<Committer>(*journal_, projection_, *ring_, stats_,
                                             [this](const Error& error) { last_word(error); });
    kernel = std::make_unique<Kernel>(*machine, *journal_, projection_, *committer_, clock(),
                                      stats_, config_.limits.kernel);
    Opening opening(config_, *kernel, *machine, projection_, log_);
    yaml::Errors errors = opening.run(OMS_VERSION);
    if (!errors.empty()) return errors;
    if (config_.start_halted_after_crash && was_unclean()) {
        auto halt = sdk::make<oms_set_halt>();
        halt.scope = OMS_halt_scope_all;
        halt.on = 1;
        halt.reason = sdk::text("the last process did not stop in good order");
        sdk::Batch input;
        input.add(halt);
        kernel->decide_now(input.view());
        kernel->commit_now();
        log_.warning("oms",
                     "everything is halted, as start_halted_after_crash asks for; "
                     "`oms resume` when it is safe");
    }
    if (committer_->failed()) {
        return one({error_config_taken, data_.string(), "the first decisions were not committed",
                    "see the last word above"});
    }
    plugins_.set_instance_ids(projection_.names, *marks_);
    return {};
}

Status Assembly::start() {
    started_at_ = RealClock().now();
    if (options_.catch_crashes) marks_->catch_crashes();
    if (options_.threads) {
        marks_->watch(config_.limits.plugin_stall_ms,
                      [this](const Error& error) { last_word(error); });
        kernel->start();
    } else {
        kernel->start_by_hand();
    }
    backbone.kernel = kernel.get();
    running_ = true;
    if (Status status = plugins_.start(config_.limits.stop_timeout_ms); !status) {
        stop();
        return status;
    }
    if (options_.threads) snapshots_->start();
    if (!options_.control_socket || !options_.threads || data_.empty()) return {};
    ControlSocket::Wiring wiring;
    wiring.path = config_.control;
    wiring.version = OMS_VERSION;
    wiring.most_clients = config_.limits.control_clients;
    wiring.status = [this] { return status(); };
    wiring.stop = [this] { stop_bell.ring(); };
    control_ = std::make_unique<ControlSocket>(backbone, log_, stats_, std::move(wiring));
    Status listening = control_->start();
    if (!listening) stop();
    return listening;
}

void Assembly::stop() {
    if (stopped_) return;
    stopped_ = true;
    if (control_ != nullptr) control_->stop();
    plugins_.stop(config_.limits.stop_timeout_ms);
    if (kernel != nullptr) kernel->stop();
    backbone.stop_ports();
    if (snapshots_ != nullptr) snapshots_->stop();
    if (archive_ != nullptr) archive_->close();
    if (journal_ != nullptr) {
        if (Status closed = journal_->close(); !closed) log_.error("oms", to_text(closed.error()));
    }
    const bool failed = committer_ != nullptr && committer_->failed();
    if (marks_ != nullptr && !failed) marks_->close();
    stop_bell.ring();
}

Result<std::uint64_t> Assembly::make_snapshot() {
    const Result<std::optional<SnapshotFacts>> made = snapshots_->turn();
    if (!made) return tl::unexpected(made.error());
    return *made ? (*made)->seq : 0;
}

ProcessStatus Assembly::status() const {
    ProcessStatus status;
    status.version = OMS_VERSION;
    status.config = config_.file;
    status.data = data_.empty() ? "memory" : fs::absolute(data_).string();
    status.process = static_cast<std::uint64_t>(getpid());
    status.started = started_at_;
    status.epoch = journal_->epoch();
    status.durable_seq = ring_->last_seq();
    status.cancel_only = stats_.cancel_only.get() != 0;
    status.instances = plugins_.status(*marks_);
    status.counters = stats_.all();
    return status;
}

/// Memory is ahead of the disk, or a plugin never came back: nothing more may be said or done.
void Assembly::last_word(const Error& error) {
    log_.error("oms", to_text(error));
    if (options_.on_fatal) return options_.on_fatal(error);
    const bool stalled = error.code == error_plugin_stall;
    const std::string place = data_.empty() ? "memory" : data_.string();
    std::fputs(
        fmt::format("\noms: the process ends here. {}\n"
                    "  durable: every decision up to {}; nothing beyond was answered or sent\n"
                    "  what to do: {}; then start it again, it goes on from there ({})\n",
                    to_text(error), ring_->last_seq(),
                    stalled ? "see the plugin" : "mend what is said above", place)
            .c_str(),
        stderr);
    std::fflush(stderr);
    std::_Exit(stalled ? exit_software : exit_io);
}

}  // namespace oms::runtime
