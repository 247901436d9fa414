/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void pump_init(struct pump *p, int in)
{
    p->in = in;
    p->len = 0;
    p->total = 0;
    p->told = NULL;
    memset(p->sinks, 0, sizeof p->sinks);
    fcntl(in, F_SETFL, O_NONBLOCK);
}

void pump_tell(struct pump *p, void (*told)(void *arg), void *arg)
{
    p->told = told;
    p->arg = arg;
}

void pump_add(struct pump *p, const char *name, int fd)
{
    struct stat st;
    for (size_t i = 0; i < PUMP_SINKS; i++) {
        if (p->sinks[i].name)
            continue;
        bool is_file =
            fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(fd)));
        p->sinks[i] = (struct pump_sink){.name = name, .fd = fd, .is_file = is_file};
        return;
    }
}

static bool sink_waits(const struct pump *p, const struct pump_sink *s)
{
    return s->name && s->done < p->len;
}

bool pump_pending(const struct pump *p)
{
    for (size_t i = 0; i < PUMP_SINKS; i++)
        if (sink_waits(p, &p->sinks[i]))
            return true;
    return false;
}

void pump_poll(const struct pump *p, struct pollfd fds[PUMP_POLLS])
{
    bool pending = pump_pending(p);
    fds[0] = (struct pollfd){.fd = pending ? -1 : p->in, .events = POLLIN};
    for (size_t i = 0; i < PUMP_SINKS; i++) {
        const struct pump_sink *s = &p->sinks[i];
        fds[i + 1] = (struct pollfd){.fd = sink_waits(p, s) ? s->fd : -1, .events = POLLOUT};
    }
}

/* The target does not take the rest of the buffer. */
static void give_up(const struct pump *p, struct pump_sink *s, int error)
{
    s->lost += p->len - s->done;
    s->done = p->len;
    s->broken = error == EPIPE || error == EBADF;
    if (!s->told)
        fprintf(stderr, "skjob-pod: %s: %s: output is lost there\n", s->name, strerror(error));
    s->told = true;
}

/* Ready for a write that does not block: for a pipe, of PIPE_BUF bytes. */
static bool sink_ready(const struct pump_sink *s)
{
    struct pollfd fd = {.fd = s->fd, .events = POLLOUT};
    return s->is_file || (poll(&fd, 1, 0) == 1 && (fd.revents & (POLLOUT | POLLERR | POLLNVAL)));
}

static bool write_sink(struct pump *p, struct pump_sink *s)
{
    bool moved = false;
    while (sink_waits(p, s)) {
        if (s->broken) {
            give_up(p, s, EPIPE);
            return true;
        }
        if (!sink_ready(s))
            return moved;
        size_t len = p->len - s->done;
        if (!s->is_file && len > PIPE_BUF)
            len = PIPE_BUF;
        ssize_t n = write(s->fd, p->buf + s->done, len);
        if (n > 0)
            s->done += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            return moved;
        else if (n < 0 && errno != EINTR)
            give_up(p, s, errno);
        moved = true;
    }
    return moved;
}

static bool read_more(struct pump *p)
{
    ssize_t n = read(p->in, p->buf, sizeof p->buf);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        close(p->in);
        p->in = -1;
        return true;
    }
    p->len = (size_t)n;
    p->total += (size_t)n;
    if (p->told)
        p->told(p->arg);
    for (size_t i = 0; i < PUMP_SINKS; i++)
        p->sinks[i].done = 0;
    return true;
}

/* One buffer at most: signals must not wait behind an endless writer. */
bool pump_run(struct pump *p)
{
    bool moved = false;
    if (!pump_pending(p) && p->in >= 0)
        moved = read_more(p);
    for (size_t i = 0; i < PUMP_SINKS; i++)
        if (write_sink(p, &p->sinks[i]))
            moved = true;
    return moved;
}

void pump_close(struct pump *p)
{
    if (p->in >= 0)
        close(p->in);
    p->in = -1;
    for (size_t i = 0; i < PUMP_SINKS; i++) {
        struct pump_sink *s = &p->sinks[i];
        if (sink_waits(p, s))
            give_up(p, s, ETIMEDOUT);
        if (s->lost)
            fprintf(stderr, "skjob-pod: %s: %llu bytes of output were lost\n", s->name, s->lost);
    }
}
