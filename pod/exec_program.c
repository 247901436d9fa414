/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exec_program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(SYS_close_range) && __has_include(<linux/close_range.h>)
#include <linux/close_range.h>
#endif

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin" /* where PATH is not set at all */

const char *exec_path(char *const envp[])
{
    for (; *envp; envp++)
        if (strncmp(*envp, "PATH=", 5) == 0)
            return *envp + 5;
    return PATH_DEFAULT;
}

/* Tries "dir/name"; returns errno, ENOENT too for a folder that may not be searched. */
static int try_dir(const char *dir, size_t dir_len, char *const argv[], char *const envp[])
{
    char full[PATH_MAX];
    const char *name = argv[0];
    if (dir_len + 1 + strlen(name) >= sizeof full)
        return ENAMETOOLONG;
    memcpy(full, dir, dir_len);
    full[dir_len] = '/';
    strcpy(full + dir_len + 1, name);
    const char *file = dir_len ? full : name;
    execve(file, argv, envp);
    int error = errno;
    return error == EACCES && access(file, F_OK) ? ENOENT : error;
}

/* execvp() without its two surprises: it looks into the PATH of the caller, and hands a file that
 * the kernel refuses to /bin/sh. */
int exec_program(char *const argv[], char *const envp[])
{
    int denied = 0;
    if (!argv[0][0])
        return ENOENT;
    if (strchr(argv[0], '/')) {
        execve(argv[0], argv, envp);
        return errno;
    }
    for (const char *dir = exec_path(envp); dir; dir = *dir ? dir + 1 : NULL) {
        size_t len = strcspn(dir, ":");
        int error = try_dir(dir, len, argv, envp);
        if (error == EACCES)
            denied = error;
        else if (error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG)
            return error;
        dir += len;
    }
    return denied ? denied : ENOENT;
}

struct exec_report exec_finish(const char *cwd, const sigset_t *mask, char *const argv[],
                               char *const envp[])
{
    if (cwd && chdir(cwd))
        return (struct exec_report){EXEC_CWD, errno};
    sigprocmask(SIG_SETMASK, mask, NULL);
    return (struct exec_report){EXEC_PROGRAM, exec_program(argv, envp)};
}

void exec_hide_from(unsigned first)
{
#if defined(SYS_close_range) && defined(CLOSE_RANGE_CLOEXEC)
    syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC);
#else
    (void)first;
#endif
}

void exec_mask_write(const sigset_t *mask, char out[17])
{
    unsigned long long bits = 0;
    for (int sig = 1; sig <= 64; sig++)
        if (sigismember(mask, sig) == 1)
            bits |= 1ULL << (sig - 1);
    snprintf(out, 17, "%llx", bits);
}

int exec_mask_read(const char *text, sigset_t *mask)
{
    char *end;
    unsigned long long bits = strtoull(text, &end, 16);
    if (!*text || *end)
        return -1;
    sigemptyset(mask);
    for (int sig = 1; sig <= 64; sig++)
        if (bits & (1ULL << (sig - 1)))
            sigaddset(mask, sig); /* fails for libc's own two, as it should */
    return 0;
}
