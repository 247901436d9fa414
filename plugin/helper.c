/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helper_child.h"
#include "helper_output.h"

#define SLICE_MS 20   /* how often is asked whether it has ended, where there is no pidfd */
#define GRACE_MS 1000 /* how long SIGKILL may take */

static const char *const steps[HELPER_STEPS] = {
    [HELPER_FORK] = "fork",         [HELPER_ROOT] = "taking root's rights back",
    [HELPER_SESSION] = "setsid",    [HELPER_DESCRIPTORS] = "arranging its descriptors",
    [HELPER_FOLDER] = "chdir to /", [HELPER_LIMITS] = "setting its limits",
    [HELPER_GROUPS] = "setgroups",  [HELPER_GID] = "setresgid",
    [HELPER_UID] = "setresuid",     [HELPER_VERIFY] = "checking that it is the user",
    [HELPER_EXEC] = "exec",
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int left_ms(int64_t end)
{
    int64_t left = end - now_ms();
    return left > 0 ? (int)left : 0;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The pipes between us and the child: [0] is ours. */
struct pipes {
    int report[2], out[2], error[2];
};

static void close_ours(struct pipes *p)
{
    close_end(&p->report[0]);
    close_end(&p->out[0]);
    close_end(&p->error[0]);
}

static void close_childs(struct pipes *p)
{
    close_end(&p->report[1]);
    close_end(&p->out[1]);
    close_end(&p->error[1]);
}

/* Ours does not block: a process that holds the other end must not hold us. */
static int make_pipe(int fds[2])
{
    return pipe2(fds, O_CLOEXEC) || fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}

static int make_pipes(struct pipes *p, bool streams, bool out, struct error *err)
{
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (make_pipe(p->report) || (streams && make_pipe(p->error)) || (out && make_pipe(p->out))) {
        error_set(err, "pipe: %s", strerror(errno));
        close_ours(p);
        close_childs(p);
        return -1;
    }
    return 0;
}

/* Waits until exec() or the child's last word. */
static int await_start(int report, int64_t end, struct error *err)
{
    struct helper_failure f;
    struct pollfd p = {.fd = report, .events = POLLIN};
    for (;;) {
        int rc = poll(&p, 1, left_ms(end));
        if (rc < 0 && errno == EINTR)
            continue;
        if (rc <= 0)
            return error_set(err, "it does not start");
        ssize_t n = read(report, &f, sizeof f);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n == 0)
            return 0;
        if (n != sizeof f || f.step < 0 || f.step >= HELPER_STEPS)
            return error_set(err, "it does not start");
        return error_set(err, "%s: %s", steps[f.step], strerror(f.errno_));
    }
}

/* Whether it has ended; it is left to be reaped, so that its number stays its own. Someone else has
 * reaped it (ECHILD): it has ended as well. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT))
        return errno != EINTR;
    return info.si_pid == pid;
}

static void sleep_ms(int ms)
{
    poll(NULL, 0, ms);
}

/* Ends what is left of its group, and reaps it. */
static int end_group(pid_t pid)
{
    int status = 0, naps = 0;
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* before its setsid() */
    for (; naps < GRACE_MS / SLICE_MS && !has_ended(pid); naps++)
        sleep_ms(SLICE_MS);
    while (waitpid(pid, &status, WNOHANG) < 0 && errno == EINTR)
        ;
    return status;
}

static int open_pidfd(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    return -1;
#endif
}

/* Returns false when the time is over. */
static bool await_end(pid_t pid, struct helper_output *out, struct helper_output *error,
                      int64_t end)
{
    bool ended = false;
    int pidfd = open_pidfd(pid);
    while (!(ended = has_ended(pid))) {
        struct pollfd p[3] = {{.fd = pidfd, .events = POLLIN},
                              {.fd = *out->fd, .events = POLLIN},
                              {.fd = *error->fd, .events = POLLIN}};
        int left = left_ms(end);
        if (!left)
            break;
        /* poll() may fail for want of memory: it must not make us spin. */
        if (poll(p, 3, pidfd < 0 && left > SLICE_MS ? SLICE_MS : left) < 0 && errno != EINTR)
            sleep_ms(SLICE_MS);
        helper_output_read(out);
        helper_output_read(error);
    }
    close_end(&pidfd);
    return ended;
}

static void run(const struct helper *h, pid_t pid, struct pipes *p, int64_t end,
                struct helper_result *result)
{
    struct helper_output out, error;
    helper_output_init(&out, &p->out[0], h->out, h->out_size);
    helper_output_init(&error, &p->error[0], NULL, 0);
    result->timed_out = !await_end(pid, &out, &error, end);
    result->status = end_group(pid);
    helper_output_read(&out); /* what it wrote last */
    helper_output_read(&error);
    helper_output_line(&error, result->line);
}

static pid_t start(struct pipes *p, struct error *err)
{
    pid_t pid = fork();
    if (pid < 0) {
        error_set(err, "fork: %s", strerror(errno));
        close_childs(p);
        close_ours(p);
    }
    if (pid > 0)
        close_childs(p);
    return pid;
}

int helper_run(const struct helper *h, struct helper_result *result, struct error *err)
{
    struct pipes p;
    int64_t end = now_ms() + h->limit_ms;
    *result = (struct helper_result){0};
    if (h->out)
        h->out[0] = '\0';
    if (make_pipes(&p, true, h->out, err))
        return -1;
    pid_t pid = start(&p, err);
    if (pid < 0)
        return -1;
    if (pid == 0)
        helper_child(h, p.out[1], p.error[1], p.report[1]);
    int rc = await_start(p.report[0], end, err);
    if (rc == 0)
        run(h, pid, &p, end, result);
    else
        end_group(pid);
    close_ours(&p);
    return rc;
}

int helper_detach(const struct helper *h, struct error *err)
{
    struct pipes p;
    int64_t end = now_ms() + h->limit_ms;
    if (make_pipes(&p, false, false, err))
        return -1;
    pid_t pid = start(&p, err);
    if (pid < 0)
        return -1;
    if (pid == 0)
        helper_child_detach(h, p.report[1]);
    int rc = await_start(p.report[0], end, err);
    while (!has_ended(pid) && left_ms(end))
        sleep_ms(1);
    end_group(pid);
    close_ours(&p);
    return rc;
}
