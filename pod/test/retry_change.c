/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a retry asks of Slurm beyond being run again.
 */
#include "../closing.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "fake_slurm.h"
#include "pod_result.h"

#define EXCLUDE "\"skjob/retry-exclude-node\":\"true\""
#define MEMORY  "\"skjob/retry-memory-factor\":\"1.5\""

static const struct row {
    const char *proves;
    const char *annotations;
    const char *reason; /* of the container */
    struct slurm_task task;
    const char *amend; /* "" = nothing is asked for */
} rows[] = {
    {"off by default: could not be started", "", "StartError", {0}, ""},
    {"off by default: out of memory", "", "OOMKilled", {0}, ""},
    {"could not be started there", EXCLUDE, "StartError", {0}, "amend 10_1 not node1"},
    {"out of memory", MEMORY, "OOMKilled", {0}, "amend 10_1 memory*1500"},
    {"an ordinary failure is none of the node's", EXCLUDE "," MEMORY, NULL, {0}, ""},
    {"each to its own", EXCLUDE, "OOMKilled", {0}, ""},
    {"the node failed for good",
     EXCLUDE,
     NULL,
     {.state = SLURM_TASK_NODE_FAILED},
     "amend 10_1 not node1"},
    {"Slurm saw the memory run out",
     MEMORY,
     NULL,
     {.state = SLURM_TASK_OUT_OF_MEMORY},
     "amend 10_1 memory*1500"},
};

/* Closes an attempt as in the row, with a slurmctld that is away for so many calls: want comes of
 * it, and what is among the requests. */
static void check(const struct row *row, int unavailable, const char *what, int want)
{
    struct error err = {""};
    const struct slurm_env slurm = folder_task(0);
    char *dir = folder_make_annotated(INDEXED(4), row->annotations);
    bool killed = row->task.state != SLURM_TASK_PENDING;
    fake_reset(5);
    fake.task = row->task;
    fake.unavailable = unavailable;
    folder_add(dir, "1 started 1 0");
    const int code = killed ? 137 : 1;
    const struct journal_container container = {"main", code, row->reason ? row->reason : "Error"};
    const struct pod_result pod = {.exit_code = code, .containers = &container, .n_containers = 1};
    struct closing c = fake_closing(&slurm, dir, code);
    c.pod = &pod;
    c.signalled = killed;
    cr_expect_eq(closing_run(&c, &err), want, "%s: %s", row->proves, err.text);
    const char *calls = strbuf_str(&fake.calls);
    const char *amend = strstr(calls, "amend");
    cr_expect(strstr(calls, what), "%s: %s", row->proves, calls);
    cr_expect_str_eq(amend ? amend : "", row->amend, "%s: %s", row->proves, calls);
    folder_remove(dir);
}

Test(retry_change, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], 0, "requeue", 0);
    fake_free();
}

Test(retry_change, what_is_not_requeued_is_left_as_it_is)
{
    static const struct row cancelled = {
        "the user's last word", MEMORY, "OOMKilled", {.state = SLURM_TASK_CANCELLED}, ""};
    static const struct row elsewhere = {"the task runs on another node",
                                         MEMORY,
                                         "OOMKilled",
                                         {.state = SLURM_TASK_RUNNING, .restarts = 1},
                                         ""};
    static const struct row away = {"slurmctld is away", EXCLUDE, "StartError", {0}, ""};
    check(&cancelled, 0, "read 12", 0);
    check(&elsewhere, 0, "read 12", 0);
    check(&away, INT_MAX, "", -1);
    fake_free();
}

/* Without annotations; a test is a process of its own, and skjob.conf is read once. */
Test(retry_change, the_sites_defaults)
{
    static const struct row node = {
        "the site's nodes", "", "StartError", {0}, "amend 10_1 not node1"};
    static const struct row memory = {
        "the site's factor", "", "OOMKilled", {0}, "amend 10_1 memory*2000"};
    static const struct row own = {"the Job's", MEMORY, "OOMKilled", {0}, "amend 10_1 memory*1500"};
    char *dir = folder_make("");
    char path[128];
    snprintf(path, sizeof path, "%s/skjob.conf", dir);
    FILE *f = fopen(path, "we");
    cr_assert(f);
    fputs("retry_exclude_node = yes\nretry_memory_factor = 2\n", f);
    fclose(f);
    setenv("SKJOB_CONF", path, 1);
    check(&node, 0, "requeue", 0);
    check(&memory, 0, "requeue", 0);
    check(&own, 0, "requeue", 0);
    folder_remove(dir);
    fake_free();
}
