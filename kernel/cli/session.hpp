// SPDX-License-Identifier: Apache-2.0
// A conversation with a kernel: one that runs elsewhere, or one within this process.
#pragma once

#include "cli/context.hpp"
#include "cli/product_folder.hpp"
#include "runtime/control_client.hpp"
#include "runtime/port.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::cli {

/// The configurations that could be meant, the likeliest first: --config, $OMS_CONFIG, the current
/// folder, the folders under config/.
std::vector<std::filesystem::path> likely_configs(const Context& context);
/// The one that is meant; gives up when there is none, or several.
std::filesystem::path need_config(const Context& context, const std::string& given);

class Session {
public:
    /// Finds the process: --socket, $OMS_SOCKET, or that of the one configuration that runs.
    /// Gives up with a word on what to do when nobody is there.
    explicit Session(Context& context);
    /// Within this process.
    Session(Context& context, std::unique_ptr<runtime::Port> port, std::filesystem::path config);

    /// Whether a process answers; null otherwise.
    static std::unique_ptr<Session> try_open(Context& context);

    runtime::Port& port() { return *port_; }
    const sdk::Names& names() const { return *names_; }
    /// Null within this process.
    runtime::ControlClient* client() { return client_; }
    Context& context() { return context_; }
    const ProductFolder& folder();
    /// Ends the verb because the port answers no more.
    [[noreturn]] void lost(Exit exit);

    /// The reference of a code; an unknown one ends the verb with a suggestion.
    std::uint32_t reference(std::uint32_t reference_class, std::string_view code,
                            const std::string& place);
    /// The same; defines it where it is missing: for the command line's own origin and actor.
    std::uint32_t own_reference(std::uint32_t reference_class, const std::string& code);
    oms_reference_row describe(std::uint32_t reference);
    std::vector<std::string> codes(std::uint32_t reference_class);

    /// A head with origin, actor and key filled in. The key must outlive the batch's making.
    template <class Head>
    Head head(std::string_view key) {
        auto head = sdk::make<Head>();
        head.origin = own_reference(OMS_class_origin, context_.origin);
        head.actor = own_reference(OMS_class_actor, context_.actor);
        head.key = sdk::text(key);
        return head;
    }

    /// Asks for one thing; a refusal comes as a reply with a code.
    runtime::Reply request(const sdk::Batch& input);
    /// The rows; a refusal ends the verb.
    runtime::Reply ask(const oms_query& query);
    /// Visits every row of all pages of a query whose pages go on behind an id.
    void ask_pages(oms_query query, const std::function<std::uint64_t(const oms_record&)>& visit,
                   std::uint32_t most = 0);

    /// By its number, or by its key within the origin.
    runtime::Reply order(const std::string& id_or_key);
    std::uint64_t order_id(const std::string& id_or_key);
    /// Whether its lifecycle has not ended.
    bool is_open(std::uint64_t order);

private:
    Session(Context& context, std::unique_ptr<runtime::ControlClient> client);

    Context& context_;
    std::unique_ptr<runtime::Port> port_;
    runtime::ControlClient* client_ = nullptr;
    std::unique_ptr<runtime::PortNames> names_;
    std::filesystem::path config_;
    std::optional<ProductFolder> folder_;
    // Entries keep their number and scale for life, so what was looked up once is known.
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> references_;
    std::map<std::uint32_t, oms_reference_row> described_;
};

/// The error that a refused reply stands for.
Error refusal(const runtime::Reply& reply, const std::string& place = {});

}  // namespace oms::cli
