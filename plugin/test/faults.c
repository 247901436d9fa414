/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>

struct faults faults;

static int failure(int number)
{
    errno = number;
    return -1;
}

/* Whether this is the call that n was set for. */
static bool is_due(int *n)
{
    return *n && --*n == 0;
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
    return is_due(&faults.fork) ? failure(EAGAIN) : __real_fork();
}

int __real_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags);
int __wrap_pipe2(int fds[2], int flags)
{
    return is_due(&faults.pipe) ? failure(EMFILE) : __real_pipe2(fds, flags);
}

pid_t __real_setsid(void);
pid_t __wrap_setsid(void);
pid_t __wrap_setsid(void)
{
    return faults.setsid ? failure(EPERM) : __real_setsid();
}

int __real_chdir(const char *path);
int __wrap_chdir(const char *path);
int __wrap_chdir(const char *path)
{
    return faults.chdir ? failure(EACCES) : __real_chdir(path);
}

int __real_dup3(int from, int to, int flags);
int __wrap_dup3(int from, int to, int flags);
int __wrap_dup3(int from, int to, int flags)
{
    return faults.dup ? failure(EBUSY) : __real_dup3(from, to, flags);
}

ssize_t __real_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
    return faults.write && fd > 2 ? failure(EIO) : __real_write(fd, buf, n);
}

int __real_setrlimit(__rlimit_resource_t what, const struct rlimit *limit);
int __wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *limit);
int __wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
    return faults.setrlimit ? failure(EPERM) : __real_setrlimit(what, limit);
}

static bool is_missing(long number)
{
    return faults.no_pidfd && (number == SYS_pidfd_open || number == SYS_close_range);
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    long a[4]; /* as many as any of ours has */
    va_list ap;
    if (number == faults.syscall)
        return failure(EPERM);
    if (is_missing(number))
        return failure(ENOSYS);
    if (number == faults.no_syscall)
        return 0;
    va_start(ap, number);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(ap, long);
    va_end(ap);
    return __real_syscall(number, a[0], a[1], a[2], a[3]);
}
