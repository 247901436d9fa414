/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_jobs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <slurm/slurm_errno.h>

#include "cleanup.h"
#include "slurm_job_ref.h"
#include "slurm_lib.h"
#include "trace.h"

struct calls {
    int (*load_job)(job_info_msg_t **, slurm_job_ref_t, uint16_t);
    int (*load_job_user)(job_info_msg_t **, uint32_t, uint16_t);
    void (*free_job_info_msg)(job_info_msg_t *);
    int (*requeue2)(char *, uint32_t, job_array_resp_msg_t **);
    int (*update_job2)(job_desc_msg_t *, job_array_resp_msg_t **);
    void (*free_job_array_resp)(job_array_resp_msg_t *);
    void (*init_job_desc_msg)(job_desc_msg_t *);
    char *(*strerror_)(int);
};

static const struct slurm_symbol symbols[] = {
    {"slurm_load_job", offsetof(struct calls, load_job)},
    {"slurm_load_job_user", offsetof(struct calls, load_job_user)},
    {"slurm_free_job_info_msg", offsetof(struct calls, free_job_info_msg)},
    {"slurm_requeue2", offsetof(struct calls, requeue2)},
    {"slurm_update_job2", offsetof(struct calls, update_job2)},
    {"slurm_free_job_array_resp", offsetof(struct calls, free_job_array_resp)},
    {"slurm_init_job_desc_msg", offsetof(struct calls, init_job_desc_msg)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
};

static int load(struct calls *c, struct error *err)
{
    return slurm_lib_load(symbols, sizeof symbols / sizeof *symbols, c, err);
}

/* Of what we ask for, only a requeue can be "presently disabled". */
static enum slurm_answer judge(const struct calls *c, int error, struct error *err)
{
    const char *text =
        error == ESLURM_DISABLED
            ? "the task may not be requeued, so it is not retried (sbatch --no-requeue, or "
              "JobRequeue=0 in slurm.conf: use sbatch --requeue)"
            : c->strerror_(error);
    return slurm_answer_judge(error, text, err);
}

/* *msg is NULL where there was no answer. */
static enum slurm_answer answered(const struct calls *c, int rc, job_info_msg_t **msg,
                                  struct error *err)
{
    if (rc == SLURM_SUCCESS)
        return SLURM_DONE;
    *msg = NULL;
    return judge(c, errno, err);
}

enum slurm_answer slurm_jobs_read(uint32_t job_id, job_info_msg_t **msg, struct error *err)
{
    struct calls c;
    *msg = NULL;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    int64_t began = trace_begin();
    int rc = c.load_job(msg, slurm_job_ref(job_id), SLURM_JOBS_SHOW);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_job %u: %u records", job_id,
              rc == SLURM_SUCCESS ? (*msg)->record_count : 0);
    return answered(&c, rc, msg, err);
}

enum slurm_answer slurm_jobs_read_mine(job_info_msg_t **msg, struct error *err)
{
    struct calls c;
    *msg = NULL;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    int64_t began = trace_begin();
    int rc = c.load_job_user(msg, getuid(), SLURM_JOBS_SHOW);
    trace_end(TRACE_QUESTIONS, began, "slurm_load_job_user: %u records",
              rc == SLURM_SUCCESS ? (*msg)->record_count : 0);
    return answered(&c, rc, msg, err);
}

void slurm_jobs_free(job_info_msg_t *msg)
{
    struct calls c;
    if (msg && load(&c, NULL) == 0)
        c.free_job_info_msg(msg);
}

int slurm_jobs_change(job_desc_msg_t *change, struct error *err)
{
    struct calls c;
    if (load(&c, err) < 0)
        return -1;
    c.init_job_desc_msg(change);
    return 0;
}

/* An answer about an array has a code for each of its records. */
static enum slurm_answer settle(const struct calls *c, int rc, job_array_resp_msg_t *each,
                                slurm_jobs_left_out *left_out, struct error *err)
{
    int error = rc == SLURM_SUCCESS || (left_out && left_out(errno)) ? 0 : errno;
    for (uint32_t i = 0; each && !error && i < each->job_array_count; i++) {
        int code = (int)each->error_code[i];
        error = left_out && left_out(code) ? 0 : code;
    }
    if (each)
        c->free_job_array_resp(each);
    return error ? judge(c, error, err) : SLURM_DONE;
}

/* libslurm takes the text as one that it may write to. */
static char *prepare(struct calls *c, const char *tasks, struct error *err)
{
    if (load(c, err) < 0)
        return NULL;
    char *id = strdup(tasks);
    if (!id)
        error_set(err, "out of memory");
    return id;
}

enum slurm_answer slurm_jobs_update(const char *tasks, job_desc_msg_t *change,
                                    slurm_jobs_left_out *left_out, struct error *err)
{
    struct calls c;
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = prepare(&c, tasks, err);
    if (!id)
        return SLURM_REFUSED;
    change->job_id_str = id;
    int64_t began = trace_begin();
    int rc = c.update_job2(change, &each);
    trace_end(TRACE_CHANGES, began, "slurm_update_job %s", tasks);
    return settle(&c, rc, each, left_out, err);
}

enum slurm_answer slurm_jobs_requeue(const char *tasks, uint32_t flags,
                                     slurm_jobs_left_out *left_out, struct error *err)
{
    struct calls c;
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = prepare(&c, tasks, err);
    if (!id)
        return SLURM_REFUSED;
    int64_t began = trace_begin();
    int rc = c.requeue2(id, flags, &each);
    trace_end(TRACE_CHANGES, began, "slurm_requeue %s", tasks);
    return settle(&c, rc, each, left_out, err);
}
