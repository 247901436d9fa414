/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The signals that are held during a submission; internal to submit.c. See submit.h.
 */
#ifndef SKJOB_SUBMIT_SIGNALS_H
#define SKJOB_SUBMIT_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* The signal that came while signals were held, 0 = none. */
int submit_signals_caught(void);

/* The mask in which they arrive: for ppoll(), and for sbatch. */
void submit_signals_open(sigset_t *mask);

#endif
