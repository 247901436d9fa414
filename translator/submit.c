/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "submit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "cleanup.h"
#include "printable.h"
#include "strbuf.h"
#include "submit_signals.h"
#include "trace.h"

extern char **environ;

#define ANSWER_MAX    ((size_t)64 << 10)
#define PIPE_SIZE     ((size_t)64 << 10) /* Linux' default */
#define TICK_SECONDS  30
#define GRACE_SECONDS 5 /* for an sbatch that was told to end */

/* Beginnings of variables that sbatch must not see. */
static const char *const unwanted[] = {
    /* These would override the head of the script, which belongs to the Job. */
    "SBATCH_ARRAY_INX=", "SBATCH_REQUEUE=", "SBATCH_NO_REQUEUE=", "SBATCH_JOB_NAME=",
    "SBATCH_CLUSTERS=", "SLURM_CLUSTERS=", "SBATCH_WAIT=",
    /* sbatch hands its environment on to the job. What describes the job or pod that we may be
     * running in describes no other, and Slurm replaces a variable only where the new job has that
     * property, too: without an array, or in a first run, the old one would be taken for its own.
     */
    "SLURM_RESTART_COUNT=", "SLURM_ARRAY_", "SLURM_JOB_", "SLURM_JOBID=", "SLURM_STEP",
    "SLURM_TASK", "SLURM_HET_", "SLURM_PROCID=", "SLURM_LOCALID=", "SLURM_NODEID=", "SLURMD_",
    "SKJOB_SPANK=", "JOB_COMPLETION_INDEX="};

/* After these slurmctld may or may not have the job. */
static const char *const uncertain[] = {
    "timed out",       "Zero Bytes were transmitted or received", "Unexpected message received",
    "receive failure", "Communication shutdown failure",          "Connection reset",
};

bool submit_is_uncertain(const char *sbatch_errors)
{
    for (size_t i = 0; i < sizeof uncertain / sizeof *uncertain; i++)
        if (strcasestr(sbatch_errors, uncertain[i]))
            return true;
    return false;
}

static bool is_unwanted(const char *variable)
{
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (strncmp(variable, unwanted[i], strlen(unwanted[i])) == 0)
            return true;
    return false;
}

/* A copy of the environment's pointers without the unwanted ones; the caller frees the array. */
static char **environment(void)
{
    size_t n = 0, kept = 0;
    while (environ[n])
        n++;
    char **env = calloc(n + 1, sizeof *env);
    for (size_t i = 0; env && i < n; i++)
        if (!is_unwanted(environ[i]))
            env[kept++] = environ[i];
    return env;
}

struct submission {
    pid_t pid;
    int in, out, err; /* our ends */
    bool test_only;
    const char *rest; /* of the script */
    size_t rest_len;
    struct strbuf said, complained; /* standard output and error of sbatch */
    int64_t told;                   /* when a signal was handed on, 0 = none was */
    struct strbuf command;          /* for those who want to know */
    int64_t began;
};

/* ---- starting ---- */

static void close_pair(int fd[2])
{
    for (int i = 0; i < 2; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

static int spawn_with(struct submission *s, char *const argv[], char *const env[], int in, int out,
                      int err)
{
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    sigset_t pipe_signal, mask;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    submit_signals_open(&mask);
    posix_spawn_file_actions_init(&fa);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &pipe_signal);
    posix_spawnattr_setsigmask(&attr, &mask);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&fa, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&fa, err, STDERR_FILENO);
    int rc = posix_spawnp(&s->pid, argv[0], &fa, &attr, argv, env);
    posix_spawn_file_actions_destroy(&fa);
    posix_spawnattr_destroy(&attr);
    return rc;
}

static int spawn(struct submission *s, char *const argv[], struct error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errs[2] = {-1, -1};
    cleanup_free char **env = environment();
    int rc = ENOMEM;
    if (env) {
        rc = pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(errs, O_CLOEXEC)
                 ? errno
                 : spawn_with(s, argv, env, in[0], out[1], errs[1]);
    }
    if (rc != 0) {
        close_pair(in);
        close_pair(out);
        close_pair(errs);
        return error_set(err, rc == ENOENT ? "%s is not installed here: %s" : "cannot run %s: %s",
                         argv[0], strerror(rc));
    }
    close(in[0]);
    close(out[1]);
    close(errs[1]);
    s->in = in[1];
    s->out = out[0];
    s->err = errs[0];
    return 0;
}

