/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "submit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "strbuf.h"

extern char **environ;

#define ANSWER_MAX ((size_t)64 << 10)

/* These would override the head of the script, which belongs to the Job. */
static const char *const unwanted[] = {"SBATCH_ARRAY_INX=", "SBATCH_REQUEUE=", "SBATCH_NO_REQUEUE=",
                                       "SBATCH_JOB_NAME=",  "SBATCH_CLUSTERS="};

/* After these slurmctld may or may not have the job. */
static const char *const uncertain[] = {
    "timed out",
    "Zero Bytes were transmitted or received",
    "Unexpected message received",
    "Message receive failure",
    "Connection reset",
};

int submit_is_uncertain(const char *sbatch_errors)
{
    for (size_t i = 0; i < sizeof uncertain / sizeof *uncertain; i++)
        if (strcasestr(sbatch_errors, uncertain[i]))
            return 1;
    return 0;
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
    int test_only;
};

static void close_pair(int fd[2])
{
    for (int i = 0; i < 2; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

static int spawn_with(struct submission *c, char *const argv[], char *const env[], int in[2], int out[2],
                      int err[2])
{
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    posix_spawn_file_actions_init(&fa);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &pipe_signal);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&fa, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&fa, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&fa, err[1], STDERR_FILENO);
    int rc = posix_spawnp(&c->pid, argv[0], &fa, &attr, argv, env);
    posix_spawn_file_actions_destroy(&fa);
    posix_spawnattr_destroy(&attr);
    return rc;
}

static int start(struct submission *c, char *const argv[], struct error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errs[2] = {-1, -1};
    cleanup_free char **env = environment();
    int rc = ENOMEM;
    if (env) {
        rc = pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(errs, O_CLOEXEC)
                 ? errno
                 : spawn_with(c, argv, env, in, out, errs);
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
    c->in = in[1];
    c->out = out[0];
    c->err = errs[0];
    return 0;
}

/* One read into b; closes *fd at its end. */
static void take(int *fd, struct strbuf *b)
{
    char buf[4096];
    ssize_t n = read(*fd, buf, sizeof buf);
    if (n > 0 && b->len < ANSWER_MAX) {
        strbuf_add(b, buf, (size_t)n);
    } else if (n <= 0 && errno != EINTR) {
        close(*fd);
        *fd = -1;
    }
}

static void give(struct submission *c, const char **script, size_t *len)
{
    ssize_t n = *len ? write(c->in, *script, *len) : 0;
    if (n > 0) {
        *script += n;
        *len -= (size_t)n;
    }
    if (*len == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        close(c->in);
        c->in = -1;
    }
}

/* --parsable prints "id" or "id;cluster" as one line, when all is done. */
static bool parse_id(const char *text, uint32_t *job_id)
{
    char *end;
    unsigned long id = strtoul(text, &end, 10);
    if (id == 0 || id >= UINT32_MAX || !strchr(";\n", *end) || !strchr(text, '\n'))
        return false;
    *job_id = (uint32_t)id;
    return true;
}

/* Feeds the script and collects the answers, whichever comes first, until the id is there: what
 * sbatch does after that is to end. Returns whether it was seen. */
static bool converse(struct submission *c, const char *script, size_t len, struct strbuf *out,
                     struct strbuf *errs, uint32_t *job_id)
{
    fcntl(c->in, F_SETFL, O_NONBLOCK);
    while (c->out >= 0 || c->err >= 0) {
        struct pollfd p[3] = {
            {.fd = c->in, .events = POLLOUT},
            {.fd = c->out, .events = POLLIN},
            {.fd = c->err, .events = POLLIN},
        };
        if (poll(p, 3, -1) < 0)
            continue;
        errno = 0;
        if (p[0].revents)
            give(c, &script, &len);
        errno = 0;
        if (p[2].revents)
            take(&c->err, errs);
        errno = 0;
        if (p[1].revents)
            take(&c->out, out);
        if (!c->test_only && out->len && parse_id(strbuf_str(out), job_id))
            return true;
    }
    return false;
}

static void close_all(struct submission *c)
{
    int fd[] = {c->in, c->out, c->err};
    for (int i = 0; i < 3; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* What sbatch said, without the prefix of each line and the final newline. */
static void clean_message(const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t skip = strncmp(text, "sbatch: error: ", 15) == 0 ? 15 : 0;
        if (n > skip) {
            strbuf_adds(&b, b.len ? "; " : "");
            strbuf_add(&b, text + skip, n - skip);
        }
        text += n + (text[n] == '\n');
    }
    error_set(err, "%s", b.len ? strbuf_str(&b) : "sbatch failed without a word");
}

/* sbatch has ended without an id. */
static enum submit_outcome judge(int status, const struct strbuf *errs, int test_only,
                                 struct error *err)
{
    bool ok = status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (test_only && ok)
        return SUBMIT_DONE;
    clean_message(strbuf_str(errs), err);
    if (status < 0 || WIFSIGNALED(status)) {
        error_set(err, "sbatch was killed before it answered");
        return SUBMIT_UNCERTAIN;
    }
    return ok || submit_is_uncertain(strbuf_str(errs)) ? SUBMIT_UNCERTAIN : SUBMIT_REFUSED;
}

int submission_start(struct submission **out, char *const *extra, size_t n, int test_only,
                     struct error *err)
{
    static char sbatch[] = "sbatch", parsable[] = "--parsable", only[] = "--test-only";
    cleanup_free char **argv = calloc(n + 3, sizeof *argv);
    struct submission *s = calloc(1, sizeof *s);
    if (!argv || !s) {
        free(s);
        return error_set(err, "out of memory");
    }
    argv[0] = sbatch;
    argv[1] = test_only ? only : parsable;
    for (size_t i = 0; i < n; i++)
        argv[2 + i] = extra[i];
    s->test_only = test_only;
    if (start(s, argv, err) < 0) {
        free(s);
        return -1;
    }
    *out = s;
    return 0;
}

enum submit_outcome submission_finish(struct submission *s, const char *script, size_t len,
                                      uint32_t *job_id, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT, errs = STRBUF_INIT;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGPIPE, &ignore, &old);
    bool done = converse(s, script, len, &out, &errs, job_id);
    sigaction(SIGPIPE, &old, NULL);
    enum submit_outcome outcome =
        done ? SUBMIT_DONE : judge(wait_for(s->pid), &errs, s->test_only, err);
    if (outcome == SUBMIT_DONE)
        fputs(strbuf_str(&errs), stderr); /* notes of the site's plugins */
    close_all(s);
    free(s);
    return outcome;
}

void submission_abandon(struct submission *s)
{
    if (!s)
        return;
    kill(s->pid, SIGKILL); /* before its standard input ends: an empty script would be complained of */
    close_all(s);
    wait_for(s->pid);
    free(s);
}
