// SPDX-License-Identifier: Apache-2.0
// `oms demo`: places the orders of the configuration's demo.yaml and tells, event by event, what
// becomes of them until they have ended.
#include "cli/history.hpp"
#include "cli/line_grammar.hpp"
#include "cli/narrator.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "runtime/config/config.hpp"
#include "runtime/runtime.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>

namespace oms::cli {

namespace {

struct Arguments {
    std::string config;
    double patience_s = 60;
};

struct Placed {
    std::string title;
    std::string tag;  ///< what its lines begin with
    std::uint64_t order = 0;
    std::uint64_t seq = 0;
    std::int64_t placed_at = 0;
    std::int64_t ended_at = 0;
    std::uint64_t told = 0;
    std::string status;
    std::string beyond;
    bool open = true;
};

constexpr Style tag_styles[] = {Style::accent, Style::warn, Style::good};

class Show {
public:
    Show(Session& session, const Demo& demo, double patience_s)
        : session_(session),
          console_(session.context().console),
          demo_(demo),
          patience_s_(patience_s),
          narrator_(session.names(), Detail::brief) {}

    Exit run() {
        for (const DemoOrder& order : demo_.orders) place(order);
        tell();
        summary();
        const bool all = std::none_of(placed_.begin(), placed_.end(),
                                      [](const Placed& each) { return each.open; });
        return all ? Exit::ok : Exit::refused;
    }

private:
    void place(const DemoOrder& order) {
        OrderWords words = read_order_arguments(order.place);
        if (words.key.empty()) words.key = make_key(now_ns());
        words.place = order.title;
        const runtime::Reply reply =
            request_known(session_, OrderWriter(session_).place(words), {words.key, "order"});
        if (!reply.accepted()) give_up(refusal(reply, order.title));
        Placed placed;
        placed.title = order.title;
        placed.beyond = order.beyond;
        placed.tag = std::to_string(reply.order);
        placed.order = reply.order;
        placed.seq = reply.seq;
        placed_.push_back(placed);
        if (console_.json) return;
        std::string arguments;
        for (const std::string& argument : order.place)
            arguments +=
                " " + (argument.find(' ') == std::string::npos ? argument : "\"" + argument + "\"");
        console_.print_line(paint(placed_.size() - 1, order.title) + " is order " + placed.tag);
        console_.print_line(console_.paint(Style::dim, "  oms order new" + arguments));
    }

    std::string paint(std::size_t at, const std::string& text) const {
        return console_.paint(tag_styles[at % std::size(tag_styles)], text);
    }

    void tell() {
        if (!console_.json) console_.print("\n");
        const auto begun = std::chrono::steady_clock::now();
        const auto late = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() >
                   patience_s_;
        };
        std::uint64_t from = placed_.front().seq;
        for (const Placed& each : placed_) from = std::min(from, each.seq);
        std::uint64_t seen = from - 1;
        while (!late()) {
            // What is durable when all have ended holds all that there is to tell.
            const bool open = any_open();
            const std::uint64_t durable = session_.port().durable_seq();
            if (seen < durable) {
                read_history(session_, seen + 1, durable, [&](const oms_batch& decision) {
                    tell_decision(decision);
                    return true;
                });
                seen = durable;
            } else if (!open) {
                return;
            } else {
                wait_for(seen + 1);
            }
        }
    }

    bool any_open() {
        bool open = false;
        for (Placed& each : placed_) {
            each.open = session_.is_open(each.order);
            open = open || each.open || (!each.beyond.empty() && each.status == each.beyond);
        }
        return open;
    }

    /// Until there is a decision with this seq, or for a short while.
    void wait_for(std::uint64_t next) {
        std::uint64_t seq = next - 1;
        session_.port().read(OMS_READ_ALL, 0, seq, 200,
                             [](const oms_batch&) -> oms_status { return OMS_AGAIN; });
    }

    void tell_decision(const oms_batch& decision) {
        narrator_.learn(decision);
        const oms_decision* header = header_of(decision);
        for (std::size_t at = 0; at < placed_.size(); ++at) {
            Placed& each = placed_[at];
            if (!concerns(decision, each.order)) continue;
            if (each.placed_at == 0) each.placed_at = header->time;
            for (const oms_record& record : sdk::Records(decision)) {
                const auto* changed = sdk::as<oms_status_changed>(record);
                if (changed == nullptr || changed->order != each.order || changed->route != 0)
                    continue;
                each.status = sdk::view(changed->status);
            }
            each.ended_at = header->time;
            ++each.told;
            show(at, decision);
            return;
        }
    }

