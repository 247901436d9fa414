/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers of attempts where Slurm's restart count comes twice.
 */
#include "../numbering.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../job_state.h"
#include "cleanup.h"
#include "job_folder.h"

/* The number that a run with this restart count gets. */
static bool plain;

static uint32_t claim(const char *dir, uint32_t restarts)
{
    struct error err;
    char pod[POD_NAME_MAX + 1], want[POD_NAME_MAX + 1];
    struct slurm_env slurm = folder_task(restarts);
    const struct numbering n = {
        .dir = dir, .job = "pi", .uid = "u", .indexed = true, .plain = plain};
    cr_assert_eq(numbering_claim(&n, &slurm, pod, &err), 0, "%s", err.text);
    cr_assert_eq(pod_name_make(want, "pi", "u", true, 1, slurm.attempt, &err), 0);
    cr_expect_str_eq(pod, want);
    cr_expect_eq(slurm.restarts, restarts, "what Slurm says stays");
    return slurm.attempt;
}

Test(numbering, is_the_restart_count)
{
    char *dir = folder_make(INDEXED(4));
    cr_expect_eq(claim(dir, 0), 0);
    cr_expect_eq(claim(dir, 1), 1);
    cr_expect_eq(claim(dir, 5), 5);
    folder_remove(dir);
}

Test(numbering, two_runs_with_the_same_count)
{
    char *dir = folder_make(INDEXED(4));
    cr_expect_eq(claim(dir, 0), 0);
    folder_add(dir, "1 started 1 0");
    cr_expect_eq(claim(dir, 0), 1);
    folder_add(dir, "2 started 1 1 0 ahead=1 on node1");
    cr_expect_eq(claim(dir, 1), 2, "the next run is ahead, too");
    folder_add(dir, "3 started 1 2 0 ahead=1 on node1");
    cr_expect_eq(claim(dir, 2), 3);
    cr_expect_eq(claim(dir, 9), 9, "until the counts have caught up");
    folder_remove(dir);
}

Test(numbering, claimed_and_killed_before_its_start_was_recorded)
{
    char *dir = folder_make(INDEXED(4));
    cr_expect_eq(claim(dir, 0), 0);
    cr_expect_eq(claim(dir, 0), 1);
    cr_expect_eq(claim(dir, 0), 2);
    folder_remove(dir);
}

/* Nothing is left for it but names: no folder, and no inode. */
Test(numbering, of_a_plain_array)
{
    struct stat st;
    char path[128];
    char *dir = folder_make(INDEXED(4));
    plain = true;
    cr_expect_eq(claim(dir, 0), 0);
    cr_expect_eq(claim(dir, 0), 1);
    cr_expect_eq(claim(dir, 2), 2);
    snprintf(path, sizeof path, "%s/pods", dir);
    cr_expect_eq(access(path, F_OK), -1);
    snprintf(path, sizeof path, "%s/object.json", dir);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_nlink, 4);
    const struct numbering n = {.dir = dir, .plain = true};
    const struct slurm_env slurm = folder_task(0);
    numbering_give_back(&n, &slurm, "");
    cr_expect_eq(claim(dir, 0), 0);
    folder_remove(dir);
}

Test(numbering, given_back)
{
    char *dir = folder_make(INDEXED(4));
    char pod[POD_NAME_MAX + 1];
    const struct numbering n = {
        .dir = dir, .job = "pi", .uid = "u", .indexed = true, .plain = plain};
    cr_expect_eq(claim(dir, 0), 0);
    cr_assert_eq(pod_name_make(pod, "pi", "u", true, 1, 0, NULL), 0);
    const struct slurm_env slurm = folder_task(0);
    numbering_give_back(&n, &slurm, pod);
    cr_expect_eq(claim(dir, 0), 0);
    folder_remove(dir);
}

Test(numbering, a_folder_that_cannot_be_made)
{
    struct error err = {""};
    char pod[POD_NAME_MAX + 1];
    struct slurm_env slurm = folder_task(0);
    const struct numbering n = {
        .dir = "/proc/self", .job = "pi", .uid = "u", .indexed = true, .plain = plain};
    cr_expect_eq(numbering_claim(&n, &slurm, pod, &err), -1);
    cr_expect_neq(*err.text, '\0');
}

/* Of many at once each gets its own. */
Test(numbering, race)
{
    char *dir = folder_make(INDEXED(4));
    unsigned seen = 0;
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            _exit((int)claim(dir, 0));
    for (int i = 0, status; i < 8; i++)
        if (wait(&status) > 0 && WIFEXITED(status))
            seen |= 1u << WEXITSTATUS(status);
    cr_expect_eq(seen, 0xffu, "%x", seen);
    folder_remove(dir);
}

static const struct {
    const char *proves;
    const char *records[4];
    uint32_t restarts;
    uint32_t want;
} found[] = {
    {"as a rule", {"1 started 1 0"}, 0, 0},
    {"its start was not recorded", {NULL}, 0, 0},
    {"likewise, in a later run", {"1 started 1 0", "2 failed 1 0"}, 1, 1},
    {"the second run with this count",
     {"1 started 1 0 0 ahead=0 on node2", "2 started 1 1 0 ahead=1 on node1"},
     0,
     1},
    {"the first one, on its own node",
     {"1 started 1 0 0 ahead=0 on node1", "2 started 1 1 0 ahead=1 on node2"},
     0,
     0},
    {"both on one node: the later one",
     {"1 started 1 0 0 ahead=0 on node1", "2 started 1 1 0 ahead=1 on node1"},
     0,
     1},
    {"the run after these",
     {"1 started 1 0 0 ahead=0 on node1", "2 started 1 1 0 ahead=1 on node1",
      "3 started 1 2 0 ahead=1 on node1"},
     1,
     2},
    {"the second run could not record its start", {"1 started 1 0 0 ahead=0 on node2"}, 0, 1},
    {"other indexes are others", {"1 started 0 0", "1 started 2 0", "2 started 2 1"}, 0, 0},
};

Test(numbering, found_again_from_beside)
{
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        cleanup_job_state struct job_state s = JOB_STATE_INIT;
        struct error err;
        char *dir = folder_make_with(INDEXED(4), found[i].records, 4);
        char events[128];
        snprintf(events, sizeof events, "%s/events", dir);
        cr_assert(mkdir(events, 0700) == 0 || errno == EEXIST);
        cr_assert_eq(job_state_read(&s, dir, 0, 3, &err), 0, "%s", err.text);
        cr_assert_eq(fold_run(s.fold, T0 + 5 * S, NULL, &err), 0, "%s", err.text);
        const struct slurm_env slurm = folder_task(found[i].restarts);
        cr_expect_eq(numbering_find(s.fold, &slurm), found[i].want, "%s", found[i].proves);
        folder_remove(dir);
    }
}
