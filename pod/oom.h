/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether the kernel has killed processes of this task for want of memory, as its cgroups tell:
 * memory.events (v2) or memory.oom_control (v1). An OOM kill looks like any SIGKILL otherwise, and
 * Slurm reports it only when the task has ended.
 */
#ifndef SKJOB_POD_OOM_H
#define SKJOB_POD_OOM_H

#include <stdint.h>

/* How many so far: the highest count among our own cgroup and those above it, up to the job's (the
 * one named job_<job_id>, or our own alone when there is none of that name). 0 where nothing can be
 * read: no cgroups, or none of Slurm's. */
uint64_t oom_count(uint32_t job_id);

/* The same with other places than /proc/self/cgroup and /sys/fs/cgroup. */
uint64_t oom_count_at(const char *membership, const char *mount, uint32_t job_id);

#endif
