// SPDX-License-Identifier: Apache-2.0
// What has to be so before the first request: a new epoch is begun, and everything that the
// configuration defines is there. All of it goes through the kernel as inputs like any other.
#pragma once

#include "runtime/config/config.hpp"
#include "runtime/config/terms.hpp"
#include "runtime/kernel.hpp"
#include "runtime/log.hpp"
#include "runtime/projection.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

class Opening {
public:
    Opening(const Config& config, Kernel& kernel, const engine::Engine& engine,
            const Projection& projection, Log& log)
        : config_(config),
          kernel_(kernel),
          engine_(engine),
          names_(projection.names),
          log_(log),
          terms_(projection.names) {}

    /// Everything is durable when this returns; otherwise it says all that was wrong.
    yaml::Errors run(std::string_view version);

private:
    void name_instances();
    void begin_epoch(std::string_view version);
    void define_entries();
    void define_terms();
    void load_tables();
    void load_table(const TableFile& file);
    void load_balances();
    void load_balance_file(const std::string& path);

    /// Whether the file was loaded before; otherwise, or when it has changed, `mark_loaded` notes
    /// it.
    struct Loaded {
        bool before = false;
        bool changed = false;
        std::string code;
        std::string digest;
    };
    Loaded look_up(const std::string& path, std::string_view text) const;
    void mark_loaded(const Loaded& loaded);

    /// Decides one input; says what the kernel refuses. Commits what has gathered now and then.
    bool decide(const sdk::Batch& input, const std::string& place);
    std::uint32_t find(std::uint32_t reference_class, std::string_view code) const {
        return engine_.find_reference(reference_class, code);
    }
    oms_define to_define(const ReferenceSpec& spec) const;
    bool differs(const ReferenceSpec& spec, const std::vector<oms_term>& wanted) const;

    const Config& config_;
    Kernel& kernel_;
    const engine::Engine& engine_;
    const NameTable& names_;
    Log& log_;
    TermReader terms_;
    yaml::Problems problems_;
};

}  // namespace oms::runtime
