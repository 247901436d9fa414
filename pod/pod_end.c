/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define MESSAGE_CUT 1000 /* of a termination message, in the journal */

static size_t list_ends(const struct pod_end *end, size_t from, size_t to,
                        struct journal_container *out)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const struct pod_view v = pod_machine_view(end->machine, i);
        if (v.has_exited)
            out[n++] =
                (struct journal_container){end->plan->containers[i].name, v.exit_code, v.reason};
    }
    return n;
}

/* Not within a character. */
static void cut_message(char *text)
{
    size_t cut = MESSAGE_CUT;
    if (strlen(text) <= cut)
        return;
    while (cut && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    text[cut] = '\0';
}

/* That of the first failed container, else the first one, cut to what a record has room for. */
static const char *find_message(const struct pod_end *end)
{
    char *found = NULL;
    for (size_t i = 0; i < end->plan->n; i++) {
        char *text = end->slots[i].message;
        bool failed = pod_machine_view(end->machine, i).exit_code != 0;
        if (text && (!found || failed))
            found = text;
        if (text && failed)
            break;
    }
    if (found)
        cut_message(found);
    return found;
}

int pod_end_close(const struct pod_end *end, struct attempt *attempt, bool signalled)
{
    size_t n = end->plan->n;
    size_t n_init = end->plan->n_init;
    cleanup_free struct journal_container *ends = calloc(n, sizeof *ends);
    struct pod_result result = {.exit_code = pod_machine_exit_code(end->machine),
                                .restarts = pod_machine_restarts(end->machine),
                                .is_evicted = end->evicted,
                                .message = end->evicted ? end->evicted : find_message(end)};
    if (ends) {
        result.n_init = list_ends(end, 0, n_init, ends);
        result.init = ends;
        result.n_containers = list_ends(end, n_init, n, ends + n_init);
        result.containers = ends + n_init;
    }
    attempt_close(attempt, &result, signalled);
    return result.exit_code;
}

int pod_end_refuse(struct attempt *attempt, const char *container, const char *why)
{
    const struct journal_container end = {container, POD_END_START, "StartError"};
    const struct pod_result result = {
        .exit_code = POD_END_START, .containers = &end, .n_containers = *container ? 1 : 0};
    cleanup_close int log = *container ? attempt_log(attempt, container) : -1;
    fprintf(stderr, "skjob-pod: %s\n", why);
    if (log >= 0)
        dprintf(log, "skjob-pod: %s\n", why);
    attempt_close(attempt, &result, false);
    return POD_END_START;
}
