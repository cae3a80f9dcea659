// SPDX-License-Identifier: Apache-2.0
// The OpenAPI 3.1 document, written from the route table and the schemas that bodies are read by.
#include "route_table.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/json.hpp>

#include <string>

namespace oms::rest {

namespace {

class OpenApiWriter {
public:
    explicit OpenApiWriter(std::string& out) : json_(out) {}

    void write(std::span<const Route> routes) {
        json_.begin_object().key("openapi").string("3.1.0");
        json_.key("info").begin_object().key("title").string("oms");
        json_.key("version").string("0.1.0").key("description");
        json_.string(
            "Decimals are strings. Every POST carries an Idempotency-Key: sending the same request "
            "again under the same key does nothing twice and gets the same answer. An answer is "
            "sent once what it says is on stable storage.");
        json_.end_object();
        json_.key("paths").begin_object();
        std::string_view path;
        for (const Route& route : routes) {
            if (route.path == path) continue;  // its methods were written with the first
            path = route.path;
            json_.key(path).begin_object();
            for (const Route& method : routes)
                if (method.path == path) write_operation(method);
            json_.end_object();
        }
        json_.end_object();
        write_components();
        json_.end_object();
    }

private:
    void write_operation(const Route& route) {
        const bool posts = route.method == Method::post;
        json_.key(posts ? "post" : "get").begin_object();
        json_.key("operationId").string(route.operation).key("summary").string(route.summary);
        if (route.open) json_.key("security").begin_array().end_array();
        json_.key("parameters").begin_array();
        if (route.path.find('{') != std::string_view::npos) write_path_parameter(route.path);
        if (posts) reference("#/components/parameters/idempotency_key");
        for (const Parameter& parameter : route.parameters) {
            json_.begin_object().key("name").string(parameter.name).key("in").string("query");
            json_.key("description").string(parameter.help).key("schema").begin_object();
            write_type(parameter.kind, {}, parameter.words);
            json_.end_object().end_object();
        }
        json_.end_array();
        if (!route.body.empty()) {
            json_.key("requestBody").begin_object().key("required").boolean(true);
            json_.key("content").begin_object().key("application/json").begin_object();
            json_.key("schema").begin_object();
            write_object(route.body);
            json_.end_object().end_object().end_object().end_object();
        }
        write_responses(route);
        json_.end_object();
    }

    void write_path_parameter(std::string_view path) {
        const std::size_t start = path.find('{') + 1;
        json_.begin_object().key("name").string(path.substr(start, path.find('}') - start));
        json_.key("in").string("path").key("required").boolean(true).key("schema").begin_object();
        json_.key("type").string("string").end_object().end_object();
    }

    void write_responses(const Route& route) {
        json_.key("responses").begin_object();
        json_.key(std::to_string(route.success)).begin_object();
        json_.key("description").string(route.result).end_object();
        json_.key("default").begin_object().key("description").string("A problem (RFC 9457)");
        json_.key("content").begin_object().key("application/problem+json").begin_object();
        json_.key("schema");
        reference("#/components/schemas/problem");
        json_.end_object().end_object().end_object().end_object();
    }

    void reference(std::string_view to) {
        json_.begin_object().key("$ref").string(to).end_object();
    }

    void type(std::string_view name) { json_.key("type").string(name); }

    void write_type(MemberKind kind, Schema members, std::span<const std::string_view> words) {
        switch (kind) {
            case MemberKind::text: type("string"); return;
            case MemberKind::code:
                type("string");
                json_.key("minLength").number(1).key("maxLength").number(64);
                return;
            case MemberKind::word:
                type("string");
                write_enum(words);
                return;
            case MemberKind::decimal:
                json_.key("$ref").string("#/components/schemas/decimal");
                return;
            case MemberKind::integer: type("integer"); return;
            case MemberKind::boolean: type("boolean"); return;
            case MemberKind::id:
                type("string");
                json_.key("pattern").string("^[0-9]+$");
                return;
            case MemberKind::money: json_.key("$ref").string("#/components/schemas/money"); return;
            case MemberKind::terms: json_.key("$ref").string("#/components/schemas/terms"); return;
            case MemberKind::role:
                json_.key("type").begin_array().string("string").string("integer").end_array();
                return;
            case MemberKind::object: write_object(members); return;
            case MemberKind::objects:
            case MemberKind::words:
                type("array");
                json_.key("items").begin_object();
                if (kind == MemberKind::objects) {
                    write_object(members);
                } else {
                    type("string");
                    write_enum(words);
                }
                json_.end_object();
                return;
        }
    }

