// SPDX-License-Identifier: Apache-2.0
#include "cli/line_grammar.hpp"

#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <map>

namespace oms::cli {

namespace {

constexpr const char* lines_group = "Lines, in their order";
constexpr const char* behind_group = "Behind a line, about that line";
constexpr const char* order_group = "About the whole order";

/// Repeatable, one value a time, and no "..." in the help.
constexpr int many = CLI::detail::expected_max_vector_size - 1;

std::vector<std::string> split(const std::string& text, char sign) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (true) {
        const std::size_t end = text.find(sign, at);
        parts.push_back(text.substr(at, end - at));
        if (end == std::string::npos) return parts;
        at = end + 1;
    }
}

std::uint32_t direction(const std::string& word, const std::string& place) {
    if (word == "buy") return OMS_direction_receive;
    if (word == "sell") return OMS_direction_deliver;
    return need_word(sdk::direction_names, word, place);
}

/// Puts what a word says about a line where it belongs.
void describe_line(LineWords& line, const std::string& name, const std::string& value,
                   const std::string& place) {
    if (name == "role") {
        line.role = value;
    } else if (name == "in" || name == "parent") {
        line.parent = value;
    } else if (name == "ratio") {
        line.ratio = value;
    } else {
        line.terms.push_back({name, value, place});
    }
}

}  // namespace

void LineGrammar::option(CLI::App& verb, const std::string& name, Means means,
                         const std::string& type, const std::string& help,
                         const std::string& meant) {
    Option& made = options_.emplace_back();
    made.means = means;
    made.name = meant.empty() ? name : meant;
    made.option = verb.add_option("--" + name, made.values, help)
                      ->type_name(type)
                      ->expected(1, many)
                      ->allow_extra_args(false);
    const bool of_line = means == Means::line_term || means == Means::line_part;
    made.option->group(means == Means::line ? lines_group : of_line ? behind_group : order_group);
}

void LineGrammar::line_option(CLI::App& verb, const std::string& name, Means means,
                              const std::string& help) {
    Option& made = options_.emplace_back();
    made.means = means;
    made.name = name;
    made.option = verb.add_option("--" + name, made.values, help)
                      ->type_size(2)
                      ->type_name("QUANTITY PRODUCT")
                      ->expected(1, many)
                      ->allow_extra_args(false)
                      ->group(lines_group);
}

void LineGrammar::declare(CLI::App& verb) {
    verb.add_option("--kind", words_.kind, "Kind of order, as the configuration names it")
        ->required()
        ->type_name("KIND")
        ->group(order_group);
    verb.add_option("--account", words_.account, "Whose order it is")
        ->type_name("ACCOUNT")
        ->required()
        ->group(order_group);
    verb.add_option("--key", words_.key, "Its key; made and told when it is not given")
        ->type_name("KEY")
        ->group(order_group);
    verb.add_option("--parent", words_.parent, "The order that it is a part of")
        ->type_name("ORDER")
        ->group(order_group);
    verb.add_option("--currency", words_.currency, "Of amounts that do not name one")
        ->type_name("PRODUCT")
        ->group(order_group);
    line_option(verb, "buy", Means::receive, "The account receives so much");
    line_option(verb, "sell", Means::deliver, "The account delivers so much");
    line_option(verb, "receive", Means::receive, "The same as --buy, for anything that is owed");
    line_option(verb, "deliver", Means::deliver, "The same as --sell");
    option(verb, "line", Means::line, "LINE", "DIRECTION:QUANTITY:PRODUCT[:name=value...]");
    option(verb, "role", Means::line_part, "ROLE", "Its role in the lifecycle, by name or number");
    option(verb, "in", Means::line_part, "LINE", "Index of the line that it is a part of",
           "parent");
    option(verb, "ratio", Means::line_part, "NUMBER", "Units of it in one of that line");
    option(verb, "amount", Means::line_term, "AMOUNT",
           "Owed for all of it, as in 119.80 or \"119.80 EUR\"");
    option(verb, "tax", Means::line_term, "AMOUNT", "Of that, tax");
    option(verb, "price", Means::line_term, "PRICE", "Its own limit price");
    option(verb, "set", Means::line_term, "name=value", "Any field of the registry");
    option(verb, "limit", Means::order_term, "PRICE", "Limit price");
    option(verb, "stop", Means::order_term, "PRICE", "Stop price");
    option(verb, "tif", Means::order_term, "WORD", "Time in force: day, good_till_cancel, ...");
    option(verb, "term", Means::term, "name=value", "Any field of the registry");
    option(verb, "link", Means::link, "how=ORDER",
           "return_of, one_cancels_other, ... another order");
}

