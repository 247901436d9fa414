/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_create.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "cleanup.h"
#include "default_batch.h"
#include "job_sbatch.h"
#include "job_script.h"
#include "journal.h"
#include "random.h"
#include "slurm_api.h"
#include "timefmt.h"
#include "tree.h"

#define NAME_TRIES 8

static json_t *meta_of(const struct job_create *j)
{
    return tree_get(j->object, "metadata");
}

static const char *name_of(const struct job_create *j)
{
    return tree_str(meta_of(j), "name");
}

static const char *ns_of(const struct job_create *j)
{
    const char *ns = tree_str(meta_of(j), "namespace");
    return *ns ? ns : j->ns;
}

static int generate_name(struct job_create *j, struct error *err)
{
    char name[RANDOM_NAME_SIZE];
    if (random_name(name, tree_str(meta_of(j), "generateName"), err) < 0)
        return -1;
    if (json_object_set_new(meta_of(j), "name", json_string(name)) < 0)
        return error_set(err, "out of memory");
    return 0;
}

/* What the API server fills in when it accepts an object. */
static int add_identity(struct job_create *j, char uid[RANDOM_UUID_SIZE], struct error *err)
{
    char now[TIMEFMT_MAX];
    if (random_uuid(uid, err) < 0)
        return -1;
    timefmt_rfc3339((int64_t)j->now, now);
    json_t *meta = meta_of(j);
    if (json_object_set_new(meta, "uid", json_string(uid)) < 0 ||
        json_object_set_new(meta, "creationTimestamp", json_string(now)) < 0 ||
        json_object_set_new(meta, "generation", json_integer(1)) < 0 ||
        json_object_set_new(meta, "namespace", json_string(ns_of(j))) < 0)
        return error_set(err, "out of memory");
    return generate_selector(j->object, uid, err) < 0 ? -1 : default_job_labels(j->object, err);
}

static int render(struct job_create *j, struct strbuf *script, struct error *err)
{
    const struct job_script s = {.store = j->store,
                                 .object = j->object,
                                 .translation = j->translation,
                                 .head = j->head,
                                 .output = j->output};
    return job_script_render(&s, script, err);
}

/* Takes the name. 0, 1 = it exists, -1. */
static int claim(struct job_create *j, struct error *err)
{
    bool generated = !tree_has(meta_of(j), "name");
    int rc = 1;
    for (int i = 0; i < NAME_TRIES && rc == 1; i++) {
        if (generated && generate_name(j, err) < 0)
            return -1;
        rc = claim_name(j->store, ns_of(j), name_of(j), err);
        if (!generated)
            break;
    }
    return rc;
}

/* ---- submission ---- */

/* The id is shown with the object, and kept in the journal. */
static int show_job_id(json_t *object, uint32_t job_id, struct error *err)
{
    char text[16];
    json_t *meta = tree_get(object, "metadata");
    snprintf(text, sizeof text, "%u", job_id);
    if (!tree_has(meta, "annotations"))
        json_object_set_new(meta, "annotations", json_object());
    if (json_object_set_new(tree_get(meta, "annotations"), STORE_JOB_ID_ANNOTATION,
                            json_string(text)) < 0)
        return error_set(err, "out of memory");
    return 0;
}

/* The folder stays: what is left to do finds the job in Slurm by it. */
static enum job_created not_recorded(const struct job_create *j, uint32_t job_id, struct error *err)
{
    const struct error why = *err;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(j->store, ns_of(j), name_of(j), &path);
    error_set(err,
              "submitted as Slurm job %u, but that cannot be written down in %s: %s (make room and "
              "look at it: skjob get job %s; or end it: skjob delete job %s)",
              job_id, strbuf_str(&path), why.text, name_of(j), name_of(j));
    return JOB_FAILED;
}

static enum job_created submitted(struct job_create *j, uint32_t job_id, bool *keep,
                                  struct error *err)
{
    if (j->test_only)
        return JOB_CREATED;
    if (claim_submitted(j->store, ns_of(j), name_of(j), job_id, err) == 0 &&
        show_job_id(j->object, job_id, err) == 0)
        return JOB_CREATED;
    *keep = true;
    return not_recorded(j, job_id, err);
}

/* While sbatch works. */
static void meanwhile(void *arg, bool first)
{
    const struct job_create *j = arg;
    if (!j->test_only)
        (first ? claim_prepare : claim_keep)(j->store, ns_of(j), name_of(j));
}

static void explain_array_limit(const struct job_create *j, struct error *err)
{
    struct slurm_cluster cluster;
    struct error ignored;
    if (!strcasestr(err->text, "array") || slurm_api_cluster(&cluster, &ignored) < 0 ||
        j->translation->max_index < (long long)cluster.max_array_size)
        return;
    error_set(err,
              "the Job needs %lld array tasks, and this cluster allows %u in one array "
              "(MaxArraySize); split the Job, or ask the admin to raise it",
              j->translation->max_index + 1, cluster.max_array_size);
}

