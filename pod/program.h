/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Running one of the runtime's programs to its end, apart from any container: to look for an image,
 * to get it, to clean up.
 */
#ifndef SKJOB_POD_PROGRAM_H
#define SKJOB_POD_PROGRAM_H

#include <stdint.h>

#include "error.h"
#include "strbuf.h"

enum program_answer {
    PROGRAM_OK,      /* exit code 0 */
    PROGRAM_FAILED,  /* err: the last line that it wrote, or why it did not run */
    PROGRAM_STOPPED, /* a SIGTERM or SIGINT is pending, or its time is over: it was ended */
};

/* argv[0] without a slash is looked up in PATH of envp. Reads nothing, and what it writes goes
 * nowhere else. argv NULL: out of memory. until_ms: of clock_monotonic_ms(); CLOCK_NEVER = no limit
 * but the signals. */
enum program_answer program_run(char *const argv[], char *const envp[], int64_t until_ms,
                                struct error *err);

/* The same whatever signal is pending, and for half a minute at most, after which it has failed. */
enum program_answer program_finish(char *const argv[], char *const envp[], struct error *err);

/* Appends the path of the program that name stands for in PATH of envp. Returns 0, or -1 with err.
 */
int program_find(const char *name, char *const envp[], struct strbuf *path, struct error *err);

#endif
