/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

enum { TAIL_BYTES = 800, LOOK_MS = 50, EXIT_MS = 2, TERM_MS = 3000 };

static const char *path_of(char *const envp[])
{
    for (; *envp; envp++)
        if (strncmp(*envp, "PATH=", 5) == 0)
            return *envp + 5;
    return PATH_DEFAULT;
}

int program_find(const char *name, char *const envp[], struct strbuf *path, struct error *err)
{
    size_t start = path->len;
    for (const char *dir = path_of(envp); *dir;) {
        struct stat st;
        size_t n = strcspn(dir, ":");
        path->len = start;
        strbuf_add(path, dir, n);
        strbuf_addf(path, "/%s", name);
        if (n && !path->failed && access(path->data + start, X_OK) == 0 &&
            stat(path->data + start, &st) == 0 && S_ISREG(st.st_mode))
            return 0;
        dir += n + (dir[n] == ':');
    }
    return error_set(err, "%s is not installed on this node", name);
}

/* The last bytes of a long output. */
struct tail {
    char text[2 * TAIL_BYTES + 1];
    size_t len;
};

static void tail_add(struct tail *t, const char *data, size_t n)
{
    if (n > TAIL_BYTES) {
        data += n - TAIL_BYTES;
        n = TAIL_BYTES;
    }
    if (t->len + n > sizeof t->text - 1) {
        memmove(t->text, t->text + t->len - TAIL_BYTES, TAIL_BYTES);
        t->len = TAIL_BYTES;
    }
    memcpy(t->text + t->len, data, n);
    t->len += n;
    t->text[t->len] = '\0';
}

/* The last line that is not blank. */
static const char *last_line(struct tail *t)
{
    while (t->len > 0 && strchr(" \t\r\n", t->text[t->len - 1]))
        t->text[--t->len] = '\0';
    for (char *p = t->text; *p; p++)
        if (*p == '\0' || ((unsigned char)*p < 0x20 && *p != '\n'))
            *p = ' ';
    const char *nl = strrchr(t->text, '\n');
    return nl ? nl + 1 : t->text;
}

/* In the child. Returns only when it failed. */
static void become(const char *path, char *const argv[], char *const envp[], int output)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
        return;
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &action, NULL); /* fails for KILL and STOP, as it should */
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, argv, envp);
    dprintf(2, "%s: %s\n", path, strerror(errno));
}

static pid_t start(char *const argv[], char *const envp[], int output, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (strchr(argv[0], '/'))
        strbuf_adds(&path, argv[0]);
    else if (program_find(argv[0], envp, &path, err) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        become(path.data, argv, envp, output);
        _exit(127);
    }
    return pid < 0 ? error_set(err, "fork: %s", strerror(errno)) : pid;
}

static bool stop_pending(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT));
}

/* What there is to read now. Returns false at its end. */
static bool read_some(int fd, struct tail *tail)
{
    char block[4096];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0)
        tail_add(tail, block, (size_t)n);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Waits for the program's end and reads its output meanwhile. A process that it leaves behind, such
 * as podman's pause process, may keep the output open. Returns false when it is to be stopped. */
static bool wait_for_end(pid_t pid, int fd, bool may_stop, struct tail *tail, int *status)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (;;) {
        if (may_stop && stop_pending())
            return false;
        poll(&p, 1, p.fd < 0 ? EXIT_MS : LOOK_MS);
        bool ended = waitpid(pid, status, WNOHANG) != 0;
        if (p.fd >= 0 && !read_some(fd, tail))
            p.fd = -1;
        if (ended)
            return true;
    }
}

/* SIGTERM, so that a half of an image is taken away; SIGKILL to one that does not listen. */
static int end(pid_t pid)
{
    int status = 0;
    kill(-pid, SIGTERM);
    for (int ms = 0; ms < TERM_MS; ms += LOOK_MS) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        poll(NULL, 0, LOOK_MS);
    }
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static enum program_answer run(char *const argv[], char *const envp[], bool may_stop,
                               struct error *err)
{
    struct tail tail = {.len = 0};
    int ends[2], status = 0;
    if (!argv || pipe2(ends, O_CLOEXEC) < 0) {
        error_set(err, argv ? "pipe: %s" : "out of memory", strerror(errno));
        return PROGRAM_FAILED;
    }
    cleanup_close int reading = ends[0];
    fcntl(reading, F_SETFL, O_NONBLOCK);
    pid_t pid = start(argv, envp, ends[1], err);
    close(ends[1]);
    if (pid < 0)
        return PROGRAM_FAILED;
    if (!wait_for_end(pid, reading, may_stop, &tail, &status)) {
        end(pid);
        return PROGRAM_STOPPED;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return PROGRAM_OK;
    const char *why = last_line(&tail);
    if (*why)
        error_set(err, "%.700s", why);
    else
        error_set(err, "%s failed (%s %d)", argv[0], WIFEXITED(status) ? "exit code" : "signal",
                  WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return PROGRAM_FAILED;
}

enum program_answer program_run(char *const argv[], char *const envp[], struct error *err)
{
    return run(argv, envp, true, err);
}

enum program_answer program_finish(char *const argv[], char *const envp[], struct error *err)
{
    return run(argv, envp, false, err);
}
