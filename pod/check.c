/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "container_start.h"
#include "spawn.h"

#define NO_HOST 255 /* no errno */

extern char **environ;

static void end_with(struct check *c, const char *why)
{
    c->is_over = true;
    c->ok = !why;
    snprintf(c->text, sizeof c->text, "%.200s", why ? why : "");
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static void begin_program(struct check *c, const struct container *container, const sigset_t *mask)
{
    struct error err;
    cleanup_close int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct container_io io = {.output = null, .mask = *mask};
    const struct spawn on_node = {
        .argv = c->action->argv, .envp = environ, .output = null, .mask = *mask};
    c->pid = c->action->kind == PLAN_EXEC ? container_exec(container, c->action->argv, &io, &err)
                                          : spawn_container(&on_node, &err);
    if (c->pid < 0)
        end_with(c, err.text);
}

static struct addrinfo *address_of(const struct plan_action *action, int flags)
{
    char port[16];
    struct addrinfo *to = NULL;
    const struct addrinfo hints = {.ai_flags = flags | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    snprintf(port, sizeof port, "%d", action->port);
    return getaddrinfo(action->host, port, &hints, &to) ? NULL : to;
}

/* Begins to connect. Returns the socket, and errno: 0 or EINPROGRESS; else -1. */
static int begin_connect(const struct addrinfo *to, int flags)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    errno = fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    if (fd < 0 || errno == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* In a child: its exit code is 0, an errno, or NO_HOST. */
static int connect_by_name(const struct plan_action *action)
{
    int error = NO_HOST;
    for (const struct addrinfo *to = address_of(action, 0); to && error; to = to->ai_next)
        error = begin_connect(to, 0) >= 0 ? 0 : errno;
    return error;
}

/* Looking up a name takes its time, so a child does it; the kernel takes it along with the runner.
 */
static void begin_lookup(struct check *c)
{
    pid_t runner = getpid();
    c->pid = fork();
    if (c->pid < 0) {
        end_with(c, strerror(errno));
        return;
    }
    if (c->pid > 0) {
        setpgid(c->pid, c->pid);
        return;
    }
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(getppid() == runner ? connect_by_name(c->action) : NO_HOST);
}

static void begin_connection(struct check *c)
{
    struct addrinfo *to = address_of(c->action, AI_NUMERICHOST);
    if (!to) {
        begin_lookup(c);
        return;
    }
    c->fd = begin_connect(to, SOCK_NONBLOCK);
    if (errno != EINPROGRESS)
        end_with(c, errno ? strerror(errno) : NULL);
    freeaddrinfo(to);
}

void check_begin(struct check *c, const struct plan_action *action, int64_t until_ms,
                 const struct container *container, const sigset_t *mask)
{
    *c = (struct check){
        .action = action, .pid = -1, .fd = -1, .until_ms = until_ms, .wake_ms = CLOCK_NEVER};
    switch (action->kind) {
    case PLAN_SLEEP:
        c->wake_ms = clock_monotonic_ms() + action->sleep_ms;
        break;
    case PLAN_TCP:
        begin_connection(c);
        break;
    case PLAN_NONE: /* a hook of no kind is not valid */
        end_with(c, "nothing to do");
        break;
    default:
        begin_program(c, container, mask);
    }
}

static void explain_exit(const struct check *c, int code, char *text, size_t size)
{
    if (c->action->kind != PLAN_TCP)
        snprintf(text, size, "%sexit code %d", c->action->kind == PLAN_HTTP ? "curl: " : "", code);
    else
        snprintf(text, size, "%s", code == NO_HOST ? "the host is not known" : strerror(code));
}

void check_exited(struct check *c, int status)
{
    char text[64];
    c->pid = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        end_with(c, NULL);
        return;
    }
    if (WIFEXITED(status))
        explain_exit(c, WEXITSTATUS(status), text, sizeof text);
    else
        snprintf(text, sizeof text, "%sended by signal %d",
                 c->action->kind == PLAN_HTTP ? "curl: " : "", WTERMSIG(status));
    end_with(c, text);
}

static void look_at_connection(struct check *c)
{
    int error = 0;
    socklen_t len = sizeof error;
    struct pollfd fd = {.fd = c->fd, .events = POLLOUT};
    if (poll(&fd, 1, 0) != 1)
        return;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    end_with(c, error ? strerror(error) : NULL);
}

static void kill_program(struct check *c)
{
    if (c->pid > 0)
        kill(-c->pid, SIGKILL); /* whoever reaps it finds nobody who waits for it */
    c->pid = -1;
}

void check_look(struct check *c, int64_t now_ms, int64_t *due)
{
    if (!c->action || c->is_over)
        return;
    if (c->fd >= 0)
        look_at_connection(c);
    if (c->is_over)
        return;
    if (c->wake_ms <= now_ms) {
        end_with(c, NULL);
    } else if (c->until_ms <= now_ms) {
        kill_program(c);
        end_with(c, "timeout");
    }
    int64_t at = c->wake_ms < c->until_ms ? c->wake_ms : c->until_ms;
    if (!c->is_over && at < *due)
        *due = at;
}

void check_cancel(struct check *c)
{
    kill_program(c);
    if (c->action && c->fd >= 0)
        close(c->fd);
    *c = (struct check){.pid = -1, .fd = -1};
}
