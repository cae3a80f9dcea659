// SPDX-License-Identifier: Apache-2.0
#include "testkit/conformance/conformance.hpp"

#include "testkit/conformance/card.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace oms::testkit {

namespace {

std::vector<PlayedCard> all_cards() {
    std::vector<PlayedCard> all;
    for (const auto& part : {common_cards(), life_cards(), inside_cards(), outside_cards()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

bool is_for(const PlayedCard& card, runtime::PluginKind kind) {
    if (card.kind == "every") return true;
    if (card.kind == "inside") return runtime::is_inside(kind);
    if (card.kind == "outside") return !runtime::is_inside(kind);
    return card.kind == runtime::name_of(kind);
}

/// What the child writes: one letter for the outcome, then the reason.
std::string play(const PlayedCard& card, Subject& subject) {
    try {
        card.play(subject);
        return "p";
    } catch (const Broken& broken) {
        return "f" + broken.reason;
    } catch (const Skipped& skipped) {
        return "s" + skipped.reason;
    } catch (const std::exception& thrown) {
        return std::string("f") + "an exception came out of the plugin: " + thrown.what();
    } catch (...) {
        return "fsomething that is no std::exception came out of the plugin";
    }
}

void write_all(int file, const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = ::write(file, text.data() + written, text.size() - written);
        if (count <= 0) return;
        written += static_cast<std::size_t>(count);
    }
}

/// Reads until the writer is gone, or the time is over. False: it is over.
bool read_all(int file, std::string& text, std::int64_t timeout_ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                              end - std::chrono::steady_clock::now())
                              .count();
        pollfd waiting{file, POLLIN, 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return false;
        char buffer[4096];
        const ssize_t count = ::read(file, buffer, sizeof buffer);
        if (count <= 0) return true;
        text.append(buffer, static_cast<std::size_t>(count));
    }
}

void judge(CardResult& result, const std::string& told, int status) {
    if (WIFSIGNALED(status)) {
        result.reason =
            std::string("the process ended in the plugin's hands: ") + strsignal(WTERMSIG(status));
    } else if (told.empty()) {
        result.reason = "the process ended in the plugin's hands, with exit code " +
                        std::to_string(WEXITSTATUS(status));
    } else {
        result.outcome = told[0] == 'p'   ? CardOutcome::passed
                         : told[0] == 's' ? CardOutcome::skipped
                                          : CardOutcome::failed;
        result.reason = told.substr(1);
    }
}

CardResult play_apart(const PlayedCard& card, const std::string& file,
                      const ConformanceOptions& options) {
    CardResult result{std::string(card.id), std::string(card.title), CardOutcome::failed, {}};
    int ends[2];
    if (::pipe(ends) != 0) {
        result.reason = "no pipe could be made";
        return result;
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        Subject subject(file, options.settings_file);
        write_all(ends[1], play(card, subject));
        std::_Exit(0);  // no destructors: threads that a plugin left behind may still run
    }
    ::close(ends[1]);
    std::string told;
    const bool in_time = child > 0 && read_all(ends[0], told, options.card_timeout_ms);
    ::close(ends[0]);
    if (child < 0) {
        result.reason = "no process could be made";
        return result;
    }
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (in_time)
        judge(result, told, status);
    else
        result.reason = "it took longer than " + std::to_string(options.card_timeout_ms) + " ms";
    return result;
}

}  // namespace

std::vector<Card> cards() {
    std::vector<Card> all;
    for (const PlayedCard& card : all_cards()) all.push_back(card);
    return all;
}

std::vector<CardResult> verify_plugin(const std::string& file, const ConformanceOptions& options) {
    std::vector<CardResult> results;
    bool readable = true;
    runtime::PluginKind kind = runtime::PluginKind::check;
    for (const PlayedCard& card : all_cards()) {
        if (readable && !results.empty() && !is_for(card, kind)) continue;
        const bool wanted =
            options.only.empty() ||
            std::find(options.only.begin(), options.only.end(), card.id) != options.only.end();
        // The first card reads the manifest: without one there is nothing more to play.
        if (!wanted && !results.empty()) continue;
        if (!readable) break;
        CardResult result = play_apart(card, file, options);
        if (results.empty()) {
            readable = result.outcome == CardOutcome::passed;
            if (readable) kind = Subject(file, {}).manifest().kind();
        }
        if (wanted || !readable) {
            if (options.tell) options.tell(result);
        }
        results.push_back(std::move(result));
    }
    if (!options.only.empty() && readable)
        std::erase_if(results, [&](const CardResult& result) {
            return std::find(options.only.begin(), options.only.end(), result.id) ==
                   options.only.end();
        });
    return results;
}

}  // namespace oms::testkit
