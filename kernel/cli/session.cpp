// SPDX-License-Identifier: Apache-2.0
#include "cli/session.hpp"

#include "cli/values.hpp"
#include "runtime/config/config.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace oms::cli {

namespace fs = std::filesystem;
using runtime::ControlClient;
using runtime::Reply;

namespace {

bool has_config(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "oms.yaml", ignored);
}

Error nobody(const Context& context, const std::vector<fs::path>& places) {
    if (places.empty()) {
        return {error_no_place,
                {},
                "nothing says which oms is meant",
                "go to the folder that you started it in, or say --config FOLDER or --socket PATH"};
    }
    std::string looked;
    for (const fs::path& place : places) looked += (looked.empty() ? "" : ", ") + place.string();
    return {runtime::error_not_running, looked, "no oms runs with this configuration",
            "start it in another terminal: " + context.program + " run " + places.front().string() +
                "; if it runs with another configuration, say --config FOLDER or --socket PATH"};
}

std::unique_ptr<ControlClient> find_running(const Context& context) {
    if (!context.socket.empty()) return need(ControlClient::connect(context.socket));
    const std::vector<fs::path> places = likely_configs(context);
    std::unique_ptr<ControlClient> found;
    for (const fs::path& place : places) {
        auto client = ControlClient::connect(place);
        if (!client) {
            // Whoever asked for this one wants to know what is wrong with it.
            const ErrorCode code = client.error().code;
            if (code != runtime::error_not_running && places.size() == 1)
                give_up(std::move(client.error()));
            continue;
        }
        if (found != nullptr)
            give_up(error_not_unique, place.string(), "several oms processes run from here",
                    "say which one is meant with --config FOLDER");
        found = std::move(*client);
    }
    if (found == nullptr) give_up(nobody(context, places));
    return found;
}

}  // namespace

std::vector<fs::path> likely_configs(const Context& context) {
    if (!context.config.empty()) return {context.config};
    if (has_config(".")) return {"."};
    std::vector<fs::path> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator("config", error))
        if (has_config(entry.path())) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

fs::path need_config(const Context& context, const std::string& given) {
    if (!given.empty()) return given;
    const std::vector<fs::path> places = likely_configs(context);
    if (places.size() == 1) return places.front();
    std::vector<std::string> names;
    for (const fs::path& place : places) names.push_back(place.string());
    if (places.empty())
        give_up(error_argument, "CONFIG", "nothing says which configuration is meant",
                "name the folder that has an oms.yaml, as in: oms run config/NAME");
    give_up(error_not_unique, "CONFIG", "there are several configurations here",
            "name one of them: " + sdk::name_list(names));
}

Session::Session(Context& context, std::unique_ptr<ControlClient> client) : context_(context) {
    client_ = client.get();
    port_ = std::move(client);
    names_ = std::make_unique<runtime::PortNames>(*port_);
}

Session::Session(Context& context) : Session(context, find_running(context)) {}

Session::Session(Context& context, std::unique_ptr<runtime::Port> port, fs::path config)
    : context_(context),
      port_(std::move(port)),
      names_(std::make_unique<runtime::PortNames>(*port_)),
      config_(std::move(config)) {}

std::unique_ptr<Session> Session::try_open(Context& context) {
    try {
        return std::unique_ptr<Session>(new Session(context, find_running(context)));
    } catch (const Failure& failure) {
        const ErrorCode code = failure.errors().front().code;
        if (code == runtime::error_not_running || code == error_no_place) return nullptr;
        throw;
    }
}

void Session::lost(Exit exit) {
    Error error{runtime::error_port_stopped,
                {},
                "the kernel is stopping",
                "start it again, then look up what became of the last request"};
    if (client_ != nullptr)
        if (const auto status = client_->status(); !status) error = status.error();
    throw Failure(exit, error);
}

const ProductFolder& Session::folder() {
    if (!folder_) {
        if (config_.empty() && client_ != nullptr)
            if (const auto status = client_->status()) config_ = status->config;
        folder_.emplace(config_);
    }
    return *folder_;
}

