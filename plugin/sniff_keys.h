/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two fields that make a manifest a Job's, and what is known of them so far.
 */
#ifndef SKJOB_PLUGIN_SNIFF_KEYS_H
#define SKJOB_PLUGIN_SNIFF_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum sniff_result { SNIFF_NO, SNIFF_YES, SNIFF_MORE };

#define SNIFF_KEYS 2

static const struct {
    const char *key, *value;
} sniff_keys[SNIFF_KEYS] = {{"apiVersion", "batch/v1"}, {"kind", "Job"}};

struct sniff_keys {
    bool seen[SNIFF_KEYS];
};

/* Key i is there, with the value of a Job's or another one. */
static inline enum sniff_result sniff_keys_found(struct sniff_keys *k, size_t i, bool is_jobs)
{
    if (!is_jobs)
        return SNIFF_NO;
    k->seen[i] = true;
    return k->seen[0] && k->seen[1] ? SNIFF_YES : SNIFF_MORE;
}

#endif
