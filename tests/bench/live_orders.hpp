// SPDX-License-Identifier: Apache-2.0
// An engine in memory with so many share orders alive; what it decides is timed, not how inputs are
// made.
#pragma once

#include "script.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::bench {

/// Bytes that malloc has given and not got back, in all of the process.
double bytes_in_use();

/// What an order looks like.
struct OrderForm {
    std::uint32_t lines = 1;
    std::string prefix = "s";  ///< of its key and of what the party calls it
};

class LiveOrders {
public:
    explicit LiveOrders(const Options& options, OrderForm form = {});

    /// So many accounts and products take turns from here on, those of the configuration not among
    /// them; each account is given money, each product a price.
    void add_accounts(std::size_t count);
    void add_products(std::size_t count);
    void spread();

    /// Places orders until so many are there, and has them acknowledged.
    void fill(std::size_t count);
    /// Places orders and does nothing more with them. Nanoseconds an input.
    double place(std::size_t count);
    /// Nanoseconds an input: orders are placed and acknowledged, and as many of those that were
    /// there before, far apart from each other, are executed in two parts.
    double round();

    /// Carts with so many lines, one of them their payment: each is placed, paid for and sourced,
    /// all of its goods from one place. Nanoseconds a cart.
    double place_carts(std::size_t count, std::uint32_t lines);

    const World& world() const { return assembly_->machine->world(); }

private:
    std::size_t far_apart(std::size_t turn) const;
    sdk::Batch cart(const std::string& key, std::uint32_t lines) const;
    std::uint32_t define(oms_define head, std::size_t number, std::string_view prefix,
                         const std::vector<Term>& terms);
    void report(std::size_t number, std::uint32_t type, std::int64_t quantity, int part);
    void decide(const oms_batch& input);

    OrderForm form_;
    runtime::VirtualClock clock_{start_of_day};
    std::unique_ptr<runtime::Assembly> assembly_;
    Names names_;
    ShareOrders shares_;
    std::vector<std::uint32_t> accounts_;
    std::vector<std::uint32_t> products_;
    std::size_t placed_ = 0;
    std::size_t filled_ = 0;
    std::size_t executed_ = 0;
    double timed_ns_ = 0;
    std::uint64_t timed_ = 0;
    std::string ref_;
    Frame frame_;
    sdk::Batch batch_;
};

}  // namespace oms::bench
