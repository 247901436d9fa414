/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The folder of a Job in the state, as the runner uses it:
 * <root>/jobs/<namespace>/<name>/{object.json, events/, pods/<pod>/}; of a plain array
 * claims/<index>.<attempt> instead of pods.
 * In the folder of a pod: <container>.log, <container>.message (its termination message) and status
 * (pod_status.h). `skjob create` has made the Job's folder, or, for a manifest given to sbatch, the
 * first task makes it.
 */
#ifndef SKJOB_POD_JOB_DIR_H
#define SKJOB_POD_JOB_DIR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct job_dir_key {
    const char *root;       /* the state root */
    const char *namespace_; /* of the Job */
    const char *name;
    const char *uid;
    uint32_t job_id; /* Slurm's (array) job id, for the name beside a folder of another Job */
    bool create;     /* nobody else will make it */
};

/* Finds the Job's folder, and makes it when key->create: its object.json then holds job with uid,
 * namespace and creation time filled in, and the first of several tasks wins. *made says whether it
 * was this call. A folder that belongs to another uid is left alone: <name>.<job id> is taken
 * instead. Returns the path, which the caller frees, or NULL with err. */
char *job_dir_open(const struct job_dir_key *key, const json_t *job, int64_t now_seconds,
                   bool *made, struct error *err);

/* Reads the object.json of a Job's folder, a descriptor. Returns 1 with *out, which the caller
 * frees and which was NULL; 0 when there is none; -1 with err. */
int job_dir_object(int dir, json_t **out, struct error *err);

/* Opens the folder of a pod, and makes it when needed (0700). Returns the descriptor or -1. */
int job_dir_pod(const char *dir, const char *pod, struct error *err);

/* Makes the folder of a pod, which must not be there. Returns 1, 0 when it is there, or -1 with err
 * and errno. */
int job_dir_claim(const char *dir, const char *pod, struct error *err);

/* Removes the folder of a pod again, if nothing is in it. */
void job_dir_give_back(const char *dir, const char *pod);

/* The same for attempts that leave no files: a name in the folder claims, which is a hard link and
 * takes no inode. Where the file system has no (more) links, everybody gets the name. */
int job_dir_claim_name(const char *dir, const char *name, struct error *err);
void job_dir_give_back_name(const char *dir, const char *name);

/* Opens the log of a container for appending and reading, close-on-exec, mode 0600. Returns the
 * descriptor or -1. */
int job_dir_log(const char *dir, const char *pod, const char *container, struct error *err);

/* The same for the file of that log's times. */
int job_dir_log_times(const char *dir, const char *pod, const char *container, struct error *err);

#endif
