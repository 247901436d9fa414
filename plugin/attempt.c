/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attempt_env.h"
#include "helper.h"
#include "log.h"

#define PROGRAM "skjob-attempt"

static int open_ms = 10000;
static int close_ms = 20000;
#define GUARD_MS 5000 /* to start it */

#define RESTARTS "SLURM_RESTART_COUNT"

#define OPEN_REFUSES 3 /* the exit status of `skjob-attempt open`: the script must not run */
#define OPEN_OUTPUT  8192

static struct attempt {
    bool is_ours;
    uint32_t id;
    bool deadline;
    bool has_status;
    int status;
    const char *const *plain; /* NULL: of a manifest */
    bool *refused; /* of a plain array: found out by the process that becomes the script */
    char program[OPTIONS_PATH_MAX + sizeof "/" PROGRAM];
    char script[sizeof "--script=" + PATH_MAX];
} attempt;

/* ---- one call of skjob-attempt ---- */

struct call {
    const char *argv[ATTEMPT_OPTIONS + 4];
    struct attempt_env env;
    struct helper helper;
};

static void set_arguments(struct call *c, const char *verb, const char *word)
{
    size_t n = 0;
    c->argv[n++] = attempt.program;
    c->argv[n++] = verb;
    if (word)
        c->argv[n++] = word;
    for (size_t i = 0; attempt.plain && attempt.plain[i] && i < ATTEMPT_OPTIONS; i++)
        c->argv[n++] = attempt.plain[i];
    if (!attempt.plain)
        c->argv[n++] = attempt.script;
    c->argv[n] = NULL;
}

/* Slurm sets it before task_init, and in slurmstepd itself when the task has ended. */
static uint32_t restarts(spank_t sp)
{
    char text[8]; /* Slurm counts in 16 bits */
    if (spank_getenv(sp, RESTARTS, text, sizeof text) != ESPANK_SUCCESS || !*text ||
        strspn(text, "0123456789") != strlen(text))
        return 0;
    return (uint32_t)strtoul(text, NULL, 10);
}

/* word: an argument of the verb's own, or NULL. */
static int make_call(struct call *c, spank_t sp, const char *verb, const char *word, int limit_ms)
{
    struct job job;
    if (!job_get(sp, &job))
        return -1;
    set_arguments(c, verb, word);
    attempt_env_make(&c->env, sp, &job, restarts(sp));
    c->helper = (struct helper){.argv = c->argv,
                                .envp = c->env.envp,
                                .uid = job.uid,
                                .gid = job.gid,
                                .groups = job.groups,
                                .groups_len = (size_t)job.groups_len,
                                .limit_ms = limit_ms};
    return 0;
}

static void describe(int status, char *out, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(out, size, "signal %d", WTERMSIG(status));
    else
        snprintf(out, size, "exit status %d", WEXITSTATUS(status));
}

/* One line about a call that has ended: what it said, or how it ended when that is bad. */
static void tell(const char *verb, const struct helper_result *r, bool good)
{
    char how[32];
    const char *colon = *r->line ? ": " : "";
    describe(r->status, how, sizeof how);
    if (r->timed_out)
        log_error(attempt.id, PROGRAM " %s took too long and was killed%s%s", verb, colon, r->line);
    else if (!good)
        log_error(attempt.id, PROGRAM " %s: %s%s%s", verb, how, colon, r->line);
    else if (*r->line)
        log_info(attempt.id, "%s: %s", verb, r->line);
}

/* ---- opening ---- */

static bool is_name(const char *name, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return len && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") >= len &&
           strchr(letters, name[0]);
}

/* A line NAME=VALUE, whose newline is a NUL already. */
static int set_line(spank_t sp, char *line)
{
    char *value = strchr(line, '=');
    if (!value || !is_name(line, (size_t)(value - line))) {
        log_error(attempt.id, PROGRAM " open: not NAME=VALUE: its output is ignored from there");
        return -1;
    }
    *value++ = '\0';
    spank_err_t rc = spank_setenv(sp, line, value, 1);
    if (rc != ESPANK_SUCCESS)
        log_error(attempt.id, "%s: %s", line, spank_strerror(rc));
    return 0;
}

/* A last line without its newline is not believed. */
static void set_variables(spank_t sp, char *text)
{
    char *end;
    for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (set_line(sp, line))
            return;
    }
}

static void open_plain(spank_t sp)
{
    char out[OPEN_OUTPUT];
    struct call c;
    struct helper_result r;
    struct error err;
    if (make_call(&c, sp, "open", NULL, open_ms))
        return;
    c.helper.out = out;
    c.helper.out_size = sizeof out;
    if (helper_run(&c.helper, &r, &err)) {
        log_error(attempt.id, PROGRAM " open: %s", err.text);
        return;
    }
    bool ended = !r.timed_out && WIFEXITED(r.status);
    bool refused = ended && WEXITSTATUS(r.status) == OPEN_REFUSES;
    bool good = refused || (ended && WEXITSTATUS(r.status) == 0);
    tell("open", &r, good);
    *attempt.refused = refused;
    if (refused)
        log_info(attempt.id, "the script does not run: the Job has ended or does not need it");
    else if (good)
        set_variables(sp, out);
}

