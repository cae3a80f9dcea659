// SPDX-License-Identifier: Apache-2.0
// The runtime as a library: what `oms run`, Python and the tests embed, on files or in memory, with
// the real clock or one that they move themselves.
//
//     runtime::Options options;
//     options.config = "config/hybrid";
//     auto opened = Runtime::open(options);           // reads, checks, loads, recovers
//     if (!opened) return yaml::to_text(opened.error());
//     Runtime& oms = **opened;
//     if (Status status = oms.start(); !status) ...   // plugins run from here on
//     std::unique_ptr<Port> port = oms.port("desk");
//     ...
//     oms.stop();
#pragma once

#include "runtime/clock.hpp"
#include "runtime/plugin_catalogue.hpp"
#include "runtime/port.hpp"
#include "runtime/recovery.hpp"
#include "runtime/status.hpp"
#include "yaml/document.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

struct Options {
    /// The folder of an assembled product, or its oms.yaml.
    std::filesystem::path config;
    /// Instead of a file: the configuration itself; `config` is then what relative paths start at.
    std::optional<std::string> config_text;
    /// No file is written: the journal is in memory, and so is everything that is lost with it.
    bool in_memory = false;
    /// Instead of the configured data directory.
    std::filesystem::path data;
    /// Searched for plugins before the configured folders.
    std::vector<std::filesystem::path> plugin_path;
    std::vector<GivenPlugin> plugins;
    /// Null: the machine's clock. It must outlive the runtime.
    Clock* clock = nullptr;
    bool control_socket = true;
    /// Note on disk which plugin was at work when the process gets a fatal signal.
    bool catch_crashes = false;
    /// Quarantined instances that get another chance.
    std::vector<std::string> release;
    /// Instead of the journal that the configuration describes: for simulations and tests.
    std::function<Result<std::unique_ptr<Journal>>()> open_journal;
    /// The operator knows that the journal's high-water mark is lost.
    bool accept_missing_mark = false;
    /// Instead of the end of the process when a commit fails or a plugin stalls; for tests. From
    /// there on nothing is decided, committed or shown.
    std::function<void(const Error&)> on_fatal;
    /// False: the kernel has no thread. It works on the thread of whoever waits for it (`settle`,
    /// `advance_to`, a port's calls with a timeout) or drives it by `step`, and commits there. So
    /// whoever calls decides what happens in which order: the same calls give the same journal.
    /// There is no control socket and no watchdog; one thread at a time.
    bool threads = true;
    /// Told now and then during a long start.
    std::function<void(const Progress&)> progress;
    /// A line for people; null: stderr. Called by one thread at a time.
    std::function<void(std::string_view line)> log;
};

/// All that is wrong with a configuration, its lifecycles, its seed files and its plugins'
/// settings; when nothing is, what is wrong with the plugins themselves, which are loaded and
/// created as for a run. Nothing is started, no port is opened and no file is written.
yaml::Errors check(const Options& options);

class Runtime {
public:
    /// Reads and checks the configuration, loads the plugins, replays the journal, takes in what
    /// the configuration defines, and makes that durable. No plugin runs yet.
    static yaml::Checked<std::unique_ptr<Runtime>> open(Options options);
    ~Runtime();  ///< stops, when that was not done

    /// Starts the plugins (inside ones first, then connectors, then subscribers) and the control
    /// socket. When one of them does not start, the others are stopped again.
    Status start();

    /// Stops plugins, commits what was taken, closes the journal. Later calls do nothing.
    void stop();

    /// A port of one's own, under a name for messages. It must not outlive the runtime.
    std::unique_ptr<Port> port(std::string_view name);

    /// Moves a virtual clock to `time`; what falls due on the way is decided at its own time.
    /// Returns when all of it is durable. With the real clock: OMS-6001.
    Status advance_to(std::int64_t time);

    /// Returns when everything that was submitted before is decided and durable.
    Status settle();

    /// Without threads: decides and commits one round of what waits or is due. False: nothing more
    /// waits.
    bool step();

    /// Makes a snapshot on the caller's thread if enough was sealed since the last one; with
    /// threads there is one that does this by itself. The seq that it ends with; 0: none was due.
    Result<std::uint64_t> make_snapshot();

    ProcessStatus status() const;
    /// Hex, over the canonical form of the state: equal live and on replay.
    std::string state_hash();

    /// Blocks until `stop_asked` was called (by a signal handler, or over the control socket).
    void wait();
    /// Safe in a signal handler.
    void ask_to_stop() noexcept;

private:
    class Parts;
    explicit Runtime(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace oms::runtime
