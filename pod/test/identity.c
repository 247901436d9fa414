/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * slurm_env and job_uid: which attempt of which Job a task is.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../job_uid.h"
#include "../slurm_env.h"

static const struct {
    const char *task, *restart, *array_job, *job; /* NULL = not set */
    const char *error;                            /* NULL = good */
    struct slurm_env want;
} rows[] = {
    {NULL, NULL, NULL, NULL, NULL, {.id = ""}},
    {"", "", "", "", NULL, {.id = ""}},
    {NULL, NULL, NULL, "12", NULL, {.job_id = 12, .id = "12"}},
    {"3", NULL, "10", "12", NULL, {.array = true, .index = 3, .job_id = 10, .id = "10_3"}},
    {"0",
     "2",
     "10",
     "12",
     NULL,
     {.array = true, .restarts = 2, .attempt = 2, .job_id = 10, .id = "10_0"}},
    {"4294967295",
     NULL,
     "1",
     NULL,
     NULL,
     {.array = true, .index = 4294967295u, .job_id = 1, .id = "1_4294967295"}},
    {"4294967296", NULL, "1", NULL, "SLURM_ARRAY_TASK_ID is not a number: 4294967296", {0}},
    {"-1", NULL, "1", NULL, "SLURM_ARRAY_TASK_ID is not a number: -1", {0}},
    {" 1", NULL, "1", NULL, "SLURM_ARRAY_TASK_ID is not a number:  1", {0}},
    {"1", "x", "1", NULL, "SLURM_RESTART_COUNT is not a number: x", {0}},
    {"1", NULL, "0x1", NULL, "SLURM_ARRAY_JOB_ID is not a number: 0x1", {0}},
    {NULL, NULL, NULL, "1e3", "SLURM_JOB_ID is not a number: 1e3", {0}},
};

static void put(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

Test(identity, slurm_variables)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slurm_env got;
        struct error err = {""};
        put("SLURM_ARRAY_TASK_ID", rows[i].task);
        put("SLURM_RESTART_COUNT", rows[i].restart);
        put("SLURM_ARRAY_JOB_ID", rows[i].array_job);
        put("SLURM_JOB_ID", rows[i].job);
        int rc = slurm_env_read(&got, &err);
        cr_expect_str_eq(err.text, rows[i].error ? rows[i].error : "", "row %zu", i);
        cr_assert_eq(rc, rows[i].error ? -1 : 0, "row %zu", i);
        if (rc)
            continue;
        cr_expect_eq(got.array, rows[i].want.array, "row %zu", i);
        cr_expect_eq(got.index, rows[i].want.index, "row %zu", i);
        cr_expect_eq(got.restarts, rows[i].want.restarts, "row %zu", i);
        cr_expect_eq(got.attempt, rows[i].want.attempt, "row %zu", i);
        cr_expect_eq(got.job_id, rows[i].want.job_id, "row %zu", i);
        cr_expect_str_eq(got.id, rows[i].want.id, "row %zu", i);
        cr_expect(*got.host && !strchr(got.host, '/'));
    }
}

Test(identity, node_name)
{
    struct slurm_env got;
    put("SLURMD_NODENAME", "node17");
    cr_assert_eq(slurm_env_read(&got, NULL), 0);
    cr_expect_str_eq(got.node, "node17");
    put("SLURMD_NODENAME", NULL);
    cr_assert_eq(slurm_env_read(&got, NULL), 0);
    cr_expect_str_eq(got.node, got.host);
}

/* Other tools find a Job by it: it must never change. The expected values are those of Python's
 * uuid.uuid5(UUID("6f1c9b52-0d5e-4c2b-9a3e-57c811d4a07e"), "cluster/job"). */
Test(identity, job_uid)
{
    static const struct {
        const char *cluster;
        uint32_t job;
        const char *uid;
    } uids[] = {
        {"test", 100, "3903873b-0055-530d-8773-08f9679431af"},
        {"test", 101, "639831ad-ed60-5616-b3f7-397a019eb2df"},
        {"other", 100, "613b5331-8c4e-5f39-a658-6dc4151c97a5"},
        {"", 0, "bc9441aa-427b-5c5e-a644-184de0e960ab"},
        {NULL, 0, "bc9441aa-427b-5c5e-a644-184de0e960ab"},
        {"c", 4294967295u, "2e9bae6d-9090-593c-ad6a-394096dfc37b"},
    };
    for (size_t i = 0; i < sizeof uids / sizeof *uids; i++) {
        char uid[JOB_UID_LEN + 1];
        job_uid_derive(uid, uids[i].cluster, uids[i].job);
        cr_expect_str_eq(uid, uids[i].uid);
    }
}