std::uint32_t Session::reference(std::uint32_t reference_class, std::string_view code,
                                 const std::string& place) {
    std::uint32_t& found = references_[{reference_class, std::string(code)}];
    if (found != 0) return found;
    const oms_status status = port_->resolve(reference_class, code, found);
    if (status == OMS_OK) return found;
    found = 0;
    if (status == OMS_STOPPED) need(port_->reference(reference_class, code));
    const std::vector<std::string> known = codes(reference_class);
    const std::string what(sdk::code_name(sdk::class_names, reference_class));
    give_up(
        runtime::error_unknown_name, place,
        "there is no " + what + " \"" + std::string(code) + "\"" + sdk::did_you_mean(code, known),
        known.empty() ? "define one first" : "there are " + sdk::name_list(known, 20));
}

std::uint32_t Session::own_reference(std::uint32_t reference_class, const std::string& code) {
    std::uint32_t& found = references_[{reference_class, code}];
    if (found != 0) return found;
    if (port_->resolve(reference_class, code, found) == OMS_OK) return found;
    auto define = sdk::make<oms_define>();
    define.reference_class = reference_class;
    define.code = sdk::text(code);
    sdk::Batch input;
    input.add(define);
    const Reply reply = request(input);
    if (!reply.accepted()) give_up(refusal(reply, code));
    return found = need(port_->reference(reference_class, code));
}

oms_reference_row Session::describe(std::uint32_t reference) {
    const auto known = described_.find(reference);
    if (known != described_.end()) return known->second;
    auto row = sdk::make<oms_reference_row>();
    if (port_->describe(reference, row) == OMS_OK) described_[reference] = row;
    return row;
}

std::vector<std::string> Session::codes(std::uint32_t reference_class) {
    std::vector<std::string> codes;
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_references;
    query.reference = reference_class;
    query.limit = 1000;
    ask_pages(
        query,
        [&](const oms_record& record) -> std::uint64_t {
            const auto* row = sdk::as<oms_reference_row>(record);
            if (row == nullptr) return 0;
            codes.emplace_back(sdk::view(row->code));
            return row->reference;
        },
        10'000);
    return codes;
}

Reply Session::request(const sdk::Batch& input) {
    return need(port_->request(input.view(), context_.timeout_ms()));
}

Reply Session::ask(const oms_query& query) {
    Reply reply = need(port_->ask(query, context_.timeout_ms()));
    if (!reply.accepted()) give_up(refusal(reply));
    return reply;
}

void Session::ask_pages(oms_query query,
                        const std::function<std::uint64_t(const oms_record&)>& visit,
                        std::uint32_t most) {
    const std::uint32_t page = query.limit == 0 ? 100 : query.limit;
    std::uint64_t rows = 0;
    while (true) {
        query.limit = most == 0
                          ? page
                          : static_cast<std::uint32_t>(std::min<std::uint64_t>(page, most - rows));
        const Reply reply = ask(query);
        std::uint32_t heads = 0;
        for (const oms_record& record : sdk::Records(reply.records.view())) {
            if (const std::uint64_t id = visit(record)) {
                query.after = id;
                ++heads;
            }
        }
        rows += heads;
        if (heads < query.limit || (most != 0 && rows >= most)) return;
    }
}

Reply Session::order(const std::string& id_or_key) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    if (const auto id = read_number(id_or_key)) {
        query.id = *id;
    } else {
        std::uint32_t origin = 0;
        port_->resolve(OMS_class_origin, context_.origin, origin);
        query.origin = origin;
        query.key = sdk::text(id_or_key);
    }
    Reply reply = need(port_->ask(query, context_.timeout_ms()));
    bool shown = false;
    for (const oms_record& record : sdk::Records(reply.records.view()))
        shown = shown || record.kind == OMS_RECORD_order_row;
    if (shown) return reply;
    give_up(OMS_ERROR_unknown_order, id_or_key,
            read_number(id_or_key)
                ? "there is no order with this number"
                : "no order was accepted under this key from origin \"" + context_.origin + "\"",
            "list them: oms order list --all; keys of others: --origin NAME; a request that was "
            "refused: oms why " +
                id_or_key);
}

std::uint64_t Session::order_id(const std::string& id_or_key) {
    if (const auto id = read_number(id_or_key)) return *id;
    const Reply reply = order(id_or_key);
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_order_row>(record)) return row->order;
    return 0;
}

bool Session::is_open(std::uint64_t order) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_orders;
    query.after = order - 1;
    query.limit = 1;
    query.open_only = 1;
    const Reply reply = ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_order_row>(record)) return row->order == order;
    return false;
}

Error refusal(const Reply& reply, const std::string& place) {
    return sdk::make_error(reply.code, place, reply.text);
}

}  // namespace oms::cli
