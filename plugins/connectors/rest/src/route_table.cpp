// SPDX-License-Identifier: Apache-2.0
#include "route_table.hpp"

#include "resources.hpp"

#include <oms/sdk/codes.hpp>

#include <array>

namespace oms::rest {

namespace {

using enum MemberKind;

/// The words of a code set, so that a word that is added there is taken here.
template <std::size_t Count>
consteval std::array<std::string_view, Count> words_of(const sdk::CodeName (&set)[Count]) {
    std::array<std::string_view, Count> result;
    for (std::size_t at = 0; at < Count; ++at) result[at] = set[at].name;
    return result;
}

constexpr auto directions = words_of(sdk::direction_names);
constexpr auto link_words = words_of(sdk::link_names);
constexpr auto buckets = words_of(sdk::bucket_names);
constexpr auto scopes = words_of(sdk::halt_scope_names);
constexpr auto classes = words_of(sdk::class_names);
constexpr std::string_view sides[] = {"buy", "sell", "sell_short", "sell_short_exempt"};
constexpr std::string_view reference_flags[] = {"external", "disabled"};
constexpr std::string_view true_false[] = {"true", "false"};

// ---- bodies
// -----------------------------------------------------------------------------------------

constexpr Member source_members[] = {
    {"order", id, true, "the order that the quantity comes from"},
    {"line", integer, false, "its line; 0 when left out"},
    {"quantity", decimal, true, "how much of it is gathered"},
};
constexpr Member line_members[] = {
    {"product", code, false, "the code of a product"},
    {"quantity", decimal, false, "a decimal string at the product's scale"},
    {"amount", money, false, "for a line of money, instead of product and quantity"},
    {"direction", word, false, "seen from the order's account; or say side", {}, directions},
    {"side", word, false, "instead of direction", {}, sides},
    {"price", decimal, false, "the term limit_price of this line"},
    {"role", role, false,
     "by its name in the lifecycle or its number, see GET /v1/kinds; when left out, the first that "
     "takes the product"},
    {"parent_line", integer, false, "the earlier line that this one is a part of"},
    {"ratio", integer, false, "units of this line in one unit of its parent"},
    {"terms", terms, false, "terms of this line by name"},
    {"sources", objects, false, "the lines that a block's line gathers from", source_members},
};
constexpr Member link_members[] = {
    {"link", word, true, "how the orders belong together", {}, link_words},
    {"order", id, true, "the other order"},
};
constexpr Member place_members[] = {
    {"kind", code, true, "the kind of order, as the configuration names it"},
    {"account", code, true, "whose order it is"},
    {"lines", objects, true, "what is to be received and delivered", line_members},
    {"terms", terms, false, "terms of the whole order by name"},
    {"links", objects, false, "orders that it belongs together with", link_members},
    {"parent", id, false, "the order that it is a part of"},
    {"fact", boolean, false, "it already exists outside and is not refused"},
};
constexpr Member amend_line_members[] = {
    {"line", integer, true, "the index of the line"},
    {"quantity", decimal, false, "its new quantity"},
    {"price", decimal, false, "its new term limit_price"},
    {"terms", terms, false, "its new terms by name"},
};
constexpr Member amend_members[] = {
    {"lines", objects, false, "the lines that change", amend_line_members},
    {"terms", terms, false, "terms of the whole order that change"},
};
constexpr Member route_line_members[] = {
    {"line", integer, true, "the index of the line"},
    {"quantity", decimal, true, "how much of it goes there"},
};
constexpr Member route_members[] = {
    {"destination", code, true, "where it goes"},
    {"lines", objects, false, "all that is unrouted when left out", route_line_members},
    {"terms", terms, false, "terms of the route by name"},
    {"enquiry", boolean, false, "ask for offers instead"},
};
constexpr Member event_members[] = {
    {"event", code, true, "an event that the order's lifecycle knows"},
    {"route", id, false, "the route that it is about"},
    {"line", integer, false, "the line that it is about"},
    {"quantity", decimal, false, "at the scale of the line's product"},
    {"number", integer, false, "a plain number, instead of quantity"},
    {"text", text, false, "words for people"},
};
constexpr Member answer_members[] = {
    {"answer", text, true, "one of the answers that the task offers"},
    {"note", text, false, "words for people"},
};
constexpr Member define_members[] = {
    {"class", word, true, "what it is", {}, classes},
    {"code", text, true, "its code, 1 to 64 bytes without blanks"},
    {"scale", integer, false, "decimals of a quantity, 0 to 18"},
    {"price_scale", integer, false, "decimals of a price, 0 to 18"},
    {"group", code, false,
     "asset class of a product, account above an account or of a destination"},
    {"channel", code, false, "the channel that leads to a destination"},
    {"flags", words, false, "what it may and may not", {}, reference_flags},
    {"terms", terms, false, "its terms by name"},
};
constexpr Member transfer_members[] = {
    {"from", code, true, "the account that gives"},
    {"to", code, true, "the account that takes"},
    {"amount", money, false, "money"},
    {"product", code, false, "with quantity, instead of amount"},
    {"quantity", decimal, false, "with product, instead of amount"},
    {"from_bucket", word, false, "on_hand when left out", {}, buckets},
    {"to_bucket", word, false, "on_hand when left out", {}, buckets},
};
constexpr Member post_members[] = {
    {"reason", text, true, "why, for people"},
    {"transfers", objects, true, "what moves from where to where", transfer_members},
};
constexpr Member halt_members[] = {
    {"scope", word, true, "what is halted or resumed", {}, scopes},
    {"target", code, false, "which account, destination or product; not for all"},
    {"reason", text, false, "why, for people"},
};

// ---- parameters
// -------------------------------------------------------------------------------------

constexpr Parameter limit_parameter{"limit", integer, "rows of a page at most; 100 when left out"};
constexpr Parameter after_parameter{"after", id, "`next` of the page before"};
constexpr Parameter order_list_parameters[] = {
    {"account", code, "only orders of this account"},
    {"open", word, "true: only orders that have not ended", true_false},
    limit_parameter,
    after_parameter,
};
constexpr Parameter by_key_parameters[] = {
    {"origin", code, "the scope of the key; the caller's own when left out"},
};
constexpr Parameter route_list_parameters[] = {
    {"order", id, "only routes of this order, the ended ones too"},
    {"channel", code, "only open routes of this channel"},
    limit_parameter,
    after_parameter,
};
constexpr Parameter balance_parameters[] = {
    {"account", code, "only this account"},
    {"product", code, "only this asset"},
};
constexpr Parameter task_parameters[] = {
    {"open", word, "false: decided tasks too", true_false},
    limit_parameter,
    after_parameter,
};
constexpr Parameter reference_parameters[] = {
    {"class", word, "only entries of this class", classes},
    limit_parameter,
    after_parameter,
};
constexpr Parameter stream_parameters[] = {
    {"account", code, "only decisions about this account or its orders"},
    {"order", id, "only decisions about this order"},
    {"after", integer, "begin behind this seq; Last-Event-ID goes before it"},
};

// ---- the table
// --------------------------------------------------------------------------------------

constexpr auto get = Method::get;
constexpr auto post = Method::post;
constexpr std::string_view decided = "What was decided, once it is durable";

constexpr Route routes[] = {
    {post,
     "/v1/orders",
     "order_new",
     "Place an order",
     place_order,
     {},
     place_members,
     decided,
     201},
    {get,
     "/v1/orders",
     "order_list",
     "List orders",
     list_orders,
     order_list_parameters,
     {},
     "A page of orders"},
    {get,
     "/v1/orders/by-key/{key}",
     "order_by_key",
     "Show the order that was placed under a key",
     show_order_by_key,
     by_key_parameters,
     {},
     "The order"},
    {get,
     "/v1/orders/{id}",
     "order_show",
     "Show an order with lines, routes and executions",
     show_order,
     {},
     {},
     "The order"},
    {post,
     "/v1/orders/{id}/amend",
     "order_amend",
     "Change quantities, prices or terms",
     amend_order,
     {},
     amend_members,
     decided},
    {post,
     "/v1/orders/{id}/cancel",
     "order_cancel",
     "Ask to cancel an order",
     cancel_order,
     {},
     {},
     decided},
    {post,
     "/v1/orders/{id}/route",
     "order_route",
     "Send (part of) an order to a destination",
     route_order,
     {},
     route_members,
     decided},
    {post,
     "/v1/orders/{id}/events",
     "order_event",
     "Raise a named event of the lifecycle",
     raise_event,
     {},
     event_members,
     decided},
    {get,
     "/v1/routes",
     "route_list",
     "List routes",
     list_routes,
     route_list_parameters,
     {},
     "A page of routes"},
    {get,
     "/v1/balances",
     "balances",
     "List balances and what is held of them",
     list_balances,
     balance_parameters,
     {},
     "The balances"},
    {post,
     "/v1/postings",
     "posting_new",
     "Post a fact of the books",
     post_transfers,
     {},
     post_members,
     decided,
     201},
    {get,
     "/v1/tasks",
     "task_list",
     "List what waits for a person",
     list_tasks,
     task_parameters,
     {},
     "A page of tasks"},
    {post,
     "/v1/tasks/{id}/answer",
     "task_resolve",
     "Answer a task",
     answer_task,
     {},
     answer_members,
     decided},
    {get,
     "/v1/references",
     "reference_list",
     "List accounts, products and the like",
     list_references,
     reference_parameters,
     {},
     "A page of entries"},
    {post,
     "/v1/references",
     "reference_new",
     "Define an entry, or revise it",
     define_reference,
     {},
     define_members,
     decided,
     201},
    {get,
     "/v1/kinds",
     "kind_list",
     "List the kinds of orders with the roles that their lines may have",
     list_kinds,
     {},
     {},
     "The kinds; a role's number is its place"},
    {get,
     "/v1/halts",
     "halt_list",
     "List what is halted",
     list_halts,
     {},
     {},
     "The halts",
     200,
     false,
     true},
    {post,
     "/v1/halt",
     "halt",
     "Let nothing leave",
     halt,
     {},
     halt_members,
     "In force at once, and whether it is durable",
     200,
     false,
     true},
    {post,
     "/v1/resume",
     "resume",
     "Let it leave again",
     resume,
     {},
     halt_members,
     "What was decided",
     200,
     false,
     true},
    {get,
     "/v1/events",
     "events",
     "Stream decisions as server-sent events",
     stream_events,
     stream_parameters,
     {},
     "Events whose id is the decision's seq"},
    {get,
     "/v1/openapi.json",
     "openapi",
     "This document",
     show_openapi,
     {},
     {},
     "OpenAPI 3.1",
     200,
     true},
    {get,
     "/healthz",
     "healthz",
     "Whether the process lives",
     show_health,
     {},
     {},
     "It does",
     200,
     true,
     true},
    {get,
     "/readyz",
     "readyz",
     "Whether the kernel answers",
     show_readiness,
     {},
     {},
     "It does",
     200,
     true,
     true},
    {get,
     "/metrics",
     "metrics",
     "Figures, in the text format of Prometheus",
     show_metrics,
     {},
     {},
     "The figures",
     200,
     true,
     true},
};

}  // namespace

std::span<const Route> route_table() { return routes; }

}  // namespace oms::rest
