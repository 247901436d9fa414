/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What standard output (or another descriptor) can show.
 */
#ifndef SKJOB_TERMINAL_H
#define SKJOB_TERMINAL_H

#include <stdbool.h>

struct terminal {
    int columns; /* 80 where nobody says */
    int rows;    /* 24 */
    bool is_terminal;
    bool color; /* a terminal that is not dumb, and no NO_COLOR (https://no-color.org) */
};

void terminal_look(int fd, struct terminal *t);

#endif