LineWords& LineGrammar::last_line(OrderWords& words, const std::string& place) {
    if (words.lines.empty())
        give_up(error_argument, place, "it speaks of a line, and there is none in front of it",
                "put it behind the line that it belongs to");
    return words.lines.back();
}

LineWords LineGrammar::whole_line(const std::string& text) {
    const std::string place = "--line " + text;
    const std::vector<std::string> parts = split(text, ':');
    if (parts.size() < 3)
        give_up(error_argument, place, "a line has a direction, a quantity and a product",
                "write it as receive:100:XYZ");
    LineWords line;
    line.place = place;
    line.direction = direction(parts[0], place);
    line.quantity = parts[1];
    line.product = parts[2];
    for (std::size_t at = 3; at < parts.size(); ++at) {
        const Assignment said = need_assignment(parts[at], place);
        describe_line(line, said.name, said.value, place);
    }
    return line;
}

void LineGrammar::take(OrderWords& words, const Option& option, const std::string& first,
                       const std::string& second) {
    const std::string place = "--" + option.name;
    switch (option.means) {
        case Means::receive:
        case Means::deliver: {
            LineWords& line = words.lines.emplace_back();
            line.direction = option.means == Means::receive ? std::uint32_t{OMS_direction_receive}
                                                            : std::uint32_t{OMS_direction_deliver};
            line.quantity = first;
            line.product = second;
            line.place = place + " " + first + " " + second;
            return;
        }
        case Means::line: words.lines.push_back(whole_line(first)); return;
        case Means::line_part:
            describe_line(last_line(words, place), option.name, first, place);
            return;
        case Means::line_term: {
            LineWords& line = last_line(words, place);
            Assignment said{option.name, first};
            if (option.name == "set") said = need_assignment(first, place);
            describe_line(line, said.name, said.value, place + " " + first);
            return;
        }
        case Means::order_term:
            words.terms.push_back({option.name, first, place + " " + first});
            return;
        case Means::term:
        case Means::link: {
            const Assignment said = need_assignment(first, place);
            auto& list = option.means == Means::term ? words.terms : words.links;
            list.push_back({said.name, said.value, place + " " + first});
            return;
        }
    }
}

OrderWords LineGrammar::read(const CLI::App& verb) const {
    OrderWords words = words_;
    std::map<const CLI::Option*, std::size_t> taken;
    for (const CLI::Option* parsed : verb.parse_order()) {
        const auto known = std::find_if(options_.begin(), options_.end(),
                                        [&](const Option& each) { return each.option == parsed; });
        if (known == options_.end()) continue;
        // The parser notes each value; a line has two of them.
        const bool pair = known->means == Means::receive || known->means == Means::deliver;
        const std::size_t at = taken[parsed]++;
        if (pair && at % 2 == 0) continue;
        const std::vector<std::string>& values = parsed->results();
        if (pair)
            take(words, *known, values.at(at - 1), values.at(at));
        else
            take(words, *known, values.at(at), {});
    }
    return words;
}

OrderWords read_order_arguments(const std::vector<std::string>& arguments) {
    CLI::App verb("", "order new");
    LineGrammar grammar;
    grammar.declare(verb);
    try {
        verb.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        give_up(error_demo, "demo.yaml", error.what(), "write it as for `oms order new`");
    }
    return grammar.read(verb);
}

}  // namespace oms::cli