/* The submission that was started ahead, or a new one. */
static struct submission *begin(struct job_create *j, struct error *err)
{
    struct submission *s = steal_ptr(j->ahead);
    if (!s && submission_start(&s, j->extra, j->extra_len, j->test_only, err) < 0)
        return NULL;
    return s;
}

/* Slurm's own refusals are certain. Any other failure may come from a wrapper around an sbatch that
 * succeeded: Slurm is asked. */
static bool is_there_all_the_same(const struct job_create *j, uint32_t *job_id,
                                  const struct error *why)
{
    struct error lost;
    if (j->test_only || strstr(why->text, "job submission failed") ||
        strstr(why->text, "nable to contact") || strcmp(why->text, "interrupted") == 0)
        return false;
    return claim_find_in_slurm(j->object, job_id, &lost) == 1;
}

static enum job_created submit(struct job_create *j, const struct strbuf *script, bool *keep,
                               struct error *err)
{
    uint32_t job_id = 0;
    struct error lost;
    struct submission *s = begin(j, err);
    if (!s)
        return JOB_FAILED;
    switch (submission_finish(s, strbuf_str(script), script->len, meanwhile, j, &job_id, err)) {
    case SUBMIT_DONE:
        return submitted(j, job_id, keep, err);
    case SUBMIT_REFUSED:
        if (is_there_all_the_same(j, &job_id, err))
            return submitted(j, job_id, keep, err);
        explain_array_limit(j, err);
        return JOB_FAILED;
    case SUBMIT_UNCERTAIN:
        break;
    }
    if (j->test_only)
        return JOB_FAILED;
    if (submission_signals_let_go())
        fprintf(stderr, "Asking Slurm whether %s was submitted; interrupt again to leave it open\n",
                name_of(j));
    if (claim_find_in_slurm(j->object, &job_id, &lost) == 1)
        return submitted(j, job_id, keep, err);
    *keep = true;
    error_prefix(err,
                 "Slurm's answer was lost; the same command again finds out whether %s was "
                 "submitted, and submits it only if it was not",
                 name_of(j));
    return JOB_FAILED;
}

/* completions: 0 has no pods and is complete at once (job controller, 4.3). */
static enum job_created complete_at_once(const struct job_create *j, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct journal_end end = {.time_us = (int64_t)j->now * 1000000};
    char host[256];
    store_host(host);
    snprintf(end.condition, sizeof end.condition, "Complete");
    snprintf(end.reason, sizeof end.reason, "CompletionsReached");
    snprintf(end.message, sizeof end.message, "Reached expected number of succeeded pods");
    store_path(j->store, ns_of(j), name_of(j), &path);
    cleanup_close int fd = open(strbuf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return (void)error_set(err, "cannot open %s", strbuf_str(&path)), JOB_FAILED;
    return journal_end_make(fd, host, &end, err) < 0 ? JOB_FAILED : JOB_CREATED;
}

static int write_files(const struct job_create *j, struct error *err)
{
    cleanup_strbuf struct strbuf dir = STRBUF_INIT;
    store_path(j->store, ns_of(j), name_of(j), &dir);
    return store_write(j->store, ns_of(j), name_of(j), j->object, err) < 0
               ? -1
               : job_sbatch_write(strbuf_str(&dir), j->head, j->extra, j->extra_len, err);
}

static enum job_created create_claimed(struct job_create *j, bool *keep, struct error *err)
{
    char uid[RANDOM_UUID_SIZE];
    cleanup_strbuf struct strbuf script = STRBUF_INIT;
    if (add_identity(j, uid, err) < 0 || render(j, &script, err) < 0)
        return JOB_FAILED;
    if (!j->test_only && write_files(j, err) < 0)
        return JOB_FAILED;
    if (j->translation->nothing_to_run)
        return j->test_only ? JOB_CREATED : complete_at_once(j, err);
    return submit(j, &script, keep, err);
}

enum job_created job_create(struct job_create *j, struct error *err)
{
    struct error lost;
    bool keep = false;
    error_set(err, "%s", "");
    if (j->test_only) {
        if (!tree_has(meta_of(j), "name") && generate_name(j, err) < 0)
            return JOB_FAILED;
        if (store_exists(j->store, ns_of(j), name_of(j)))
            return JOB_EXISTS;
        return create_claimed(j, &keep, err);
    }
    int rc = claim(j, err);
    if (rc != 0)
        return rc > 0 ? JOB_EXISTS : JOB_FAILED;
    enum job_created made = create_claimed(j, &keep, err);
    if (made == JOB_FAILED && !keep && claim_give_back(j->store, ns_of(j), name_of(j), &lost) < 0)
        error_prefix(err, "%s", lost.text);
    return made;
}
