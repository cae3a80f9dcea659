// SPDX-License-Identifier: Apache-2.0
// The configuration's plugins, loaded once more for the bare loop.
#pragma once

#include "figures.hpp"
#include "runtime/config/config.hpp"
#include "runtime/plugin_set.hpp"
#include "script.hpp"

namespace oms::bench {

class LoadedChecks {
public:
    explicit LoadedChecks(const Options& options) : plugins_(log_) {
        auto config =
            runtime::read_config(runtime::source_of(runtime_options(options, nullptr)), nullptr);
        if (!config) die(yaml::to_text(config.error()));
        config_ = std::move(*config);
        const yaml::Errors errors = plugins_.create(config_, {}, {}, backbone_);
        if (!errors.empty()) die(yaml::to_text(errors));
        bindings_ = plugins_.bindings(config_);
    }
    const engine::Bindings& bindings() const { return bindings_; }

private:
    runtime::Log log_;
    runtime::Backbone backbone_;
    runtime::Config config_;
    runtime::PluginSet plugins_;
    engine::Bindings bindings_;
};

}  // namespace oms::bench
