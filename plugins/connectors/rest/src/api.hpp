// SPDX-License-Identifier: Apache-2.0
// From requests to records and back: finds the resource, knows the caller, asks the kernel, and
// completes the request when the durable answer is there.
#pragma once

#include "body.hpp"
#include "connection.hpp"
#include "problem.hpp"
#include "route_table.hpp"
#include "server.hpp"
#include "waiting.hpp"

#include <oms/sdk/batch.hpp>
#include <oms/sdk/json.hpp>
#include <oms/sdk/names.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::rest {

class EventStreams;

/// Who asks: what the kernel records as actor, and the scope in which the caller's keys are unique.
struct Caller {
    std::uint32_t actor = 0;
    std::uint32_t origin = 0;
};

/// A bearer token and whom it stands for.
struct Credential {
    std::string token;
    Caller caller;
};

struct ApiOptions {
    std::vector<Credential> credentials;  ///< empty: everybody is `anonymous`
    Caller anonymous;
    std::vector<std::string> hosts;  ///< names that the Host header may have without credentials
    std::size_t most_body = 0;       ///< bytes, for who sends more
    std::uint32_t page_limit = 500;  ///< rows of a page at most
    std::chrono::milliseconds answer_timeout{10000};
    std::function<void(std::string_view)> log_error = [](std::string_view) {};
};

class Api;

/// One request, from its arrival to its answer. It owns all that is needed later.
struct Call {
    Api& api;
    const Route* route = nullptr;
    std::shared_ptr<Connection> connection;
    Caller caller;
    std::string key;          ///< Idempotency-Key
    std::string captured[2];  ///< the parts of the path in braces, decoded
    std::string body;
    std::string last_event_id;
    std::vector<std::pair<std::string_view, std::string>> parameters;

    /// A parameter of the address, or empty.
    std::string_view parameter(std::string_view name) const;
    std::uint64_t number_parameter(std::string_view name, std::uint64_t otherwise) const;
    bool flag_parameter(std::string_view name) const;
    /// A reference that a parameter names, 0 when it was not sent.
    std::uint32_t reference_parameter(std::string_view name, std::uint32_t reference_class) const;
    /// The id in the path.
    std::uint64_t id(std::size_t position = 0) const;
    /// The body, checked against the route's schema. The reader is the thread's own.
    const BodyReader& read_body() const;

    /// An input's head with the caller and the key.
    template <class Head>
    Head head() const {
        Head head = sdk::make<Head>();
        head.actor = caller.actor;
        head.origin = caller.origin;
        head.key = sdk::text(key);
        return head;
    }
};

using CallPointer = std::shared_ptr<Call>;

/// What a request makes when it is accepted; decides the answer's status and Location.
enum class Made : std::uint8_t { nothing, order, route, entry, halt };

/// Writes the answer to a query's rows; may throw a Problem.
using RenderRows = std::function<void(const oms_answer& answer, Reply& reply)>;

/// The product of each line of an order, by the line's index.
using LineProducts = std::vector<std::uint32_t>;
using WithLines = std::function<void(const CallPointer& call, const LineProducts& products)>;

/// The names of the roles that lines of a kind of order may have, by their number.
using Roles = std::vector<std::string>;
using WithRoles = std::function<void(const CallPointer& call, const Roles& roles)>;

class Api final : public RequestHandler {
public:
    Api(const oms_port* port, ApiOptions options, std::span<const Route> routes);

    // ---- for handlers
    // -------------------------------------------------------------------------------

    const oms_port* port() const { return port_; }
    const sdk::Names& names() const { return names_; }
    const ApiOptions& options() const { return options_; }
    std::span<const Route> routes() const { return routes_; }
    EventStreams* streams = nullptr;
    const Server* server = nullptr;

    /// The reference of a class and code; throws what the kernel would say if there is none.
    std::uint32_t reference(std::uint32_t reference_class, std::string_view code,
                            std::string_view path) const;
    std::uint32_t scale(std::uint32_t product) const;
    std::uint32_t price_scale(std::uint32_t product) const;

    /// Submits an input; the call is answered with what was decided.
    void submit(const CallPointer& call, const sdk::Batch& input, Made made = Made::nothing);
    /// Asks; the call is answered with what `render` writes.
    void ask(const CallPointer& call, const oms_query& query, RenderRows render);
    /// Goes on with the lines of an order at hand; `then` must submit, ask or answer.
    void with_lines(const CallPointer& call, std::uint64_t order, WithLines then);
    /// Goes on with the roles of a kind of order at hand; `then` must submit, ask or answer.
    void with_roles(const CallPointer& call, std::uint32_t kind, WithRoles then);
    void answer(const Call& call, Reply& reply);
    /// Waits for the account of an order; 0: not known. Not on the reactor's or the answers'
    /// thread.
    std::uint32_t account_of(std::uint64_t order);

    void append_metrics(std::string& out) const;
    /// Whether the kernel answers, and what stands against it.
    bool is_ready(std::string& why) const;

    // ---- for the threads
    // ----------------------------------------------------------------------------

    void handle(const RequestHead& head, std::string_view body,
                const std::shared_ptr<Connection>& connection) override;
    void fault(const HttpFault& fault, Reply& reply) override;
    void tick(SteadyTime now) override;
    void take_answer(const oms_answer& answer);
    /// Answers everybody who still waits.
    void shut_down();

private:
    struct Counted {
        std::atomic<std::uint64_t> by_class[6] = {};  ///< of status: 2xx at 2
    };

    CallPointer open(const RequestHead& head, std::string_view body,
                     const std::shared_ptr<Connection>& connection);
    const Route& find_route(const RequestHead& head, std::string (&captured)[2]) const;
    void authorise(Call& call, const RequestHead& head) const;
    void check_host(const RequestHead& head) const;
    void read_parameters(Call& call, std::string_view query) const;
    std::string suggestion(std::uint32_t reference_class, std::string_view code) const;
    template <class Work>
    void guarded(const Call& call, Work&& work);
    void answer_problem(const Call& call, const Problem& problem);
    void refuse_untaken(std::uint64_t token, oms_status status);
    void render_decision(const Call& call, const oms_answer& answer, Made made);
    void answer_unknown(const Call& call, Made made = Made::nothing);

    const oms_port* port_;
    const ApiOptions options_;
    const std::span<const Route> routes_;
    const sdk::PortNames names_;
    WaitingRoom waiting_;
    std::vector<Counted> counted_;
    std::atomic<std::int64_t> last_answer_ns_{0};
    std::atomic<bool> stopping_{false};
};

/// Makes the answer to a query that found nothing, or failed, a Problem. `missing` is the code of
/// what was looked for.
void check_rows(const oms_answer& answer, ErrorCode missing);

Roles roles_of(const oms_kind_row& row);

}  // namespace oms::rest
