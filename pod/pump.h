/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Copies what the container writes, in its order and without waiting for whole lines, to the pod's
 * log and to the runner's own output. A target that cannot take bytes (full disk, closed pipe)
 * loses them and is named once on stderr; the container and the other target go on.
 *
 * Nothing here blocks, except writing to a regular file: the owner polls with pump_poll() and calls
 * pump_run() when something is ready. While a target is not ready the container waits, as it would
 * without us.
 */
#ifndef SKJOB_POD_PUMP_H
#define SKJOB_POD_PUMP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define PUMP_SINKS 2
#define PUMP_POLLS (PUMP_SINKS + 1)

struct pump_sink {
    const char *name; /* for the message; NULL = this sink is not used */
    int fd;           /* borrowed */
    bool is_file;     /* a file, or a device like /dev/null: always ready */
    bool broken;      /* it will take nothing any more */
    bool told;
    size_t done; /* bytes of the buffer it has taken */
    unsigned long long lost;
};

struct pump {
    int in; /* owned, non-blocking; -1 after its end */
    struct pump_sink sinks[PUMP_SINKS];
    unsigned long long total; /* bytes read so far */
    size_t len;               /* bytes in the buffer */
    void (*told)(void *arg);  /* NULL = nobody */
    void *arg;
    char buf[65536];
};

/* Takes over the reading end of a pipe. */
void pump_init(struct pump *p, int in);

/* From now on told(arg) is called before bytes that were read are handed on. */
void pump_tell(struct pump *p, void (*told)(void *arg), void *arg);
void pump_add(struct pump *p, const char *name, int fd);

/* Fills what to wait for (fds of a NULL descriptor are -1). */
void pump_poll(const struct pump *p, struct pollfd fds[PUMP_POLLS]);

/* Moves at most one buffer, and waits for nothing. Returns true when it moved anything. */
bool pump_run(struct pump *p);

/* Some read bytes are not written yet. */
bool pump_pending(const struct pump *p);

/* Closes the pipe and reports what was lost. */
void pump_close(struct pump *p);

#endif
