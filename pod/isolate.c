/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

static void run(void (*fn)(void *io), void *io, size_t size, int out) __attribute__((noreturn));

static void run(void (*fn)(void *io), void *io, size_t size, int out)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    fn(io);
    _exit(write(out, io, size) == (ssize_t)size ? 0 : 1);
}

/* A write of up to PIPE_BUF bytes arrives as a whole. */
static int await(int fd, void *io, size_t size, int limit_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready;
    do {
        ready = poll(&p, 1, limit_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return ready < 0 ? -1 : 1;
    return read(fd, io, size) == (ssize_t)size ? 0 : -1;
}

int isolate(void (*fn)(void *io), void *io, size_t size, int limit_ms)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    cleanup_close int reading = ends[0];
    pid_t pid = fork();
    if (pid == 0)
        run(fn, io, size, ends[1]);
    close(ends[1]);
    if (pid < 0)
        return -1;
    int rc = await(reading, io, size, limit_ms);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return rc;
}
