// SPDX-License-Identifier: Apache-2.0
#include "api.hpp"

#include "decided.hpp"
#include "event_streams.hpp"

#include <oms/sdk/secret.hpp>
#include <oms/sdk/suggest.hpp>

#include <charconv>
#include <future>

namespace oms::rest {

namespace {

std::int64_t steady_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Takes the part up to the next slash off the front.
std::string_view take_part(std::string_view& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return part;
}

/// Whether the path is one that the pattern means; the parts in braces are what it captures.
bool matches(std::string_view pattern, std::string_view path, std::string_view (&captured)[2]) {
    std::size_t count = 0;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view want = take_part(pattern);
        const std::string_view part = take_part(path);
        if (want.starts_with('{')) {
            if (part.empty() || count == 2) return false;
            captured[count++] = part;
        } else if (want != part) {
            return false;
        }
    }
    return pattern.empty() && path.empty();
}

std::string_view method_name(Method method) { return method == Method::get ? "GET" : "POST"; }

ErrorCode code_of(const HttpFault& fault) {
    if (!fault.header.empty()) return fault.missing ? error_no_host : error_doubled_header;
    switch (fault.status) {
        case 408: return error_too_slow;
        case 413: return error_body_too_long;
        case 414: return error_target_too_long;
        case 431: return error_head_too_long;
        case 417:
        case 501:
        case 505: return error_not_spoken;
        default: return error_bad_http;
    }
}

bool is_json(std::string_view media_type) {
    const std::string_view type = media_type.substr(0, media_type.find_first_of("; "));
    return type == "application/json" || type.ends_with("+json");
}

}  // namespace

// ---- what a call was given
// --------------------------------------------------------------------------

std::string_view Call::parameter(std::string_view name) const {
    for (const auto& [known, value] : parameters)
        if (known == name) return value;
    return {};
}

std::uint64_t Call::number_parameter(std::string_view name, std::uint64_t otherwise) const {
    const std::string_view text = parameter(name);
    if (text.empty()) return otherwise;
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
        throw make_problem(error_bad_parameter).at(name).wants("a number").saw(text);
    return number;
}

bool Call::flag_parameter(std::string_view name) const {
    const std::string_view text = parameter(name);
    if (text != "" && text != "true" && text != "false")
        throw make_problem(error_bad_parameter).at(name).wants("true or false").saw(text);
    return text == "true";
}

std::uint32_t Call::reference_parameter(std::string_view name,
                                        std::uint32_t reference_class) const {
    const std::string_view code = parameter(name);
    return code.empty() ? 0 : api.reference(reference_class, code, name);
}

std::uint64_t Call::id(std::size_t position) const {
    const std::string& text = captured[position];
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size() || number == 0)
        throw make_problem(error_bad_parameter).at("id").wants("the digits of an id").saw(text);
    return number;
}

const BodyReader& Call::read_body() const {
    static thread_local BodyReader reader;
    reader.read(body, route->body);
    return reader;
}

// ---- requests
// ---------------------------------------------------------------------------------------

Api::Api(const oms_port* port, ApiOptions options, std::span<const Route> routes)
    : port_(port),
      options_(std::move(options)),
      routes_(routes),
      names_(port),
      waiting_(options_.answer_timeout),
      counted_(routes.size() + 1) {}

const Route& Api::find_route(const RequestHead& head, std::string (&captured)[2]) const {
    std::string allowed;
    for (const Route& route : routes_) {
        std::string_view parts[2];
        if (!matches(route.path, head.path, parts)) continue;
        const std::string_view name = method_name(route.method);
        if (head.method != name && !(head.method == "HEAD" && name == "GET")) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(name);
            continue;
        }
        for (std::size_t at = 0; at < 2; ++at)
            if (!percent_decode(parts[at], false, captured[at]))
                throw make_problem(error_bad_parameter).at("path").saw(parts[at]);
        return route;
    }
    if (allowed.empty()) throw make_problem(error_no_resource).saw(head.path);
    throw make_problem(error_bad_method).wants(allowed).saw(head.method);
}