    void write_enum(std::span<const std::string_view> words) {
        json_.key("enum").begin_array();
        for (const std::string_view word : words) json_.string(word);
        json_.end_array();
    }

    void write_object(Schema members) {
        type("object");
        json_.key("additionalProperties").boolean(false).key("properties").begin_object();
        for (const Member& member : members) {
            json_.key(member.name).begin_object();
            write_type(member.kind, member.members, member.words);
            json_.key("description").string(member.help).end_object();
        }
        json_.end_object();
        bool any = false;
        for (const Member& member : members) {
            if (!member.required) continue;
            if (!any) json_.key("required").begin_array();
            any = true;
            json_.string(member.name);
        }
        if (any) json_.end_array();
    }

    void write_components() {
        json_.key("components").begin_object();
        json_.key("securitySchemes").begin_object().key("bearer").begin_object();
        json_.key("type").string("http").key("scheme").string("bearer").end_object().end_object();
        json_.key("parameters").begin_object().key("idempotency_key").begin_object();
        json_.key("name").string("Idempotency-Key").key("in").string("header");
        json_.key("required").boolean(true).key("schema").begin_object();
        json_.key("type").string("string").key("minLength").number(1).key("maxLength").number(64);
        json_.end_object().end_object().end_object();
        json_.key("schemas").begin_object();
        json_.key("decimal").begin_object().key("type").string("string");
        json_.key("pattern").string("^-?[0-9]+(\\.[0-9]+)?$").end_object();
        json_.key("money").raw(
            R"({"type":"object","additionalProperties":false,"required":["amount","currency"],)"
            R"("properties":{"amount":{"$ref":"#/components/schemas/decimal"},)"
            R"("currency":{"type":"string"}}})");
        json_.key("problem").raw(
            R"({"type":"object","required":["type","title","status","code"],"properties":{)"
            R"("type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
            R"("code":{"type":"string","pattern":"^OMS-[0-9]{4}$"},"detail":{"type":"string"},)"
            R"("path":{"type":"string"},"expected":{"type":"string"},)"
            R"("observed":{"type":"string"},"remedy":{"type":"string"},)"
            R"("position":{"type":"object","properties":{"line":{"type":"integer"},)"
            R"("column":{"type":"integer"},"byte":{"type":"integer"}}}}})");
        write_terms();
        json_.end_object().end_object();
        json_.key("security").begin_array().begin_object().end_object();
        json_.begin_object().key("bearer").begin_array().end_array().end_object().end_array();
    }

    void write_terms() {
        json_.key("terms").begin_object();
        type("object");
        json_.key("additionalProperties").boolean(false).key("properties").begin_object();
        for (const sdk::TermInfo& term : sdk::term_infos) {
            json_.key(term.name).begin_object();
            switch (term.meaning) {
                case sdk::FieldMeaning::price:
                case sdk::FieldMeaning::quantity:
                case sdk::FieldMeaning::microdegrees:
                    write_type(MemberKind::decimal, {}, {});
                    break;
                case sdk::FieldMeaning::money: write_type(MemberKind::money, {}, {}); break;
                case sdk::FieldMeaning::count:
                case sdk::FieldMeaning::basis_points: type("integer"); break;
                case sdk::FieldMeaning::time:
                    type("string");
                    json_.key("format").string("date-time");
                    break;
                case sdk::FieldMeaning::choice:
                    type("string");
                    json_.key("enum").begin_array();
                    for (const sdk::ChoiceInfo& choice : sdk::choices(term.name))
                        json_.string(choice.name);
                    json_.end_array();
                    break;
                default: type("string"); break;
            }
            json_.end_object();
        }
        json_.end_object().end_object();
    }

    sdk::JsonWriter json_;
};

}  // namespace

std::string openapi_document(std::span<const Route> routes) {
    std::string out;
    OpenApiWriter(out).write(routes);
    return out;
}

}  // namespace oms::rest
