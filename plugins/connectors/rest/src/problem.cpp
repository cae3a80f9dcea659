// SPDX-License-Identifier: Apache-2.0
#include "problem.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/json.hpp>

namespace oms::rest {

namespace {

struct ProblemInfo {
    ErrorCode code;
    int status;
    std::string_view title;
    std::string_view remedy;
};

constexpr ProblemInfo problem_infos[] = {
#define OMS_PROBLEM(number, name, status, title, remedy) {(number), (status), title, remedy},
    OMS_REST_PROBLEMS(OMS_PROBLEM)
#undef OMS_PROBLEM
};

}  // namespace

int status_of_refusal(std::uint32_t code) {
    switch (code) {
        case OMS_ERROR_malformed_input: return 400;
        case OMS_ERROR_unknown_order:
        case OMS_ERROR_unknown_route:
        case OMS_ERROR_unknown_task: return 404;
        case OMS_ERROR_key_reused:
        case OMS_ERROR_key_expired:
        case OMS_ERROR_not_in_this_state:
        case OMS_ERROR_below_done:
        case OMS_ERROR_too_late:
        case OMS_ERROR_nothing_to_route:
        case OMS_ERROR_route_ended:
        case OMS_ERROR_reference_fixed:
        case OMS_ERROR_halted:
        case OMS_ERROR_order_retired: return 409;
        case OMS_ERROR_cancel_only: return 507;
        default: return 422;
    }
}

Problem make_problem(ErrorCode code) {
    Problem problem;
    problem.code = code;
    for (const ProblemInfo& info : problem_infos) {
        if (info.code != code) continue;
        problem.status = info.status;
        problem.title = info.title;
        problem.remedy = info.remedy;
        return problem;
    }
    problem.status = status_of_refusal(code);
    problem.title = "the kernel refused it";
    if (const sdk::ErrorInfo* info = sdk::error_info(code)) {
        problem.title = info->reason;
        problem.remedy = info->remedy;
    }
    return problem;
}

void append_problem(std::string& out, const Problem& problem) {
    sdk::JsonWriter json(out);
    const std::string code = code_text(problem.code);
    json.begin_object().key("type").string("urn:oms:error:" + code);
    json.key("title").string(problem.title).key("status").number(problem.status);
    json.key("code").string(code);
    const auto member = [&json](std::string_view name, const std::string& text) {
        if (!text.empty()) json.key(name).string(text);
    };
    member("detail", problem.detail);
    member("path", problem.path);
    member("expected", problem.expected);
    member("observed", problem.observed);
    member("remedy", problem.remedy);
    if (!problem.extra.empty()) json.raw(problem.extra);
    json.end_object();
}

}  // namespace oms::rest
