// SPDX-License-Identifier: Apache-2.0
// From an order in words, as options or columns say it, to the records that place it.
#pragma once

#include "cli/session.hpp"
#include "cli/values.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oms::cli {

/// A term as it was written, and where: messages name the place.
struct TermWords {
    std::string name;
    std::string value;
    std::string place;
};

struct LineWords {
    std::uint32_t direction = 0;
    std::string quantity;
    std::string product;
    std::string role;    ///< a name or a number; empty: the first
    std::string parent;  ///< the index of an earlier line
    std::string ratio;   ///< units of this line in one of its parent
    std::vector<TermWords> terms;
    std::string place;
};

struct OrderWords {
    std::string key;
    std::string kind;
    std::string account;
    std::string parent;
    std::string currency;  ///< of amounts that name none
    std::vector<LineWords> lines;
    std::vector<TermWords> terms;  ///< of the order as a whole
    std::vector<TermWords> links;  ///< `return_of` and an order
    std::string place;
};

/// Turns words into records; what cannot be understood ends the verb with the word's place.
class OrderWriter {
public:
    explicit OrderWriter(Session& session) : session_(session) {}

    sdk::Batch place(const OrderWords& words);

    struct Product {
        std::uint32_t reference = 0;
        unsigned scale = 0;
        unsigned price_scale = 0;
        std::string code;
    };
    Product product(const std::string& code, const std::string& place);

    /// A term's record. `product` has the scale of quantities and prices, null: several could;
    /// `currency` that of amounts which name none.
    oms_term term(const TermWords& words, std::uint32_t line, const Product* product,
                  const Product* currency);
    /// `name` or `name` of the short options: tif, limit, stop, amount, tax, price.
    static std::string long_name(const std::string& name);

private:
    struct Line {
        const LineWords* words;
        Product product;
    };
    std::uint32_t role(const OrderWords& words, const LineWords& line);
    oms_line line_record(const OrderWords& words, const LineWords& line, std::uint32_t index,
                         const Product& product);
    const Product* currency_for(const std::vector<Line>& lines, const Product* own) const;
    std::int64_t money(const TermWords& words, const Product* currency, std::uint32_t& product);

    Session& session_;
    std::optional<Product> currency_;
};

}  // namespace oms::cli
