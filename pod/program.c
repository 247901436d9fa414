/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "exec_program.h"
#include "spawn.h"

enum { TAIL_BYTES = 800, LOOK_MS = 50, EXIT_MS = 2, TERM_MS = 3000, FINISH_MS = 30000 };

int program_find(const char *name, char *const envp[], struct strbuf *path, struct error *err)
{
    size_t start = path->len;
    for (const char *dir = exec_path(envp); *dir;) {
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
    for (size_t i = 0; i < t->len; i++)
        if ((unsigned char)t->text[i] < 0x20 && t->text[i] != '\n')
            t->text[i] = ' ';
    const char *nl = strrchr(t->text, '\n');
    return nl ? nl + 1 : t->text;
}

static pid_t start(char *const argv[], char *const envp[], int output, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct spawn s = {.argv = argv, .envp = envp, .output = output};
    if (!strchr(argv[0], '/') && program_find(argv[0], envp, &path, err) < 0)
        return -1; /* in better words than spawn_container()'s */
    sigemptyset(&s.mask);
    return spawn_container(&s, err);
}

static bool stop_pending(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT));
}

/* What there is to read now: as much as a pipe holds, since a program may write for ever. Returns
 * false at its end. */
static bool read_some(int fd, struct tail *tail)
{
    char block[65536];
    ssize_t n = read(fd, block, sizeof block);
    if (n > 0)
        tail_add(tail, block, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Waits for the program's end and reads its output meanwhile. A process that it leaves behind, such
 * as podman's pause process, may keep the output open. Returns false when it is to be stopped. */
static bool wait_for_end(pid_t pid, int fd, bool may_stop, int64_t until_ms, struct tail *tail,
                         int *status)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (;;) {
        if ((may_stop && stop_pending()) || clock_monotonic_ms() >= until_ms)
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
static void end(pid_t pid)
{
    kill(-pid, SIGTERM);
    for (int ms = 0; ms < TERM_MS; ms += LOOK_MS) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return;
        poll(NULL, 0, LOOK_MS);
    }
    kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static enum program_answer run(char *const argv[], char *const envp[], bool may_stop,
                               int64_t until_ms, struct error *err)
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
    if (!wait_for_end(pid, reading, may_stop, until_ms, &tail, &status)) {
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

enum program_answer program_run(char *const argv[], char *const envp[], int64_t until_ms,
                                struct error *err)
{
    return run(argv, envp, true, until_ms, err);
}

enum program_answer program_finish(char *const argv[], char *const envp[], struct error *err)
{
    enum program_answer a = run(argv, envp, false, clock_monotonic_ms() + FINISH_MS, err);
    if (a != PROGRAM_STOPPED)
        return a;
    error_set(err, "%s did not end within %d s", argv[0], FINISH_MS / 1000);
    return PROGRAM_FAILED;
}