void Api::check_host(const RequestHead& head) const {
    // Without tokens a page in a browser could reach us under a name that it made point here.
    std::string_view host = head.header("host");
    if (host.starts_with('[')) {
        host = host.substr(0, host.find(']') + 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    if (host.empty()) return;  // HTTP/1.0, which no browser speaks
    for (const std::string& known : options_.hosts)
        if (host == known) return;
    throw make_problem(error_wrong_host).at("Host").wants(sdk::name_list(options_.hosts)).saw(host);
}

void Api::authorise(Call& call, const RequestHead& head) const {
    call.caller = options_.anonymous;
    if (options_.credentials.empty()) return check_host(head);
    if (call.route->open) return;
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view header = head.header("authorization");
    if (header.starts_with(scheme)) {
        for (const Credential& credential : options_.credentials) {
            if (!sdk::same_secret(header.substr(scheme.size()), credential.token)) continue;
            call.caller = credential.caller;
            return;
        }
    }
    throw make_problem(error_no_token).at("Authorization");
}

void Api::read_parameters(Call& call, std::string_view query) const {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t sign = std::min(pair.find('='), pair.size());
        std::string name;
        std::string value;
        if (!percent_decode(pair.substr(0, sign), true, name) ||
            !percent_decode(pair.substr(std::min(sign + 1, pair.size())), true, value))
            throw make_problem(error_bad_parameter).saw(pair);
        const Parameter* known = nullptr;
        std::vector<std::string_view> names;
        for (const Parameter& parameter : call.route->parameters) {
            names.push_back(parameter.name);
            if (parameter.name == name) known = &parameter;
        }
        if (known == nullptr)
            throw make_problem(error_bad_parameter)
                .at(name)
                .wants(names.empty() ? "no parameters" : sdk::name_list(names))
                .saw("\"" + name + "\"" + sdk::did_you_mean(name, names));
        if (!call.parameter(name).empty())
            throw make_problem(error_bad_parameter).at(name).says("it comes twice");
        call.parameters.emplace_back(known->name, std::move(value));
    }
}

CallPointer Api::open(const RequestHead& head, std::string_view body,
                      const std::shared_ptr<Connection>& connection) {
    auto call = std::make_shared<Call>(Call{*this, nullptr, connection, {}, {}, {}, {}, {}, {}});
    call->route = &find_route(head, call->captured);
    if (connection->admin() && !call->route->on_admin) throw make_problem(error_not_offered);
    authorise(*call, head);
    read_parameters(*call, head.query);
    call->last_event_id = head.header("last-event-id");
    if (call->route->method == Method::get) return call;

    call->key = head.header("idempotency-key");
    if (call->key.empty() || call->key.size() > OMS_MAX_KEY_BYTES)
        throw make_problem(error_key_missing)
            .at("Idempotency-Key")
            .saw(call->key.empty() ? "nothing" : std::to_string(call->key.size()) + " bytes");
    if (body.empty() && call->route->body.empty()) {
        call->body = "{}";
        return call;
    }
    if (!is_json(head.header("content-type")))
        throw make_problem(error_bad_media_type)
            .at("Content-Type")
            .wants("application/json")
            .saw(head.header("content-type"));
    call->body = body;
    return call;
}

void Api::handle(const RequestHead& head, std::string_view body,
                 const std::shared_ptr<Connection>& connection) {
    CallPointer call;
    const Call nothing{*this, nullptr, connection, {}, {}, {}, {}, {}, {}};
    guarded(nothing, [&] { call = open(head, body, connection); });
    if (call != nullptr) guarded(*call, [&] { call->route->handle(call); });
}

/// What is thrown becomes the answer.
template <class Work>
void Api::guarded(const Call& call, Work&& work) {
    try {
        work();
    } catch (const Problem& problem) {
        answer_problem(call, problem);
    } catch (const std::exception& fault) {
        options_.log_error(std::string("a request failed: ") + fault.what());
        answer_problem(call, make_problem(error_internal));
    }
}

void Api::answer(const Call& call, Reply& reply) {
    const std::size_t route = call.route == nullptr
                                  ? routes_.size()
                                  : static_cast<std::size_t>(call.route - routes_.data());
    const int status_class = reply.status / 100;
    counted_[route].by_class[status_class < 6 ? status_class : 5].fetch_add(
        1, std::memory_order_relaxed);
    call.connection->answer(reply);
}

void Api::answer_problem(const Call& call, const Problem& problem) {
    Reply reply;
    reply.status = problem.status;
    append_problem(reply.body, problem);
    if (problem.status == 503) reply.headers = "Retry-After: 1\r\n";
    if (problem.status == 401) reply.headers = "WWW-Authenticate: Bearer\r\n";
    if (problem.code == error_bad_method) reply.headers = "Allow: " + problem.expected + "\r\n";
    answer(call, reply);
}

void Api::fault(const HttpFault& fault, Reply& reply) {
    Problem problem = make_problem(code_of(fault));
    problem.status = fault.status;
    if (problem.title != fault.reason) problem.detail = fault.reason;
    problem.path = fault.header;
    if (fault.status == 413 && options_.most_body != 0)
        problem.expected = "at most " + std::to_string(options_.most_body) + " bytes";
    reply.status = fault.status;
    append_problem(reply.body, problem);
    counted_.back().by_class[4].fetch_add(1, std::memory_order_relaxed);
}

// ---- the kernel
// -------------------------------------------------------------------------------------

std::uint32_t Api::reference(std::uint32_t reference_class, std::string_view code,
                             std::string_view path) const {
    std::uint32_t reference = 0;
    if (port_->resolve(port_, reference_class, sdk::text(code), &reference) == OMS_OK)
        return reference;
    ErrorCode error = OMS_ERROR_unknown_reference;
    if (reference_class == OMS_class_account) error = OMS_ERROR_unknown_account;
    if (reference_class == OMS_class_product) error = OMS_ERROR_unknown_product;
    if (reference_class == OMS_class_destination) error = OMS_ERROR_unknown_destination;
    if (reference_class == OMS_class_order_kind) error = OMS_ERROR_unknown_order_kind;
    if (reference_class == OMS_class_event) error = OMS_ERROR_unknown_event;
    throw make_problem(error)
        .at(path)
        .wants("the code of a known " +
               std::string(sdk::code_name(sdk::class_names, reference_class)))
        .saw("\"" + std::string(code) + "\"" + suggestion(reference_class, code));
}

/// What was probably meant, of the first so many entries: a wrong name must not cost more than a
/// right one is worth.
std::string Api::suggestion(std::uint32_t reference_class, std::string_view code) const {
    constexpr std::uint32_t most_looked_at = 10'000;
    std::vector<std::string> known;
    auto row = sdk::make<oms_reference_row>();
    for (std::uint32_t at = OMS_FIRST_REFERENCE; at < OMS_FIRST_REFERENCE + most_looked_at; ++at) {
        if (port_->describe(port_, at, reinterpret_cast<oms_record*>(&row)) != OMS_OK) break;
        if (row.reference_class == reference_class) known.emplace_back(sdk::view(row.code));
    }
    return sdk::did_you_mean(code, known);
}

std::uint32_t Api::scale(std::uint32_t product) const {
    sdk::ReferenceName name;
    return names_.reference(product, name) ? name.scale : 0;
}

std::uint32_t Api::price_scale(std::uint32_t product) const {
    sdk::ReferenceName name;
    return names_.reference(product, name) ? name.price_scale : 0;
}

void Api::refuse_untaken(std::uint64_t token, oms_status status) {
    if (!waiting_.leave(token)) return;  // it was answered after all
    switch (status) {
        case OMS_AGAIN: throw make_problem(error_busy);
        case OMS_STOPPED: throw make_problem(error_stopping);
        default: throw make_problem(OMS_ERROR_malformed_input).says(sdk::status_text(status));
    }
}

void Api::submit(const CallPointer& call, const sdk::Batch& input, Made made) {
    const std::uint64_t token = waiting_.enter([this, call, made](const oms_answer* answer) {
        if (answer == nullptr) return answer_unknown(*call, made);
        guarded(*call, [&] { render_decision(*call, *answer, made); });
    });
    const oms_batch batch = input.view();
    const oms_status status = port_->submit(port_, &batch, token);
    if (status != OMS_OK) refuse_untaken(token, status);
}

void Api::ask(const CallPointer& call, const oms_query& query, RenderRows render) {
    const std::uint64_t token =
        waiting_.enter([this, call, render = std::move(render)](const oms_answer* answer) {
            if (answer == nullptr) return answer_unknown(*call);
            guarded(*call, [&] {
                Reply reply;
                render(*answer, reply);
                this->answer(*call, reply);
            });
        });
    const oms_status status = port_->query(port_, &query, token);
    if (status != OMS_OK) refuse_untaken(token, status);
}

void Api::with_lines(const CallPointer& call, std::uint64_t order, WithLines then) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order;
    const std::uint64_t token =
        waiting_.enter([this, call, then = std::move(then)](const oms_answer* answer) {
            if (answer == nullptr) return answer_unknown(*call);
            guarded(*call, [&] {
                check_rows(*answer, OMS_ERROR_unknown_order);
                LineProducts products;
                for (const oms_record& record : sdk::Records(answer->records)) {
                    const auto* row = sdk::as<oms_line_row>(record);
                    if (row == nullptr || row->line >= OMS_MAX_LINES) continue;
                    if (products.size() <= row->line) products.resize(row->line + 1);
                    products[row->line] = row->product;
                }
                then(call, products);
            });
        });
    const oms_status status = port_->query(port_, &query, token);
    if (status != OMS_OK) refuse_untaken(token, status);
}