/* ---- the hooks ---- */

/* A manifest's job is retried all the same, by skjob-pod: no reason to bother its user. */
static void tell_missing(const struct job *job, bool plain)
{
    const char *why = strerror(errno);
    if (plain)
        log_error(job->id, "%s: %s: failed tasks are not retried", attempt.program, why);
    else
        log_info(job->id, "%s: %s: attempts are closed by skjob-pod", attempt.program, why);
}

/* It runs as the user, so whose file it is does not matter; the user's rights must do. */
static bool find_program(const struct options *options)
{
    struct stat st;
    snprintf(attempt.program, sizeof attempt.program, "%s/" PROGRAM, options->libexec);
    if (stat(attempt.program, &st) == 0) {
        if (S_ISREG(st.st_mode) && (st.st_mode & 0111))
            return true;
        errno = EACCES;
    }
    return false;
}

static bool share_refused(const struct job *job)
{
    void *page = mmap(NULL, sizeof *attempt.refused, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        log_error(job->id, "mmap: %s", strerror(errno));
    attempt.refused = page == MAP_FAILED ? NULL : page;
    return attempt.refused;
}

static void set_mark(spank_t sp, const struct job *job)
{
    char id[16];
    snprintf(id, sizeof id, "%" PRIu32, job->id);
    spank_err_t rc = spank_setenv(sp, ATTEMPT_MARK, id, 1);
    if (rc == ESPANK_SUCCESS)
        return;
    log_error(job->id, ATTEMPT_MARK ": %s", spank_strerror(rc));
    attempt_forget(); /* skjob-pod does not know of us, and does it all */
}

void attempt_begin(spank_t sp, const struct job *job, const struct options *options,
                   const char *script, const char *const *plain, bool deadline)
{
    attempt_env_apply(sp, job, options);
    if (!find_program(options)) {
        tell_missing(job, plain);
        return;
    }
    if (plain && !share_refused(job))
        return;
    attempt.is_ours = true;
    attempt.id = job->id;
    attempt.plain = plain;
    attempt.deadline = deadline;
    snprintf(attempt.script, sizeof attempt.script, "--script=%s", script);
    /* One that came along from the pod that submitted this job; Slurm sets its own later. */
    spank_unsetenv(sp, RESTARTS);
    if (!plain)
        set_mark(sp, job);
}

static bool is_refused(void)
{
    return attempt.refused && *attempt.refused;
}

bool attempt_is_ours(void)
{
    return attempt.is_ours;
}

static void start_guard(spank_t sp)
{
    char word[32];
    struct call c;
    struct error err;
    snprintf(word, sizeof word, "--pid=%" PRIdMAX, (intmax_t)getpid());
    if (make_call(&c, sp, "guard", word, GUARD_MS))
        return;
    if (helper_detach(&c.helper, &err))
        log_error(attempt.id, PROGRAM " guard: %s", err.text);
    else
        log_debug(attempt.id, "guard of process %" PRIdMAX, (intmax_t)getpid());
}

bool attempt_start(spank_t sp)
{
    if (!attempt_is_ours())
        return true;
    if (attempt.plain)
        open_plain(sp);
    if (is_refused())
        return false;
    if (attempt.deadline)
        start_guard(sp);
    return true;
}

void attempt_ended(int status)
{
    attempt.has_status = true;
    attempt.status = status;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A status of 0 of a manifest's job: skjob-pod has recorded its success. */
void attempt_finish(spank_t sp)
{
    char word[32], how[32];
    struct call c;
    struct helper_result r;
    struct error err;
    if (!attempt_is_ours() || is_refused() || !attempt.has_status ||
        (!attempt.plain && attempt.status == 0))
        return;
    snprintf(word, sizeof word, "--status=%d", attempt.status);
    describe(attempt.status, how, sizeof how);
    log_debug(attempt.id, "ended with %s: closing", how);
    if (make_call(&c, sp, "close", word, close_ms))
        return;
    int64_t begun = now_us();
    if (helper_run(&c.helper, &r, &err))
        log_error(attempt.id, PROGRAM " close: %s", err.text);
    else
        tell("close", &r, WIFEXITED(r.status) && WEXITSTATUS(r.status) == 0);
    log_debug(attempt.id, "closed in %" PRId64 " us", now_us() - begun);
    attempt_forget();
}

void attempt_forget(void)
{
    if (attempt.refused)
        munmap(attempt.refused, sizeof *attempt.refused);
    memset(&attempt, 0, sizeof attempt);
}

void attempt_hurry(int limit_ms)
{
    open_ms = close_ms = limit_ms;
}
