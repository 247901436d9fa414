/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "trace.h"

#define TASKS_MAX     ((size_t)1 << 28)
#define PARTITIONS    16
#define PARTITION_MAX 64

struct header {
    enum slurm_answer answer;
    size_t len;
    char partitions[PARTITIONS][PARTITION_MAX];
};

/* Those that were met so far. The child's tasks point into this table, which the parent has at the
 * same place, as it was forked; it gets back what the child has added. */
static char partitions[PARTITIONS][PARTITION_MAX];

static int reserve(struct job_live *live, size_t n)
{
    if (n <= live->cap)
        return 0;
    size_t cap = n < 64 ? 64 : n + n / 2;
    struct slurm_task *tasks = reallocarray(live->tasks, cap, sizeof *tasks);
    if (!tasks)
        return -1;
    live->tasks = tasks;
    live->cap = cap;
    return 0;
}

/* The same text each time; "" when there are too many. */
static const char *keep_partition(const char *name)
{
    for (size_t i = 0; i < PARTITIONS; i++) {
        if (!*partitions[i])
            snprintf(partitions[i], sizeof partitions[i], "%s", name);
        if (strncmp(partitions[i], name, sizeof partitions[i] - 1) == 0)
            return partitions[i];
    }
    return "";
}

static int take(void *arg, const struct slurm_task *task)
{
    struct job_live *live = arg;
    if (reserve(live, live->len + 1) < 0)
        return -1;
    live->tasks[live->len] = *task;
    live->tasks[live->len++].partition = keep_partition(task->partition);
    return 0;
}

/* What Slurm does not know any more has no tasks. */
static enum slurm_answer ask_each(struct job_live *live, const struct fold_array *arrays, size_t n)
{
    struct error err;
    for (size_t i = 0; i < n; i++) {
        size_t before = live->len;
        enum slurm_answer answer = slurm_task_read_all(arrays[i].job, take, live, &err);
        if (answer == SLURM_UNAVAILABLE)
            return answer;
        if (answer != SLURM_DONE)
            live->len = before;
    }
    return SLURM_DONE;
}

static void answer(struct job_live *live, const struct fold_array *arrays, size_t n, int out)
    __attribute__((noreturn));

static void answer(struct job_live *live, const struct fold_array *arrays, size_t n, int out)
{
    struct error err;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    struct header h = {.answer =
                           n ? ask_each(live, arrays, n) : slurm_task_read_mine(take, live, &err)};
    h.len = h.answer == SLURM_DONE ? live->len : 0;
    memcpy(h.partitions, partitions, sizeof partitions);
    _exit(files_write(out, &h, sizeof h) < 0 ||
          files_write(out, live->tasks, h.len * sizeof *live->tasks) < 0);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int read_all(int fd, void *data, size_t len, int64_t until)
{
    char *p = data;
    while (len > 0) {
        int64_t left = until - now_ms();
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
        ssize_t n = ready > 0 ? read(fd, p, len) : 0;
        if ((ready < 0 || n < 0) && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int receive(struct job_live *live, int fd, int64_t until)
{
    struct header h;
    if (read_all(fd, &h, sizeof h, until) < 0 || h.answer == SLURM_UNAVAILABLE ||
        h.len > TASKS_MAX || reserve(live, h.len) < 0 ||
        read_all(fd, live->tasks, h.len * sizeof *live->tasks, until) < 0)
        return -1;
    live->len = h.len;
    memcpy(partitions, h.partitions, sizeof partitions);
    return 0;
}

int live_ask(struct job_live *live, const struct fold_array *arrays, size_t n, int limit_ms)
{
    int ends[2];
    live->len = 0;
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    cleanup_close int reading = ends[0];
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]); /* so that nothing is written when nobody reads */
        answer(live, arrays, n, ends[1]);
    }
    close(ends[1]);
    if (pid < 0)
        return -1;
    int64_t began = trace_begin();
    int rc = receive(live, reading, now_ms() + limit_ms);
    /* What the child tells is not heard. */
    if (n)
        trace_end(TRACE_QUESTIONS, began, "slurm_load_job %u: %zu tasks", arrays->job, live->len);
    else
        trace_end(TRACE_QUESTIONS, began, "slurm_load_job_user: %zu tasks", live->len);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return rc;
}
