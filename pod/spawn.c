/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "exec_program.h"

#define LOOK_MS 50 /* how often to look whether who is to report is still there */

/* The mask is set last of all. */
static void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &action, NULL); /* fails for KILL and STOP, as it should */
    /* libc keeps these two for itself, but whoever started us may have ignored them. All zero is
     * the default in the kernel's structure. */
    static const unsigned long zero[16];
    for (int sig = 32; sig <= 33; sig++)
        syscall(SYS_rt_sigaction, sig, zero, NULL, (NSIG - 1) / 8);
}

static int open_stdin(const struct spawn *s)
{
    if (s->with_stdin)
        return 0;
    int fd = open("/dev/null", O_RDONLY);
    if (fd <= 0)
        return fd;
    int rc = dup2(fd, 0);
    close(fd);
    return rc;
}

/* bwrap is to sit out the signals that are sent to the container's group. */
static struct exec_report start_in_sandbox(const struct spawn *s, int report)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    int error = sandbox_exec(s->sandbox, report, &s->mask, s->cwd, s->argv, s->envp);
    return (struct exec_report){EXEC_SETUP, error};
}

/* A runner that is killed alone must not leave the container behind. bwrap sees to that itself,
 * when it is ready for it: were it killed before, its own child would wait for it for ever. Until
 * then the pipe for the report tells skjob-enter that the runner is gone. */
static void die_with(pid_t runner, const struct spawn *s)
{
    if (s->sandbox)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(127);
}

/* In the child. Returns only when it failed. */
static struct exec_report start(const struct spawn *s, pid_t runner, int report)
{
    die_with(runner, s);
    setpgid(0, 0);
    if (dup2(s->output, 1) < 0 || dup2(s->output, 2) < 0)
        return (struct exec_report){EXEC_SETUP, errno};
    if (open_stdin(s))
        return (struct exec_report){EXEC_STDIN, errno};
    exec_hide_from(3); /* what we opened is so anyway; this is for what we were given ourselves */
    reset_signals();
    if (s->sandbox)
        return start_in_sandbox(s, report);
    return exec_finish(s->cwd, &s->mask, s->argv, s->envp);
}

static int explain(const struct spawn *s, const struct exec_report *f, struct error *err)
{
    switch (f->stage) {
    case EXEC_STDIN:
        return error_set(err, "/dev/null: %s", strerror(f->error));
    case EXEC_CWD:
        return error_set(err, "chdir to workingDir \"%.300s\": %s", s->cwd, strerror(f->error));
    case EXEC_PROGRAM:
        if (f->error == ENOENT && !strchr(s->argv[0], '/'))
            return error_set(err, "exec: \"%.300s\": executable file not found in $PATH",
                             s->argv[0]);
        return error_set(err, "exec: \"%.300s\": %s", s->argv[0], strerror(f->error));
    default:
        if (s->sandbox)
            return sandbox_explain(s->sandbox, err);
        return error_set(err, "cannot start the container: %s", strerror(f->error));
    }
}

/* bwrap's child holds the pipe as well, and if bwrap is killed it may wait for ever: it goes with
 * its group. pid is not reaped yet, so it cannot be another's. */
static void wait_for_report(pid_t pid, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, LOOK_MS) <= 0) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid)
            kill(-pid, SIGKILL);
    }
}

/* Reads one report; returns whether there was one. */
static bool read_report(pid_t pid, int fd, struct exec_report *f)
{
    ssize_t n;
    wait_for_report(pid, fd);
    do {
        n = read(fd, f, sizeof *f);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *f;
}

/* Waits until the program runs (the pipe was closed) or has not come to run. In a sandbox, bwrap
 * may end without a report. */
static int wait_for_exec(const struct spawn *s, pid_t pid, int fd, struct exec_report *f)
{
    if (!read_report(pid, fd, f))
        return s->sandbox ? -1 : 0;
    return f->stage == EXEC_ENTERED && !read_report(pid, fd, f) ? 0 : -1;
}

pid_t spawn_container(const struct spawn *s, struct error *err)
{
    int ends[2];
    struct exec_report f = {EXEC_SETUP, EIO};
    if (pipe2(ends, O_CLOEXEC))
        return error_set(err, "pipe: %s", strerror(errno));
    cleanup_close int reading = ends[0];
    int writing = ends[1];
    pid_t runner = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        close(writing);
        return error_set(err, "fork: %s", strerror(errno));
    }
    if (pid == 0) {
        f = start(s, runner, writing);
        _exit(write(writing, &f, sizeof f) == (ssize_t)sizeof f ? 128 : 127);
    }
    close(writing);
    if (wait_for_exec(s, pid, reading, &f) == 0)
        return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return explain(s, &f, err);
}
