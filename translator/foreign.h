/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * kubectl's verbs that cannot exist here, as there is Slurm in the place of what they act on.
 */
#ifndef SKJOB_FOREIGN_H
#define SKJOB_FOREIGN_H

#include <stdbool.h>

/* Says on standard error, in one line, what to type instead; argv[0] is the verb. Returns whether
 * it is such a verb. */
bool foreign_refuse(int argc, char **argv);

#endif