void Api::with_roles(const CallPointer& call, std::uint32_t kind, WithRoles then) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_kinds;
    query.reference = kind;
    const std::uint64_t token =
        waiting_.enter([this, call, then = std::move(then)](const oms_answer* answer) {
            if (answer == nullptr) return answer_unknown(*call);
            guarded(*call, [&] {
                check_rows(*answer, OMS_ERROR_unknown_order_kind);
                Roles roles;
                for (const oms_record& record : sdk::Records(answer->records))
                    if (const auto* row = sdk::as<oms_kind_row>(record)) roles = roles_of(*row);
                then(call, roles);
            });
        });
    const oms_status status = port_->query(port_, &query, token);
    if (status != OMS_OK) refuse_untaken(token, status);
}

Roles roles_of(const oms_kind_row& row) {
    Roles roles;
    std::string_view rest = sdk::view(row.roles);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        roles.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return roles;
}

void Api::answer_unknown(const Call& call, Made made) {
    if (made == Made::halt) {
        // The gate obeys since the kernel took it; only the disk has not said so yet.
        Reply reply;
        reply.status = 202;
        reply.body = R"({"in_force":true,"durable":false})";
        return answer(call, reply);
    }
    const bool stopping = stopping_.load(std::memory_order_relaxed);
    Problem problem = make_problem(error_no_answer);
    if (stopping) problem.detail = "the server is stopping";
    if (call.route->method == Method::get) {
        problem.remedy = "ask again";
        problem.title = "no answer came in time";
    }
    answer_problem(call, problem);
}

