/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The signal by which a command tells the runners of a Job that its deadline has changed: they look
 * at the state again. Whoever does not know of it (a runner that has just started, the script of a
 * plain job) ignores it, as is its default.
 */
#ifndef SKJOB_RUNNER_SIGNAL_H
#define SKJOB_RUNNER_SIGNAL_H

#include <signal.h>

#define RUNNER_SIGNAL_LOOK SIGURG

#endif
