/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The terminal of skjob top: a screen of its own, keys without Enter. It is given back on every way
 * out, also on a signal.
 */
#ifndef SKJOB_TOP_SCREEN_H
#define SKJOB_TOP_SCREEN_H

#include "error.h"

/* Standard input and output must be a terminal. */
int top_screen_open(struct error *err);
void top_screen_close(void);

/* Waits for a key. Returns it; 0 when the time is over or the size of the terminal has changed; -1
 * when a signal wants an end. */
int top_screen_key(int milliseconds);

/* The signal that wanted it, 0 = none. */
int top_screen_signal(void);

#endif
