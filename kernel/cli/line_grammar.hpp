// SPDX-License-Identifier: Apache-2.0
// The grammar of `oms order new`: what the options mean in the order in which they were typed.
//
//     --buy 100 XYZ --limit 10.25 --tif day
//     --deliver 2 ABC --amount 119.80 --receive 119.80 EUR --role money
//     --line receive:100:XYZ --line deliver:50:ABC:role=1
//
// --buy and --receive are one word, so are --sell and --deliver. What stands behind a line and is
// about lines (--role, --amount, --tax, --price, --in, --ratio, --set) speaks of that line; all
// other options speak of the order.
#pragma once

#include "cli/order_writer.hpp"
#include "cli/verb.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace oms::cli {

class LineGrammar {
public:
    /// Declares the options; the object must outlive the parsing.
    void declare(CLI::App& verb);
    /// The order in words, from what was parsed.
    OrderWords read(const CLI::App& verb) const;

private:
    enum class Means : std::uint8_t {
        receive,
        deliver,
        line,
        line_term,
        line_part,
        order_term,
        term,
        link
    };
    struct Option {
        CLI::Option* option;
        Means means;
        std::string name;
        std::vector<std::string> values;
    };
    void option(CLI::App& verb, const std::string& name, Means means, const std::string& type,
                const std::string& help, const std::string& meant = {});
    void line_option(CLI::App& verb, const std::string& name, Means means, const std::string& help);
    static void take(OrderWords& words, const Option& option, const std::string& first,
                     const std::string& second);
    static LineWords whole_line(const std::string& text);
    static LineWords& last_line(OrderWords& words, const std::string& place);

    std::deque<Option> options_;
    OrderWords words_;
};

/// The same grammar over arguments in a file: what `demo.yaml` holds.
OrderWords read_order_arguments(const std::vector<std::string>& arguments);

}  // namespace oms::cli
