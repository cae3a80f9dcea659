// SPDX-License-Identifier: Apache-2.0
// PostgreSQL and its own pgbench as a peer: rows that are durable one by one.
#pragma once

#include "figures.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace oms::bench {

/// A cluster of its own in the bench's folder, by postgres.sh; absent where there is none.
class Postgres {
public:
    explicit Postgres(const Options& options)
        : script_("'" + (options.config / "postgres.sh").string() + "' '" +
                  (options.directory / "postgres").string() + "' "),
          is_there_(run("start") == "started\n") {}
    ~Postgres() {
        if (is_there_) run("stop");
    }
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    bool is_there() const { return is_there_; }
    /// Each row is committed by itself.
    double rows_per_second(std::size_t clients, double seconds) const {
        const std::string answer =
            run("rows " + std::to_string(clients) + " " +
                std::to_string(std::max(1, static_cast<int>(seconds + 0.5))));
        const double rows = std::strtod(answer.c_str(), nullptr);
        if (rows <= 0) die("PostgreSQL committed nothing: " + answer);
        return rows;
    }

private:
    std::string run(const std::string& verb) const {
        std::FILE* pipe = ::popen((script_ + verb).c_str(), "r");
        if (pipe == nullptr) die("no process can be started");
        std::string text;
        char bytes[256];
        while (const std::size_t got = std::fread(bytes, 1, sizeof bytes, pipe))
            text.append(bytes, got);
        return ::pclose(pipe) == 0 ? text : std::string();
    }
    std::string script_;
    bool is_there_;
};

}  // namespace oms::bench