void Api::render_decision(const Call& call, const oms_answer& answer, Made made) {
    if (answer.status == OMS_STOPPED) return answer_unknown(call);
    if (answer.status != OMS_OK)
        throw make_problem(OMS_ERROR_malformed_input)
            .says(sdk::status_text(static_cast<oms_status>(answer.status)));
    sdk::Batch kept;
    const Decision decision = whole_decision(port_, answer, kept);
    if (decision.code() != 0) throw refusal_of(decision, names_);
    Reply reply;
    reply.status = call.route->success;
    if (made == Made::order) {
        reply.headers = "Location: /v1/orders/";
        sdk::append_integer(reply.headers, decision.order());
        reply.headers += "\r\n";
    }
    append_decided(reply.body, decision, made, names_);
    this->answer(call, reply);
}

std::uint32_t Api::account_of(std::uint64_t order) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order;
    auto found = std::make_shared<std::promise<std::uint32_t>>();
    std::future<std::uint32_t> account = found->get_future();
    const std::uint64_t token = waiting_.enter([found](const oms_answer* answer) {
        std::uint32_t result = 0;
        if (answer != nullptr && answer->status == OMS_OK)
            for (const oms_record& record : sdk::Records(answer->records))
                if (const auto* row = sdk::as<oms_order_row>(record)) result = row->account;
        found->set_value(result);
    });
    if (port_->query(port_, &query, token) != OMS_OK) {
        waiting_.leave(token);
        return 0;
    }
    return account.wait_for(options_.answer_timeout) == std::future_status::ready ? account.get()
                                                                                  : 0;
}

