// SPDX-License-Identifier: Apache-2.0
// Plays a ticket: a text file that tells what owners ask, what parties say, and what must then be
// so. README.md beside this file describes the lines.
#pragma once

#include "runtime/runtime.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::test {

/// The words of a line, taken one by one. Throws std::runtime_error with what was expected.
class Words {
public:
    explicit Words(std::string_view line);
    bool empty() const { return words_.empty(); }
    std::string take(const char* what);
    /// Takes the next word if it is this one.
    bool take_if(std::string_view word);
    std::string rest();
    void end() const;

private:
    std::deque<std::string> words_;
};

class Ticket {
public:
    Ticket(const std::string& config, const std::string& plugins);
    ~Ticket();

    /// Plays the file; the first line that does not hold throws with file and line.
    void play(const std::string& path);

private:
    void line(std::string_view text);
    void step(const std::string& verb, Words& words);

    // ---- what owners ask: ticket.cpp
    void place(Words& words, std::uint32_t flags);
    void amend(Words& words);
    void cancel(Words& words);
    void route(Words& words);
    void raise(Words& words);
    void answer_task(Words& words);
    void observe(Words& words);
    void wait(Words& words);
    void post(Words& words);
    void cell(Words& words);
    void halt(Words& words, bool on);
    void adopt(Words& words);
    void party_says(const std::string& who, Words& words);
    void add_lines(std::string text, sdk::Batch& batch);
    void add_terms(Words& words, std::uint32_t line, std::uint32_t product, sdk::Batch& batch);

    // ---- what must be so: ticket_expect.cpp
    void expect(Words& words);
    void expect_order(const std::string& name, Words& words);
    void expect_route(const std::string& name, Words& words);
    void expect_balance(Words& words);
    void expect_balanced();
    void expect_replay();

    runtime::Reply ask(oms_query query);
    void send(const sdk::Batch& batch);
    std::uint64_t order_id(const std::string& name) const;
    std::uint64_t route_id(const std::string& name);
    std::uint32_t id(std::uint32_t reference_class, const std::string& code);
    const oms_reference_row& named(std::uint32_t reference);
    std::int64_t number(const std::string& text, std::uint32_t scale) const;
    std::int64_t quantity(std::uint32_t product, const std::string& text);
    std::int64_t price(std::uint32_t product, const std::string& text);
    template <class Head>
    Head with_key();

    runtime::VirtualClock clock_;
    std::unique_ptr<runtime::Runtime> runtime_;
    std::unique_ptr<runtime::Port> port_;
    std::map<std::string, std::uint64_t> orders_;
    std::map<std::uint32_t, oms_reference_row> names_;
    runtime::Reply reply_;
    sdk::Batch last_;               ///< the last request, for `again`
    bool refusal_expected_ = true;  ///< that of the last request has been looked at
    std::uint64_t keys_ = 0;
    std::string key_;
};

}  // namespace oms::test
