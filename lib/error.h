/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A caller-owned error text. Functions that can fail take a struct error *, fill it and return -1;
 * the text is printed once, by main() or by a hook. It is written for the user: what is wrong,
 * where, what to do. A NULL error is allowed everywhere and keeps nothing.
 */
#ifndef SKJOB_ERROR_H
#define SKJOB_ERROR_H

#include <stdarg.h>

struct error {
    char text[1024];
};

/* Fills err (truncating) and returns -1, so that "return error_set(err, ...)" is one line.
 * errno is left as it was. */
int error_set(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " in front of the text that err holds already. Returns -1. */
int error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