int submission_start(struct submission **out, char *const *extra, size_t n, bool test_only,
                     struct error *err)
{
    static char sbatch[] = "sbatch", parsable[] = "--parsable", only[] = "--test-only";
    cleanup_free char **argv = calloc(n + 3, sizeof *argv);
    cleanup_free struct submission *s = calloc(1, sizeof *s);
    if (!argv || !s)
        return error_set(err, "out of memory");
    argv[0] = sbatch;
    argv[1] = test_only ? only : parsable;
    for (size_t i = 0; i < n; i++)
        argv[2 + i] = extra[i];
    for (size_t i = 0; i < n + 2 && trace_wanted(TRACE_CHANGES); i++)
        strbuf_addf(&s->command, "%s%s", i ? " " : "", argv[i]);
    s->began = trace_begin();
    s->test_only = test_only;
    if (spawn(s, argv, err) < 0) {
        strbuf_free(&s->command);
        return -1;
    }
    *out = steal_ptr(&s);
    return 0;
}

/* ---- talking ---- */

/* One read; closes *fd at its end. */
static void take(int *fd, struct strbuf *b)
{
    char buf[4096];
    ssize_t n = read(*fd, buf, sizeof buf);
    if (n > 0 && b->len < ANSWER_MAX) {
        strbuf_add(b, buf, (size_t)n);
    } else if (n == 0 || (n < 0 && errno != EINTR)) {
        close(*fd);
        *fd = -1;
    }
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_answers(struct submission *s)
{
    close_end(&s->out);
    close_end(&s->err);
}

/* Returns whether that was all of it. */
static bool give(struct submission *s)
{
    ssize_t n = write(s->in, s->rest, s->rest_len);
    if (n > 0) {
        s->rest += n;
        s->rest_len -= (size_t)n;
    }
    if (s->rest_len == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        close_end(&s->in);
    return s->rest_len == 0;
}

/* sbatch must never read half a script, should we be killed: the pipe takes it in one write (up to
 * the system's limit for pipes, 1 MiB). */
static void widen(const struct submission *s, size_t len)
{
    if (len > PIPE_SIZE)
        (void)fcntl(s->in, F_SETPIPE_SZ, (int)len);
    fcntl(s->in, F_SETFL, O_NONBLOCK);
}

int submit_parse_id(const char *out, uint32_t *job_id)
{
    for (const char *line = out, *next; (next = strchr(line, '\n')); line = next + 1) {
        char *end;
        unsigned long id = strtoul(line, &end, 10);
        if (!strchr("0123456789", *line) || id == 0 || id >= UINT32_MAX || !strchr(";\n", *end))
            continue;
        *job_id = (uint32_t)id;
        return 1;
    }
    return 0;
}

static int64_t seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* Hands the signal that came on to sbatch, and ends it some seconds later. */
static void hand_on_signal(struct submission *s)
{
    int64_t now = seconds_now();
    int sig = submit_signals_caught();
    if (sig && !s->told) {
        s->told = now;
        kill(s->pid, sig);
    } else if (s->told && now - s->told >= GRACE_SECONDS) {
        kill(s->pid, SIGKILL);
        close_answers(s); /* a wrapper's children may hold the other ends */
    }
}

static int wait_for_events(struct submission *s, struct pollfd p[3])
{
    sigset_t open;
    submit_signals_open(&open);
    struct timespec limit = {.tv_sec = s->told ? 1 : TICK_SECONDS};
    p[0] = (struct pollfd){.fd = s->in, .events = POLLOUT};
    p[1] = (struct pollfd){.fd = s->out, .events = POLLIN};
    p[2] = (struct pollfd){.fd = s->err, .events = POLLIN};
    return ppoll(p, 3, &limit, &open);
}

/* Feeds the script and collects the answers, whichever comes first, until the id is there: what
 * sbatch does after that is to end. Returns whether it was seen. */
static bool converse(struct submission *s, void (*tick)(void *arg, bool first), void *arg,
                     uint32_t *job_id)
{
    while (s->out >= 0 || s->err >= 0) {
        struct pollfd p[3];
        int n = wait_for_events(s, p);
        hand_on_signal(s);
        if (n == 0 && tick)
            tick(arg, false);
        if (n <= 0)
            continue;
        if (p[0].revents && !s->told && give(s) && tick)
            tick(arg, true);
        if (p[2].revents)
            take(&s->err, &s->complained);
        if (p[1].revents)
            take(&s->out, &s->said);
        if (!s->test_only && s->said.len && submit_parse_id(strbuf_str(&s->said), job_id))
            return true;
    }
    return false;
}

/* ---- ending ---- */

/* The wait status, -1 when it cannot be had. Signals get through. */
static int wait_for(struct submission *s)
{
    sigset_t open;
    submit_signals_open(&open);
    for (;;) {
        int status;
        pid_t pid = waitpid(s->pid, &status, WNOHANG);
        if (pid > 0)
            return status;
        if (pid < 0 && errno != EINTR)
            return -1;
        ppoll(NULL, 0, &(struct timespec){.tv_nsec = 1000000}, &open);
        hand_on_signal(s);
    }
}

static void collect(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* An sbatch that has answered is not waited for. Its exit is collected when the next one has. */
static void collect_later(pid_t pid)
{
    static pid_t last;
    if (last)
        collect(last);
    last = pid;
}

static void discard(struct submission *s)
{
    close_end(&s->in);
    close_answers(s);
    strbuf_free(&s->said);
    strbuf_free(&s->complained);
    strbuf_free(&s->command);
    free(s);
}

/* What sbatch said, in one line without the prefix of each of its lines. */
static void clean_message(const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t skip = strncmp(text, "sbatch: error: ", 15) == 0 ? 15 : 0;
        if (n > skip) {
            strbuf_adds(&b, b.len ? "; " : "");
            printable_add(&b, text + skip, n - skip, "");
        }
        text += n + (text[n] == '\n');
    }
    error_set(err, "%s", b.len ? strbuf_str(&b) : "sbatch failed without a word");
}

/* sbatch has ended without an id. */
static enum submit_outcome judge(const struct submission *s, int status, struct error *err)
{
    const char *complaint = strbuf_str(&s->complained);
    bool ok = status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (s->test_only && ok)
        return SUBMIT_DONE;
    if (submit_signals_caught() && s->rest_len) {
        error_set(err, "interrupted");
        return SUBMIT_REFUSED;
    }
    if (status < 0 || WIFSIGNALED(status)) {
        error_set(err, "sbatch was killed before it answered");
        return s->rest_len ? SUBMIT_REFUSED : SUBMIT_UNCERTAIN;
    }
    clean_message(complaint, err);
    if (ok && !s->complained.len)
        error_set(err, "sbatch ended without an answer");
    return ok || submit_is_uncertain(complaint) ? SUBMIT_UNCERTAIN : SUBMIT_REFUSED;
}

enum submit_outcome submission_finish(struct submission *s, const char *script, size_t len,
                                      void (*tick)(void *arg, bool first), void *arg,
                                      uint32_t *job_id, struct error *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    enum submit_outcome outcome = SUBMIT_DONE;
    s->rest = script;
    s->rest_len = len;
    trace_text(TRACE_TEXTS, script);
    widen(s, len);
    sigaction(SIGPIPE, &ignore, &old);
    bool answered = converse(s, tick, arg, job_id);
    close_end(&s->in);
    if (answered)
        collect_later(s->pid);
    else
        outcome = judge(s, wait_for(s), err);
    sigaction(SIGPIPE, &old, NULL);
    trace_end(TRACE_CHANGES, s->began, "%s: a script of %zu bytes, %.*s", strbuf_str(&s->command),
              len, s->said.len ? (int)strcspn(strbuf_str(&s->said), "\n") : 5,
              s->said.len ? strbuf_str(&s->said) : "no id");
    if (outcome == SUBMIT_DONE)
        fputs(strbuf_str(&s->complained), stderr); /* notes of the site's plugins */
    discard(s);
    return outcome;
}

void submission_abandon(struct submission *s)
{
    if (!s)
        return;
    kill(s->pid, SIGKILL); /* before its input ends: an empty script would be complained of */
    collect(s->pid);
    discard(s);
}
