/* SPDX-License-Identifier: Apache-2.0 */
/* How a plugin begins and ends, and how host and plugin ask each other for capabilities.
 *
 * A plugin is a shared library that exports one symbol, OMS_PLUGIN_ENTRY, of type oms_plugin_entry.
 * The host reads its manifest from the ELF section ".oms.manifest" before it runs any of its code,
 * checks the settings against it, and then, on its main thread:
 *   create -> extension (for each capability the manifest names) -> start -> ... -> stop -> destroy
 * A library is never unloaded. One library may be created several times: an instance is configured
 * under a name of its own and knows nothing of the others. */
#ifndef OMS_ABI_PLUGIN_H
#define OMS_ABI_PLUGIN_H

#include "oms/abi/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One checked setting. The host has applied defaults and bounds: a plugin finds each setting that
 * its manifest declares, but for optional ones without a default, and no other. */
#define OMS_SETTING_integer 1u  /* `number`; also sizes in bytes */
#define OMS_SETTING_boolean 2u  /* `number` 0 or 1 */
#define OMS_SETTING_duration 3u /* `number` in milliseconds */
#define OMS_SETTING_decimal 4u  /* `text`, a decimal as written */
#define OMS_SETTING_text 5u     /* `text`; also choices and paths */
#define OMS_SETTING_secret 6u   /* `text`, the secret itself: never log it, never record it */
#define OMS_SETTING_texts 7u    /* `items` */
#define OMS_SETTING_integers 8u /* `items`, each a decimal integer */
typedef struct oms_setting {
    oms_text name;
    uint32_t type;
    uint32_t item_count;
    int64_t number;
    oms_text text;
    const oms_text* items;
} oms_setting;

typedef struct oms_settings {
    uint32_t size; /* of this struct */
    uint32_t count;
    uint64_t stride; /* from one setting to the next, in bytes */
    const oms_setting* first;
} oms_settings;

/* The host as a plugin sees it; valid from create until destroy returns. */
typedef struct oms_host oms_host;
struct oms_host {
    uint32_t size;
    uint32_t abi_revision;
    void* context;
    oms_text instance;    /* the name under which this instance is configured */
    uint32_t instance_id; /* its reference entry (class plugin): the owner of its cells */
    uint32_t reserved;
    oms_text data_directory; /* a folder of this instance's own, made when it is first asked for */

    /* Any thread, does not block. The capability `id` as this host offers it (a pointer to the
     * struct that the capability's header names), or null. */
    const void* (*extension)(const oms_host* host, oms_text id);

    /* Any thread, does not block. Never pass secrets or personal data. */
    void (*log)(const oms_host* host, uint32_t level, oms_text message);
};
#define OMS_LOG_error 1u
#define OMS_LOG_warning 2u
#define OMS_LOG_info 3u
#define OMS_LOG_debug 4u

/* Set by the plugin, opaque to the host. */
typedef struct oms_plugin oms_plugin;

typedef struct oms_plugin_entry {
    uint32_t size;
    uint32_t abi_revision; /* OMS_ABI_REVISION as the plugin saw it */

    /* Main thread, may block. Answers OMS_OK and sets `plugin`, or anything else after writing the
     * reason with `host->log`. */
    oms_status (*create)(const oms_host* host, const oms_settings* settings, oms_plugin** plugin);

    /* Any thread, does not block. A pointer to the struct of the capability `id`, alive until
     * destroy, or null. */
    const void* (*extension)(oms_plugin* plugin, oms_text id);

    /* Main thread, may block. From here an outside plugin may run threads of its own. */
    oms_status (*start)(oms_plugin* plugin);

    /* Main thread, may block for `stop_timeout_ms` of the configuration. Afterwards no thread of
     * the plugin runs any more, and it calls the host no more but to log. */
    void (*stop)(oms_plugin* plugin);

    /* Main thread. Not called for a plugin that did not stop in time. */
    void (*destroy)(oms_plugin* plugin);
} oms_plugin_entry;

#ifndef OMS_PLUGIN_ENTRY /* named otherwise where plugins are linked into the host */
#define OMS_PLUGIN_ENTRY oms_plugin_entry_0
#endif

#ifdef __cplusplus
}
#endif
#endif
