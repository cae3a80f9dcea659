// SPDX-License-Identifier: Apache-2.0
// One plugin that is wrong in as many ways as there are targets: each defines what it gets wrong.
#include <oms/abi/check.h>
#include <oms/abi/codes.h>
#include <oms/abi/plugin.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <thread>

// Each BAD_... is 1 in one target; what is not defined is 0.
#ifndef BAD_CREATE_THROWS
#define BAD_CREATE_THROWS 0
#endif
#ifndef BAD_CREATE_REFUSES
#define BAD_CREATE_REFUSES 0
#endif
#ifndef BAD_CAPABILITY
#define BAD_CAPABILITY 0
#endif
#ifndef BAD_TABLE
#define BAD_TABLE 0
#endif
#ifndef BAD_START
#define BAD_START 0
#endif
#ifndef BAD_STOP
#define BAD_STOP 0
#endif
#ifndef BAD_REVISION
#define BAD_REVISION 0
#endif
#ifndef BAD_ENTRY
#define BAD_ENTRY 0
#endif
#ifndef BAD_SYMBOL
#define BAD_SYMBOL 0
#endif
#ifndef BAD_LINK
#define BAD_LINK 0
#endif
#ifndef BAD_CALL
#define BAD_CALL 0
#endif

#ifdef BAD_MANIFEST
__attribute__((section(".oms.manifest"), used)) static const char manifest[] = BAD_MANIFEST;
#endif

#if BAD_LINK
extern "C" int a_function_that_nobody_has();
#endif

namespace {

int state = 0;

oms_status create(const oms_host* host, const oms_settings*, oms_plugin** plugin) {
    if (BAD_CREATE_THROWS != 0) throw std::runtime_error("there is no coffee");
    if (BAD_CREATE_REFUSES != 0) {
        static constexpr std::string_view words = "the moon is not full";
        host->log(host, OMS_LOG_error, {words.data(), words.size()});
        return OMS_FAILED;
    }
#if BAD_LINK
    state = a_function_that_nobody_has();
#endif
    *plugin = reinterpret_cast<oms_plugin*>(&state);
    return OMS_OK;
}

oms_status evaluate(oms_plugin*, const oms_check_call*, const oms_view*, const oms_sink* sink) {
    if (BAD_CALL == 1) std::abort();
    while (BAD_CALL == 2) std::this_thread::sleep_for(std::chrono::seconds(1));
    if (BAD_CALL == 4) throw std::runtime_error("nobody taught it the SDK");
    if (BAD_CALL == 5) sink->hold(sink, 1, 1, 0, 1);
    for (std::uint64_t i = 0; BAD_CALL == 6 && i < 1'000'000; ++i) sink->cell(sink, 1, i, 0, 1, 1);
    oms_opinion opinion{};
    opinion.size = sizeof opinion;
    opinion.outcome = BAD_CALL == 3 ? 4711 : OMS_outcome_pass;
    opinion.line = OMS_WHOLE_ORDER;
    if (BAD_CALL == 7) opinion.text = {nullptr, 12};
    for (int i = 0; i < (BAD_CALL == 8 ? 1'000'000 : 1); ++i) sink->opinion(sink, &opinion);
    return OMS_OK;
}

const void* extension(oms_plugin*, oms_text) {
    static constexpr oms_check table{sizeof(oms_check), 0, BAD_TABLE != 0 ? nullptr : evaluate};
    return BAD_CAPABILITY != 0 ? nullptr : &table;
}

oms_status start(oms_plugin*) { return BAD_START != 0 ? OMS_FAILED : OMS_OK; }

void stop(oms_plugin*) {
    while (BAD_STOP != 0) std::this_thread::sleep_for(std::chrono::seconds(1));
}

void destroy(oms_plugin*) {}

}  // namespace

#if BAD_SYMBOL
#define ENTRY oms_plugin_entry_of_another_name
#else
#define ENTRY OMS_PLUGIN_ENTRY
#endif

extern "C" __attribute__((visibility("default"))) const oms_plugin_entry ENTRY;
const oms_plugin_entry ENTRY = {sizeof(oms_plugin_entry),
                                OMS_ABI_REVISION + BAD_REVISION,
                                create,
                                extension,
                                BAD_ENTRY != 0 ? nullptr : start,
                                stop,
                                destroy};
