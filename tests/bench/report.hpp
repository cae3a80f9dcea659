// SPDX-License-Identifier: Apache-2.0
// The figures as somebody reads them: tables for a terminal, for docs/performance.md, for a
// program.
#pragma once

#include "figures.hpp"

#include <string>

namespace oms::bench {

enum class Form { text, markdown, json };

/// Writes to stdout as sections are done, since a run takes minutes.
class Report {
public:
    Report(Form form, const Options& options);
    void add(const Section& section);
    void end();

private:
    Form form_;
    bool first_ = true;
};

}  // namespace oms::bench
