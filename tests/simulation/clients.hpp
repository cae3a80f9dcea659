// SPDX-License-Identifier: Apache-2.0
// A desk's traders, a shop's buyers and its clerks: they ask for what makes sense to them, and
// remember what they were told.
#pragma once

#include "moment.hpp"
#include "world.hpp"

#include "runtime/port.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace oms::simulation {

class Clients {
public:
    using OnAnswer = std::function<void(const Asked&, const Told&)>;

    Clients(World& world, OnAnswer on_answer) : world_(world), on_answer_(std::move(on_answer)) {}

    /// One of them does one thing.
    void act(runtime::Port& port, Moment& moment);
    /// 64 buyers at once for something of which there is one.
    void rush(runtime::Port& port, Moment& moment);
    /// Halts a scope, or resumes one.
    void halt(runtime::Port& port, Moment& moment);
    void resume_all(runtime::Port& port);
    void take_answers(runtime::Port& port);
    /// The process died: what was on its way is not waited for any more.
    void process_died();

private:
    void place_trade(Moment& moment);
    void place_basket(Moment& moment, std::uint32_t product, std::int64_t quantity);
    void place_enquiry(Moment& moment);
    bool place_refund(Moment& moment);
    void about_an_order(Moment& moment);
    void cancel(const ReadOrder& order);
    void amend(const ReadOrder& order, Moment& moment);
    void route(const ReadOrder& order, Moment& moment);
    void raise(const ReadOrder& order, Moment& moment);
    void resolve(Moment& moment);
    void deposit(Moment& moment);
    void send_again(runtime::Port& port, Moment& moment);

    template <class Head>
    Head head(std::uint32_t origin);
    void line(std::uint32_t index, std::uint32_t product, std::uint32_t direction,
              std::int64_t quantity, std::uint32_t role = 0);
    void number(std::uint32_t index, std::uint32_t field, std::int64_t value,
                std::uint32_t product = 0);
    void submit(runtime::Port& port, std::uint64_t token);
    void set_halt(runtime::Port& port, Scope scope, bool on);
    const ReadOrder* any_order(Moment& moment) const;

    World& world_;
    OnAnswer on_answer_;
    std::uint64_t keys_ = 0;
    std::string key_;
    sdk::Batch input_;  ///< that is being written
    Asked draft_;
};

}  // namespace oms::simulation
