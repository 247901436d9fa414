/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The STATUS, READY and RESTARTS cells of a pod, from its phase, the journal's outcome and the
 * runner's file.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "../pod_state.h"
#include "cleanup.h"

#define TWO  "{'containers':[{'name':'a'},{'name':'b'}]}"
#define ONE  "{'containers':[{'name':'main'}]}"
#define INIT "{'initContainers':[{'name':'i'},{'name':'j'}],'containers':[{'name':'main'}]}"
#define SIDE                                                                                       \
    "{'initContainers':[{'name':'s','restartPolicy':'Always'}],'containers':[{'name':'main'}]}"

static void quotes(char *out, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text && n + 1 < size; text++)
        out[n++] = *text == '\'' ? '"' : *text;
    out[n] = '\0';
}

Test(pod_state, cells)
{
    static const struct {
        const char *spec;
        enum pod_phase phase;
        const char *outcome; /* NULL: not ended */
        const char *status;  /* the file, NULL = none */
        bool deleted;
        const char *want, *ready;
        unsigned restarts;
    } rows[] = {
        {ONE, PHASE_RUNNING, NULL, NULL, false, "Running", "1/1", 0},
        {ONE, PHASE_RUNNING, NULL, NULL, true, "Terminating", "1/1", 0},
        {ONE, PHASE_SUCCEEDED, "- - - -", NULL, false, "Completed", "0/1", 0},
        {ONE, PHASE_SUCCEEDED, "- - - -", NULL, true, "Completed", "0/1", 0},
        {ONE, PHASE_FAILED, "main:3:Error - - -", NULL, false, "Error", "0/1", 0},
        {ONE, PHASE_FAILED, "main:137:OOMKilled - - -", NULL, false, "OOMKilled", "0/1", 0},
        {ONE, PHASE_FAILED, "main:128:StartError - - -", NULL, false, "StartError", "0/1", 0},
        {ONE, PHASE_FAILED, "- - - -", NULL, false, "ContainerStatusUnknown", "0/1", 0},
        {ONE, PHASE_FAILED, "main:143:Error - - DeadlineExceeded", NULL, false, "Error", "0/1", 0},
        {ONE, PHASE_RUNNING, NULL,
         "{'name':'main','kind':'main','state':'waiting','reason':'CrashLoopBackOff','lastExitCode'"
         ":1,'lastReason':'Error','restartCount':3,'started':false}\n",
         false, "CrashLoopBackOff", "0/1", 3},
        {TWO, PHASE_RUNNING, NULL,
         "{'name':'a','state':'terminated','exitCode':0,'reason':'Completed'}\n"
         "{'name':'b','state':'running','started':true}\n",
         false, "NotReady", "1/2", 0},
        {TWO, PHASE_FAILED, "a:1:Error,b:0:Completed - - -", NULL, false, "Error", "0/2", 0},
        {TWO, PHASE_FAILED, "a:0:Completed,b:1:Error - - -", NULL, false, "Error", "0/2", 0},
        {INIT, PHASE_RUNNING, NULL, NULL, false, "Init:0/2", "0/1", 0},
        {INIT, PHASE_RUNNING, NULL,
         "{'name':'i','kind':'init','state':'terminated','exitCode':0,'reason':'Completed'}\n"
         "{'name':'j','kind':'init','state':'running'}\n"
         "{'name':'main','kind':'main','state':'waiting','reason':'PodInitializing'}\n",
         false, "Init:1/2", "0/1", 0},
        {INIT, PHASE_RUNNING, NULL,
         "{'name':'i','state':'terminated','exitCode':0,'reason':'Completed'}\n"
         "{'name':'j','state':'waiting','reason':'CrashLoopBackOff','restartCount':2}\n",
         false, "Init:CrashLoopBackOff", "0/1", 2},
        {INIT, PHASE_FAILED, "- i:7:Error - -", NULL, false, "Init:Error", "0/1", 0},
        {INIT, PHASE_SUCCEEDED, "- - - -", NULL, false, "Completed", "0/1", 0},
        {SIDE, PHASE_RUNNING, NULL,
         "{'name':'s','state':'running','started':true}\n"
         "{'name':'main','state':'running','started':true,'restartCount':1}\n",
         false, "Running", "2/2", 1},
        {SIDE, PHASE_RUNNING, NULL, "{'name':'s','state':'running','started':false}\n", false,
         "Init:0/1", "0/2", 0},
        {ONE, PHASE_RUNNING, NULL, "no JSON\n\n{}\n", false, "Running", "1/1", 0},
        {ONE, PHASE_PENDING, NULL, NULL, false, "Pending", "0/1", 0},
        {ONE, PHASE_UNKNOWN, NULL, NULL, false, "Unknown", "1/1", 0},
    };
    cleanup_pod_state struct pod_state s = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024], got[128], ready[32];
        quotes(text, sizeof text, rows[i].spec);
        cleanup_json json_t *spec = json_loads(text, 0, NULL);
        cr_assert(spec);
        cr_assert_eq(pod_state_begin(&s, spec), 0);
        bool waits = rows[i].phase == PHASE_PENDING;
        s.started_us = waits ? FOLD_NO_TIME : 1000000;
        if (rows[i].outcome) {
            struct journal_text v[4];
            const char *at = rows[i].outcome;
            for (size_t k = 0; k < 4; k++) {
                size_t len = strcspn(at, " ");
                v[k] = (struct journal_text){*at == '-' ? NULL : at, *at == '-' ? 0 : len};
                at += len + (at[len] == ' ');
            }
            const struct fold_outcome_parts parts = {v[0], v[1], v[2], v[3]};
            s.phase = rows[i].phase;
            s.ended_us = 2000000;
            pod_state_end(&s, &parts);
        } else if (waits) {
            pod_state_wait(&s, "");
        } else {
            pod_state_run(&s);
            if (rows[i].phase == PHASE_UNKNOWN)
                s.phase = PHASE_UNKNOWN;
        }
        if (rows[i].status) {
            quotes(text, sizeof text, rows[i].status);
            pod_state_read(&s, text, strlen(text));
        }
        s.deleted_us = rows[i].deleted ? 1500000 : FOLD_NO_TIME;
        pod_state_status(&s, got);
        pod_state_ready(&s, ready);
        cr_expect_str_eq(got, rows[i].want, "row %zu: %s, not %s", i, got, rows[i].want);
        cr_expect_str_eq(ready, rows[i].ready, "row %zu: %s, not %s", i, ready, rows[i].ready);
        cr_expect_eq(pod_state_restarts(&s), rows[i].restarts, "row %zu", i);
    }
}
