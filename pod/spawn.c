/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin" /* where PATH is not set at all */

enum stage { STAGE_SETUP, STAGE_STDIN, STAGE_CWD, STAGE_EXEC };

/* What the child writes into the pipe when it cannot start the program. */
struct failure {
    enum stage stage;
    int error;
};

static const char *path_of(char *const envp[])
{
    for (; *envp; envp++)
        if (strncmp(*envp, "PATH=", 5) == 0)
            return *envp + 5;
    return PATH_DEFAULT;
}

/* Tries "dir/name"; returns errno, ENOENT too for a folder that may not be searched. */
static int try_dir(const char *dir, size_t dir_len, const struct spawn *s)
{
    char full[PATH_MAX];
    const char *name = s->argv[0];
    if (dir_len + 1 + strlen(name) >= sizeof full)
        return ENAMETOOLONG;
    memcpy(full, dir, dir_len);
    full[dir_len] = '/';
    strcpy(full + dir_len + 1, name);
    const char *file = dir_len ? full : name;
    execve(file, s->argv, s->envp);
    int error = errno;
    return error == EACCES && access(file, F_OK) ? ENOENT : error;
}

/* execvp() without its two surprises: it looks into the PATH of the caller, and hands a file that
 * the kernel refuses to /bin/sh. Returns errno. */
static int exec_program(const struct spawn *s)
{
    int denied = 0;
    if (!s->argv[0][0])
        return ENOENT;
    if (strchr(s->argv[0], '/')) {
        execve(s->argv[0], s->argv, s->envp);
        return errno;
    }
    for (const char *dir = path_of(s->envp); dir; dir = *dir ? dir + 1 : NULL) {
        size_t len = strcspn(dir, ":");
        int error = try_dir(dir, len, s);
        if (error == EACCES)
            denied = error;
        else if (error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG)
            return error;
        dir += len;
    }
    return denied ? denied : ENOENT;
}

static void reset_signals(const sigset_t *mask)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &action, NULL); /* fails for KILL and STOP, as it should */
    /* libc keeps these two for itself, but whoever started us may have ignored them. All zero is
     * the default in the kernel's structure. */
    static const unsigned long zero[16];
    for (int sig = 32; sig <= 33; sig++)
        syscall(SYS_rt_sigaction, sig, zero, NULL, (NSIG - 1) / 8);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

static int open_stdin(const struct spawn *s)
{
    if (s->with_stdin)
        return 0;
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0)
        return -1;
    return fd == 0 || dup2(fd, 0) == 0 ? 0 : -1;
}

/* What we opened is close-on-exec anyway; this is for what we were given ourselves. Kernels before
 * 5.11 do without. */
static void hide_inherited(void)
{
#if defined(SYS_close_range) && defined(CLOSE_RANGE_CLOEXEC)
    syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
}

/* In the child. Returns only when it failed. */
static struct failure start(const struct spawn *s)
{
    /* A runner that is killed alone must not leave the container behind. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, s->group);
    if (dup2(s->output, 1) < 0 || dup2(s->output, 2) < 0)
        return (struct failure){STAGE_SETUP, errno};
    if (open_stdin(s))
        return (struct failure){STAGE_STDIN, errno};
    hide_inherited();
    if (s->cwd && chdir(s->cwd))
        return (struct failure){STAGE_CWD, errno};
    reset_signals(&s->mask);
    return (struct failure){STAGE_EXEC, exec_program(s)};
}

static int explain(const struct spawn *s, const struct failure *f, struct error *err)
{
    switch (f->stage) {
    case STAGE_STDIN:
        return error_set(err, "/dev/null: %s", strerror(f->error));
    case STAGE_CWD:
        return error_set(err, "chdir to workingDir \"%.300s\": %s", s->cwd, strerror(f->error));
    case STAGE_EXEC:
        if (f->error == ENOENT && !strchr(s->argv[0], '/'))
            return error_set(err, "exec: \"%.300s\": executable file not found in $PATH",
                             s->argv[0]);
        return error_set(err, "exec: \"%.300s\": %s", s->argv[0], strerror(f->error));
    default:
        return error_set(err, "cannot start the container: %s", strerror(f->error));
    }
}

/* Waits until the child has exec'ed (0 bytes: the pipe was closed) or has reported a failure. */
static int wait_for_exec(int fd, struct failure *f)
{
    ssize_t n;
    do {
        n = read(fd, f, sizeof *f);
    } while (n < 0 && errno == EINTR);
    return n == 0 ? 0 : -1;
}

pid_t spawn_container(const struct spawn *s, struct error *err)
{
    int ends[2];
    struct failure f = {STAGE_SETUP, EIO};
    if (pipe2(ends, O_CLOEXEC))
        return error_set(err, "pipe: %s", strerror(errno));
    cleanup_close int reading = ends[0];
    int writing = ends[1];
    pid_t pid = fork();
    if (pid < 0) {
        close(writing);
        return error_set(err, "fork: %s", strerror(errno));
    }
    if (pid == 0) {
        f = start(s);
        _exit(write(writing, &f, sizeof f) == (ssize_t)sizeof f ? 128 : 127);
    }
    close(writing);
    if (wait_for_exec(reading, &f) == 0)
        return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return explain(s, &f, err);
}
