/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading a short text from left to right, with errors that say where: what the compact forms of
 * plain_policy.h and plain_time.h are read with. No allocation.
 */
#ifndef SKJOB_PLAIN_SCAN_H
#define SKJOB_PLAIN_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct plain_scan {
    const char *text; /* the whole */
    const char *at;   /* what comes next */
    struct error *err;
};

/* A part of the text, borrowed; at NULL = there is none. */
struct plain_slice {
    const char *at;
    size_t len;
};

void plain_scan_blanks(struct plain_scan *s);

/* Takes c if it comes next. */
bool plain_scan_take(struct plain_scan *s, char c);

/* Takes letters, digits and -._/ as far as they go; may be empty. */
struct plain_slice plain_scan_word(struct plain_scan *s);
bool plain_slice_is(struct plain_slice slice, const char *text);

/* A number of digits alone, min to max. what is its name in the error. */
int plain_scan_number(struct plain_scan *s, const char *what, int64_t min, int64_t max,
                      int64_t *out);

/* Both return -1 and set the error: "at character N: ...". at is a place in the text. */
int plain_scan_expected(const struct plain_scan *s, const char *what);
int plain_scan_fail(const struct plain_scan *s, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
