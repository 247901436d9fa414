/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * OOM kills, as cgroups of both versions tell of them.
 */
#include "../oom.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

static const struct {
    const char *proves;
    const char *membership;
    const char *folders[3]; /* below the mount point */
    const char *files[3];   /* "NAME TEXT" in each of them */
    uint64_t want;
} rows[] = {
    {"no cgroups", "", {NULL}, {NULL}, 0},
    {"v2: the task's own",
     "0::/slurmstepd.scope/job_7/step_batch/user/task_0\n",
     {"slurmstepd.scope/job_7/step_batch/user/task_0"},
     {"memory.events low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 0\n"},
     2},
    {"v2: of the job, seen from the cgroup of stepd, and nothing above it",
     "0::/slurmstepd.scope/job_7/step_batch/slurm\n",
     {"slurmstepd.scope/job_7", "slurmstepd.scope"},
     {"memory.events oom 1\noom_kill 1\n", "memory.events oom_kill 9\n"},
     1},
    {"v2: without Slurm's cgroups only our own, not the service's above it",
     "0::/system.slice/slurmd.service\n",
     {"system.slice/slurmd.service", "system.slice"},
     {"memory.events oom_kill 3\n", "memory.events oom_kill 9\n"},
     3},
    {"another job's name that begins alike",
     "0::/job_71/step_batch\n",
     {"job_71/step_batch", "job_71"},
     {"memory.events oom_kill 0\n", "memory.events oom_kill 9\n"},
     0},
    {"v1",
     "5:cpu,cpuacct:/other\n4:memory:/slurm/uid_0/job_7/step_batch\n1:name=systemd:/x\n",
     {"memory/slurm/uid_0/job_7/step_batch", "memory/slurm/uid_0/job_7"},
     {"memory.oom_control oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
      "memory.oom_control oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"},
     4},
    {"v1 of old kernels: no count",
     "4:memory:/slurm/job_7\n",
     {"memory/slurm/job_7"},
     {"memory.oom_control oom_kill_disable 0\nunder_oom 0\n"},
     0},
    {"both, as on systems that are half way",
     "4:memory:/a/job_7\n0::/a/job_7\n",
     {"memory/a/job_7", "unified/a/job_7"},
     {"memory.oom_control oom_kill 2\n", "memory.events oom_kill 1\n"},
     2},
    {"what is not of that form", "nonsense\n4:memory\n::\n", {NULL}, {NULL}, 0},
};

static void write_file(const char *path, const char *text)
{
    cleanup_file FILE *f = fopen(path, "we");
    cr_assert(f, "%s", path);
    fputs(text, f);
}

static void make_folder(const char *root, const char *below, const char *file)
{
    char command[512];
    char path[512];
    char name[64];
    int n = 0;
    snprintf(command, sizeof command, "mkdir -p '%s/%s'", root, below);
    cr_assert_eq(system(command), 0);
    cr_assert_eq(sscanf(file, "%63s %n", name, &n), 1);
    snprintf(path, sizeof path, "%s/%s/%s", root, below, name);
    write_file(path, file + n);
}

Test(oom, counts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char root[] = "/tmp/skjob-oom-XXXXXX";
        char path[64];
        char command[64];
        cr_assert(mkdtemp(root));
        for (size_t k = 0; k < 3 && rows[i].folders[k]; k++)
            make_folder(root, rows[i].folders[k], rows[i].files[k]);
        snprintf(path, sizeof path, "%s/membership", root);
        write_file(path, rows[i].membership);
        cr_expect_eq(oom_count_at(path, root, 7), rows[i].want, "%s", rows[i].proves);
        snprintf(command, sizeof command, "rm -rf %s", root);
        cr_expect_eq(system(command), 0);
    }
    cr_expect_eq(oom_count_at("/nonexistent", "/nonexistent", 7), 0);
}
