// SPDX-License-Identifier: Apache-2.0
#include "runtime/runtime.hpp"

#include "runtime/assembly.hpp"
#include "runtime/config/load_files.hpp"

#include <utility>

namespace oms::runtime {

namespace {

constexpr std::int64_t own_patience_ms = 600'000;

/// Waits for the one thing that was asked of the kernel's thread.
Status wait_for(Kernel& kernel, Mailbox& mailbox, oms_status asked) {
    oms_status status = asked;
    if (asked == OMS_OK) {
        const std::int64_t patience_ms = kernel.help() ? 0 : own_patience_ms;
        status = mailbox.take(patience_ms, [](const oms_answer&) {});
    }
    if (status == OMS_OK) return {};
    return fail(error_port_stopped, {}, "the kernel does not take part any more",
                "see its last words");
}

}  // namespace

yaml::Errors check(const Options& options) {
    yaml::Errors warnings;
    const yaml::Checked<Config> config = read_config(source_of(options), &warnings);
    if (!config) return config.error();
    yaml::Problems problems;
    check_contents(*config, problems);
    if (!problems.empty()) return problems.take();
    // What is left shows only when the plugins are there: all of it is opened as for a run, in
    // memory, and nothing of it is started.
    Options trial = options;
    trial.in_memory = true;
    trial.control_socket = false;
    trial.open_journal = nullptr;
    trial.log = [](std::string_view) {};
    const auto opened = Runtime::open(std::move(trial));
    return opened ? yaml::Errors() : opened.error();
}

class Runtime::Parts : public Assembly {
    using Assembly::Assembly;
};

Runtime::Runtime(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Runtime::~Runtime() { stop(); }

yaml::Checked<std::unique_ptr<Runtime>> Runtime::open(Options options) {
    auto parts = std::make_unique<Parts>(std::move(options));
    yaml::Errors errors = parts->open();
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return std::unique_ptr<Runtime>(new Runtime(std::move(parts)));
}

Status Runtime::start() { return parts_->start(); }

void Runtime::stop() { parts_->stop(); }

std::unique_ptr<Port> Runtime::port(std::string_view name) {
    return std::make_unique<KernelPort>(parts_->backbone, std::string(name));
}

Status Runtime::advance_to(std::int64_t time) {
    auto* clock = dynamic_cast<VirtualClock*>(&parts_->clock());
    if (clock == nullptr) {
        return fail(error_clock, {}, "the real clock cannot be moved",
                    "give a VirtualClock in the options");
    }
    const auto mailbox = std::make_shared<Mailbox>();
    Kernel& kernel = *parts_->kernel;
    const oms_status asked =
        kernel.errand([&kernel, clock, time] { kernel.move_clock(*clock, time); }, mailbox, 1);
    return wait_for(kernel, *mailbox, asked);
}

Status Runtime::settle() {
    const auto mailbox = std::make_shared<Mailbox>();
    Kernel& kernel = *parts_->kernel;
    return wait_for(kernel, *mailbox, kernel.barrier(mailbox, 1));
}

bool Runtime::step() { return parts_->kernel->step(); }

Result<std::uint64_t> Runtime::make_snapshot() { return parts_->make_snapshot(); }

std::string Runtime::state_hash() {
    // The thread of the kernel owns the state; once it is stopped nobody does.
    const auto hash = std::make_shared<std::string>();
    const auto mailbox = std::make_shared<Mailbox>();
    const engine::Engine& engine = *parts_->machine;
    Kernel& kernel = *parts_->kernel;
    const oms_status asked =
        kernel.errand([hash, &engine] { *hash = engine.state_hash(); }, mailbox, 1);
    if (asked == OMS_STOPPED) return engine.state_hash();
    return wait_for(kernel, *mailbox, asked) ? *hash : std::string();
}

ProcessStatus Runtime::status() const { return parts_->status(); }

void Runtime::wait() { parts_->stop_bell.wait(); }

void Runtime::ask_to_stop() noexcept { parts_->stop_bell.ring(); }

}  // namespace oms::runtime
