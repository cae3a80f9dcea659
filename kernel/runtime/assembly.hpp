// SPDX-License-Identifier: Apache-2.0
// The parts of a running process and the order in which they come and go.
#pragma once

#include "engine/engine.hpp"
#include "runtime/call_guard.hpp"
#include "runtime/committer.hpp"
#include "runtime/config/config.hpp"
#include "runtime/control/control_socket.hpp"
#include "runtime/kernel.hpp"
#include "runtime/kernel_port.hpp"
#include "runtime/log.hpp"
#include "runtime/plugin_set.hpp"
#include "runtime/quarantine.hpp"
#include "runtime/ring.hpp"
#include "runtime/runtime.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"
#include "runtime/stop_bell.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace oms::runtime {

/// Where the options say that the configuration lies.
ConfigSource source_of(const Options& options);

class Assembly {
public:
    explicit Assembly(Options options);
    ~Assembly() { stop(); }
    Assembly(const Assembly&) = delete;
    Assembly& operator=(const Assembly&) = delete;

    yaml::Errors open();
    Status start();
    void stop();
    Result<std::uint64_t> make_snapshot();
    ProcessStatus status() const;
    Clock& clock() { return options_.clock != nullptr ? *options_.clock : real_clock_; }

    Backbone backbone;
    StopBell stop_bell;
    std::unique_ptr<engine::Engine> machine;
    std::unique_ptr<Kernel> kernel;

private:
    Status open_data();
    Status open_journal();
    Status open_marks();
    Status note_last_end();
    Status release();
    Status recover_state();
    Status restore_snapshot();
    Status open_archive();
    yaml::Errors take_in();
    bool was_unclean() const;
    void last_word(const Error& error);

    Options options_;
    RealClock real_clock_;
    Stats stats_;
    Log log_;
    Config config_;
    std::filesystem::path data_;  // empty: nothing is kept on disk
    std::int64_t started_at_ = 0;
    bool running_ = false;
    bool stopped_ = false;
    Projection projection_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<ArchiveFile> archive_;  // null: the journal keeps no files
    std::unique_ptr<CallMarks> marks_;
    Quarantine quarantine_;
    std::unique_ptr<Ring> ring_;
    std::unique_ptr<SnapshotKeeper> snapshots_;
    std::unique_ptr<Committer> committer_;
    PluginSet plugins_;
    std::unique_ptr<ControlSocket> control_;
};

}  // namespace oms::runtime
