/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What sbatch makes of its arguments and of "#SBATCH" lines (Slurm 22.05 to 26.05:
 * src/sbatch/opt.c, src/common/slurm_opt.c). Needed to know which options a user sets, and to
 * refuse those that belong to the Job itself.
 */
#ifndef SKJOB_SBATCH_ARGS_H
#define SKJOB_SBATCH_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "strbuf.h"

/* The next word of a "#SBATCH" line as sbatch splits it: quotes, backslashes, "#" comments. *line
 * moves behind it. Returns 1 with the word in *word, 0 at the end, -1 with err for what sbatch
 * refuses (a quote without its counterpart, a word that starts with ':'). */
int sbatch_args_word(const char **line, struct strbuf *word, struct error *err);

/* Looking at the words one after another; start with {0}. */
struct sbatch_args {
    bool value_next; /* the last word was an option that takes its value from the next word */
    bool output;     /* --output or --error was seen */
};

enum sbatch_word {
    SBATCH_OPTION,
    SBATCH_VALUE, /* of the option before */
    SBATCH_STRAY, /* sbatch would take it for the script */
};

/* What the word is. *why is set to why it may not be used (the Job decides), else to NULL. */
enum sbatch_word sbatch_args_look(struct sbatch_args *a, const char *word, const char **why);

/* Checks a whole argument vector: nothing refused, nothing stray. *output is set when the user
 * names a file for the output. */
int sbatch_args_check(char *const *args, size_t n, bool *output, struct error *err);

#endif
