/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What of kubectl cannot exist here, as there is Slurm in the place of what it acts on: verbs, and
 * options.
 */
#ifndef SKJOB_FOREIGN_H
#define SKJOB_FOREIGN_H

#include <stdbool.h>

/* Says on standard error, in one line, what to type instead; argv[0] is the verb. Returns whether
 * it is such a verb. */
bool foreign_refuse(int argc, char **argv);

/* word: an option as it stands on the command line, "--context=x" or "-k". Returns why it is not
 * taken and what to do instead, or NULL when it is no option of kubectl's either. */
const char *foreign_option_why(const char *word);

#endif