    void show(std::size_t at, const oms_batch& decision) {
        if (console_.json) {
            std::string line;
            sdk::append_json_decision(line, decision, session_.names());
            console_.print_line(line);
            return;
        }
        const Told told = narrator_.tell(decision);
        const double after_ms = static_cast<double>(told.time - placed_[0].placed_at) / 1e6;
        std::string time = std::to_string(static_cast<std::int64_t>(after_ms + 0.5)) + " ms";
        time.insert(0, time.size() < 9 ? 9 - time.size() : 0, ' ');
        const std::string tag = paint(at, "│ ");
        const std::string indent = at % 2 == 0 ? "" : "    ";
        console_.print_line(console_.paint(Style::dim, time) + "  " + indent + tag +
                            console_.paint(told.what.style, told.what.text));
        for (const Sentence& sentence : told.details)
            console_.print_line(std::string(11, ' ') + indent + tag + "  " +
                                console_.paint(sentence.style, sentence.text));
    }

    void summary() {
        if (console_.json) return;
        console_.print("\n");
        Table table({{"order"}, {"what"}, {"status"}, {"took", true}, {"decisions", true}});
        for (const Placed& each : placed_) {
            const std::int64_t ms = (each.ended_at - each.placed_at) / 1'000'000;
            table.add({std::to_string(each.order),
                       each.title,
                       {each.status + (each.open ? " (not ended yet)" : ""),
                        style_of_status(each.status, !each.open)},
                       std::to_string(ms) + " ms",
                       std::to_string(each.told)});
        }
        console_.print(table.aligned(console_));
        const std::string& program = session_.context().program;
        const std::string first = std::to_string(placed_.front().order);
        console_.say("\nTry next:");
        std::vector<Hint> hints{{"The ticket of an order", "oms order show " + first},
                                {"Which rules said what, and what they saw", "oms why " + first}};
        hints.insert(hints.end(), demo_.next.begin(), demo_.next.end());
        for (const Hint& hint : hints)
            console_.say(
                "  " + console_.paint_talk(Style::strong, command_text(hint.command, program)) +
                (hint.command.empty() ? "" : "    ") + console_.paint_talk(Style::dim, hint.say));
    }

    Session& session_;
    const Console& console_;
    const Demo& demo_;
    double patience_s_;
    Narrator narrator_;
    std::vector<Placed> placed_;
};

Demo need_demo(const std::filesystem::path& config) {
    const std::filesystem::path folder = runtime::config_file(config).parent_path();
    auto demo = need_all(read_demo(folder));
    if (demo && !demo->orders.empty()) return std::move(*demo);
    give_up(error_demo, (folder / "demo.yaml").string(), "this configuration has no demo",
            "write a demo.yaml with `orders`, or use a configuration that has one");
}

/// Nobody runs: an oms of our own, in memory, for as long as the demo takes.
Exit run_in_memory(Context& context, const Arguments& arguments) {
    const Console& console = context.console;
    const std::filesystem::path config = need_config(context, arguments.config);
    const Demo demo = need_demo(config);
    console.say("No oms runs here, so this one runs by itself, in memory, with " + config.string() +
                ".\n");
    runtime::Options options;
    options.config = config;
    options.in_memory = true;
    options.control_socket = false;
    std::string log;
    options.log = [&log](std::string_view line) { log.append(line).append("\n"); };
    auto opened = runtime::Runtime::open(options);
    const std::unique_ptr<runtime::Runtime> runtime = need_all(std::move(opened));
    if (const Status started = runtime->start(); !started) {
        console.say_raw(log);
        give_up(started.error());
    }
    Exit exit = Exit::ok;
    {
        Session session(context, runtime->port("demo"), config);
        exit = Show(session, demo, arguments.patience_s).run();
    }
    runtime->stop();
    if (!console.json)
        console.say(
            "\nThat was in memory: those commands need an oms that stays. Start one with: " +
            context.program + " run " + config.string());
    return exit;
}

Exit run(Context& context, const Arguments& arguments) {
    if (!arguments.config.empty() && context.config.empty()) context.config = arguments.config;
    const std::unique_ptr<Session> session = Session::try_open(context);
    if (session == nullptr) return run_in_memory(context, arguments);
    const runtime::ProcessStatus status = need(session->client()->status());
    const Demo demo = need_demo(status.config);
    return Show(*session, demo, arguments.patience_s).run();
}

}  // namespace

void add_demo(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb =
        add_verb(parent, "demo",
                 "Place the configuration's example orders and watch them to the end", "oms demo");
    verb->add_option("CONFIG", arguments->config, "Whose examples, when none runs");
    verb->add_option("--patience", arguments->patience_s, "Seconds until it stops watching")
        ->check(between(1, 3600))
        ->capture_default_str();
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
