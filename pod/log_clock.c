/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_clock.h"

#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "clock.h"
#include "log_times.h"

#define INTERVAL_US 1000000

void log_clock_open(struct log_clock *c, struct attempt *attempt, const char *container)
{
    *c = (struct log_clock){
        .attempt = attempt, .container = container, .fd = -1, .last_us = attempt->found_us};
}

static bool write_line(struct log_clock *c, const struct log_time *t)
{
    char line[LOG_TIMES_LINE];
    struct stat st;
    size_t n = log_times_line(t, line);
    if (c->fd < 0)
        c->fd = attempt_log_times(c->attempt, c->container);
    ssize_t done = c->fd >= 0 ? write(c->fd, line, n) : -1;
    if (done == (ssize_t)n)
        return true;
    /* Half a line and the first one of the next run would read as one about another place. */
    if (done > 0 && fstat(c->fd, &st) == 0)
        (void)!ftruncate(c->fd, st.st_size - done);
    return false;
}

void log_clock_mark(struct log_clock *c, int log)
{
    struct stat st;
    int64_t now_us = clock_now_us();
    /* A clock that was set back begins a second anew. */
    bool is_due = now_us < c->last_us || now_us - c->last_us >= INTERVAL_US;
    if (!is_due || c->given_up || log < 0)
        return;
    c->last_us = now_us;
    c->given_up =
        fstat(log, &st) < 0 || !write_line(c, &(struct log_time){(uint64_t)st.st_size, now_us});
}

void log_clock_close(struct log_clock *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}
