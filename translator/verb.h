/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A verb of the command line. Each has a row of its own in its module (cmd_*.c); main.c lists them.
 */
#ifndef SKJOB_VERB_H
#define SKJOB_VERB_H

#include "error.h"
#include "options.h"

struct verb {
    const char *name;
    const char *what;    /* a line for skjob --help */
    const char *usage;   /* what --help prints */
    const char *options; /* that it takes, as options_parse() wants them */
    bool shows_jobs;     /* as they stand: when slurmctld does not answer, that is told */

    /* Returns the exit code: 0, or 1 as kubectl has it when the errors are printed; -1 with err,
     * which is printed for it. */
    int (*run)(struct options *o, struct error *err);
};

/* Parses the arguments (argv[0] is the verb's name) and runs the verb, or prints its usage. Returns
 * the exit code. */
int verb_call(const struct verb *verb, int argc, char **argv);

/* Prints an error to standard error: a text of the API server stands alone, as in kubectl's output;
 * before all others stands "error: ". */
void verb_tell(const struct error *err);

/* The same about one object of a file, doing "creating" or the like: the others are not affected.
 */
void verb_tell_of(const struct error *err, const char *doing, const char *source);

#endif
