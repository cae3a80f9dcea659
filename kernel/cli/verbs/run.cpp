// SPDX-License-Identifier: Apache-2.0
// `oms run`: starts an oms, says what to try, and ends in good order.
#include "cli/product_folder.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "cli/verb.hpp"
#include "runtime/config/config.hpp"
#include "runtime/runtime.hpp"

#include <oms/sdk/json.hpp>

#include <atomic>
#include <csignal>

namespace oms::cli {

namespace {

struct Arguments {
    std::string config;
    std::string data;
    std::vector<std::string> plugin_path;
    std::vector<std::string> release;
    bool in_memory = false;
};

std::atomic<runtime::Runtime*> running{nullptr};

/// The first signal asks for an end in good order, a second one ends at once.
extern "C" void on_signal(int signal) {
    std::signal(signal, SIG_DFL);
    if (runtime::Runtime* runtime = running.load()) runtime->ask_to_stop();
}

runtime::Options options_of(Context& context, const Arguments& arguments, ProgressLine& progress) {
    runtime::Options options;
    options.config = need_config(context, arguments.config);
    options.in_memory = arguments.in_memory;
    options.data = arguments.data;
    for (const std::string& folder : arguments.plugin_path)
        options.plugin_path.emplace_back(folder);
    options.release = arguments.release;
    options.catch_crashes = true;
    options.progress = [&progress](const runtime::Progress& step) {
        progress.set_total(step.total);
        progress.show(step.done);
    };
    const Console& console = context.console;
    options.log = [&console, &progress](std::string_view line) {
        progress.clear();
        console.say(line);
    };
    return options;
}

std::string socket_of(const runtime::Options& options) {
    const auto places = runtime::read_config_places(options.config);
    if (!places) return {};
    if (options.data.empty()) return places->control.string();
    // A data directory of one's own has a socket of its own, unless the configuration names one.
    if (places->control == places->data / "control.sock")
        return (options.data / "control.sock").string();
    return places->control.string();
}

void say_hints(const Context& context, const Demo& demo) {
    const Console& console = context.console;
    if (demo.hints.empty()) return;
    std::error_code ignored;
    console.say("\nTry this in a second terminal, in " +
                std::filesystem::current_path(ignored).string() + ":");
    for (const Hint& hint : demo.hints) {
        console.say("\n  " + console.paint_talk(Style::dim, "# " + hint.say));
        if (!hint.command.empty())
            console.say("  " + console.paint_talk(Style::strong,
                                                  command_text(hint.command, context.program)));
    }
}

void say_ready(Context& context, const runtime::Options& options,
               const runtime::ProcessStatus& status) {
    const Console& console = context.console;
    const std::string socket = socket_of(options);
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("ready").boolean(true).key("version").string(status.version);
        json.key("config").string(status.config).key("data").string(status.data);
        json.key("socket").string(socket).key("process").number(status.process);
        json.key("epoch").number(status.epoch).key("seq").number(status.durable_seq);
        json.end_object();
        console.print_line(out);
        return;
    }
    std::size_t connectors = 0;
    for (const runtime::InstanceStatus& instance : status.instances)
        if (instance.kind == "connector") ++connectors;
    console.say("");
    console.say(console.paint_talk(Style::good, "oms " + status.version + " is ready") + ": " +
                std::to_string(status.instances.size()) + " plugins, " +
                std::to_string(connectors) + " of them connectors; " +
                count_text(status.durable_seq) + " decisions in the journal");
    console.say("  configuration  " + status.config);
    console.say("  data           " + status.data);
    console.say("  control        " + socket);
    for (const runtime::InstanceStatus& instance : status.instances)
        if (instance.state == "quarantined")
            console.say(console.paint_talk(Style::bad, instance.instance + " is quarantined") +
                        ": the process ended in its hands. Mend it, then: " + context.program +
                        " run --release " + instance.instance);
    const auto demo = read_demo(runtime::config_file(options.config).parent_path());
    if (!demo)
        console.complain(demo.error());
    else if (*demo)
        say_hints(context, **demo);
    console.say("\nCtrl-C ends it in good order; what was acknowledged survives any end.");
}

Exit run(Context& context, const Arguments& arguments) {
    context.console.ends_unread = false;
    ProgressLine progress(context.console, "replaying the journal", "decisions", 0);
    const runtime::Options options = options_of(context, arguments, progress);
    auto opened = runtime::Runtime::open(options);
    progress.clear();
    const std::unique_ptr<runtime::Runtime> runtime = need_all(std::move(opened));
    running = runtime.get();
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    const Status started = runtime->start();
    if (!started) {
        running = nullptr;
        give_up(started.error());
    }
    say_ready(context, options, runtime->status());
    runtime->wait();
    context.console.say("\nstopping ...");
    running = nullptr;
    const std::uint64_t seq = runtime->status().durable_seq;
    runtime->stop();
    context.console.say("stopped in good order after decision " + count_text(seq));
    return Exit::ok;
}

}  // namespace

void add_run(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(parent, "run", "Start an oms from a configuration and run it",
                              "oms run config/hybrid");
    verb->add_option("CONFIG", arguments->config, "A folder with oms.yaml, or the file");
    verb->add_option("--data", arguments->data, "Keep the journal here, not where it says");
    verb->add_flag("--in-memory", arguments->in_memory, "Write nothing: all is gone at the end");
    verb->add_option("--plugin-path", arguments->plugin_path, "Look for plugins here first")
        ->allow_extra_args(false);
    verb->add_option("--release", arguments->release, "Let a quarantined plugin in again")
        ->allow_extra_args(false);
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
