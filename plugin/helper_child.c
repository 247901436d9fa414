/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REPORT 3 /* the descriptor that the pipe has in the end */

/* The kernel's calls, not libc's: those mean all threads of a process, and this one has inherited
 * the list of threads that are not there. Where the ids were 16 bits wide once, the calls of today
 * have another name. */
#ifdef SYS_setresuid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETGROUPS SYS_setgroups32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETGROUPS SYS_setgroups
#endif

static void fail(int report, enum helper_step step) __attribute__((noreturn));
static void fail(int report, enum helper_step step)
{
    const struct helper_failure f = {(int)step, errno};
    ssize_t n = write(report, &f, sizeof f);
    _exit(n == sizeof f ? 126 : 127);
}

/* user_init has the user's effective rights, and root's real ones. */
static int become_root(void)
{
    if (geteuid() == 0 || getuid() != 0)
        return 0;
    return (int)syscall(CALL_SETRESUID, -1, 0, -1);
}

/* What Slurm or the user sends to a job's processes is not for us, though some of Slurm's ways to
 * find them find us, too: a requeue has SIGTERM sent while its begin time is still to be set. */
static const int not_for_us[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

static void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < _NSIG; i++)
        (void)sigaction(i, &action, NULL); /* fails for SIGKILL and the like */
    /* libc keeps these two for itself, but whoever started slurmd may have ignored them. All zero
     * is the default in the kernel's structure. */
    static const unsigned long zero[16];
    for (int i = 32; i <= 33; i++)
        (void)syscall(SYS_rt_sigaction, i, zero, NULL, (_NSIG - 1) / 8);
    action.sa_handler = SIG_IGN;
    for (size_t i = 0; i < sizeof not_for_us / sizeof *not_for_us; i++)
        (void)sigaction(not_for_us[i], &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* slurmstepd is exempt from the OOM killer; this must not be. Not having it is no reason to stop.
 */
static void reset_oom_score(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t n = write(fd, "0", 1);
    (void)n;
    close(fd);
}

/* A copy of fd, or of /dev/null, that no dup2() below can hit: it is not close-on-exec either. */
static int high_copy(int fd)
{
    if (fd < 0)
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fcntl(fd, F_DUPFD, 10);
}

static void close_rest(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, REPORT + 1, ~0U, 0) == 0)
        return;
#endif
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > 1 << 20)
        limit.rlim_cur = 1 << 20;
    for (int fd = REPORT + 1; fd < (int)limit.rlim_cur; fd++)
        close(fd);
}

/* Returns where the report's pipe is now, or -1. */
static int arrange_descriptors(int out, int error, int report)
{
    int in_high = high_copy(-1), out_high = high_copy(out), error_high = high_copy(error);
    int report_high = high_copy(report);
    if (dup2(in_high, 0) < 0 || dup2(out_high, 1) < 0 || dup2(error_high, 2) < 0 ||
        dup3(report_high, REPORT, O_CLOEXEC) < 0)
        return -1;
    close_rest();
    return REPORT;
}

static int set_limits(void)
{
    const struct rlimit none = {0, 0};
    umask(077);
    return setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -1 : 0;
}

/* The user alone, with no way back. */
static bool is_user(const struct helper *h)
{
    uid_t r, e, s;
    gid_t gr, ge, gs;
    errno = EPERM;
    if (getresuid(&r, &e, &s) || getresgid(&gr, &ge, &gs) || r != h->uid || e != h->uid ||
        s != h->uid || gr != h->gid || ge != h->gid || gs != h->gid)
        return false;
    return h->uid == 0 || syscall(CALL_SETRESUID, 0, 0, 0) < 0;
}

/* A slurmd without root runs the jobs of its own user only: there is nothing to drop. */
static void become_user(const struct helper *h, int report)
{
    if (geteuid() == 0) {
        size_t len = h->groups_len ? h->groups_len : 1;
        const gid_t *groups = h->groups_len ? h->groups : &h->gid;
        if (syscall(CALL_SETGROUPS, len, groups) < 0)
            fail(report, HELPER_GROUPS);
        if (syscall(CALL_SETRESGID, h->gid, h->gid, h->gid) < 0)
            fail(report, HELPER_GID);
        if (syscall(CALL_SETRESUID, h->uid, h->uid, h->uid) < 0)
            fail(report, HELPER_UID);
    }
    if (!is_user(h))
        fail(report, HELPER_VERIFY);
}

void helper_child(const struct helper *h, int out, int error, int report)
{
    if (become_root())
        fail(report, HELPER_ROOT);
    reset_signals();
    reset_oom_score();
    if (setsid() < 0)
        fail(report, HELPER_SESSION);
    int moved = arrange_descriptors(out, error, report);
    if (moved < 0)
        fail(report, HELPER_DESCRIPTORS);
    if (chdir("/"))
        fail(moved, HELPER_FOLDER);
    if (set_limits())
        fail(moved, HELPER_LIMITS);
    become_user(h, moved);
    execve(h->argv[0], (char *const *)(uintptr_t)h->argv, (char *const *)(uintptr_t)h->envp);
    fail(moved, HELPER_EXEC);
}

void helper_child_detach(const struct helper *h, int report)
{
    pid_t pid = fork();
    if (pid < 0)
        fail(report, HELPER_FORK);
    if (pid == 0)
        helper_child(h, -1, -1, report);
    _exit(0);
}