void check_rows(const oms_answer& answer, ErrorCode missing) {
    if (answer.status == OMS_NOT_FOUND) throw make_problem(missing);
    if (answer.status == OMS_STOPPED) throw make_problem(error_stopping);
    if (answer.status != OMS_OK)
        throw make_problem(error_query_failed)
            .says(sdk::status_text(static_cast<oms_status>(answer.status)));
    for (const oms_record& record : sdk::Records(answer.records)) {
        const auto* answered = sdk::as<oms_answered>(record);
        if (answered == nullptr || answered->code == 0) continue;
        throw make_problem(answered->code).says(sdk::view(answered->text));
    }
}

// ---- the threads
// ------------------------------------------------------------------------------------

void Api::take_answer(const oms_answer& answer) {
    last_answer_ns_.store(steady_ns(), std::memory_order_relaxed);
    if (const OnAnswer on_answer = waiting_.leave(answer.token)) on_answer(&answer);
}

void Api::tick(SteadyTime now) {
    for (const OnAnswer& on_answer : waiting_.expired(now)) on_answer(nullptr);
}

void Api::shut_down() {
    stopping_.store(true);
    for (const OnAnswer& on_answer : waiting_.empty()) on_answer(nullptr);
}

bool Api::is_ready(std::string& why) const {
    if (stopping_.load(std::memory_order_relaxed)) {
        why = "stopping";
        return false;
    }
    constexpr std::int64_t patience_ns = 5'000'000'000;
    const std::int64_t last = last_answer_ns_.load(std::memory_order_relaxed);
    if (waiting_.count() == 0 || last == 0 || steady_ns() - last < patience_ns) return true;
    why = "requests wait, and the kernel has answered none for five seconds";
    return false;
}

void Api::append_metrics(std::string& out) const {
    const auto gauge = [&out](std::string_view name, std::string_view type, std::uint64_t value) {
        ((out += "# TYPE ") += name) += ' ';
        ((out += type) += '\n') += name;
        out += ' ';
        sdk::append_integer(out, value);
        out += '\n';
    };
    out += "# TYPE oms_rest_requests_total counter\n";
    for (std::size_t at = 0; at < counted_.size(); ++at)
        for (std::size_t status = 2; status < 6; ++status) {
            const std::uint64_t count =
                counted_[at].by_class[status].load(std::memory_order_relaxed);
            if (count == 0) continue;
            out += "oms_rest_requests_total{operation=\"";
            out += at < routes_.size() ? routes_[at].operation : std::string_view("none");
            out += "\",status=\"";
            sdk::append_integer(out, status);
            out += "xx\"} ";
            sdk::append_integer(out, count);
            out += '\n';
        }
    gauge("oms_rest_requests_waiting", "gauge", waiting_.count());
    gauge("oms_durable_seq", "gauge", port_->durable_seq(port_));
    if (server != nullptr) {
        gauge("oms_rest_connections", "gauge", server->open_connections());
        gauge("oms_rest_connections_refused_total", "counter", server->refused_connections());
    }
    if (streams != nullptr) {
        gauge("oms_rest_streams", "gauge", streams->count());
        gauge("oms_rest_streams_cut_total", "counter", streams->cut_count());
    }
}

}  // namespace oms::rest
