/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The comment lines at the head of a user's manifest that mean something to Slurm: "#!" and
 * "#SBATCH". They are YAML comments, so that the manifest stays one.
 */
#ifndef SKJOB_HEAD_H
#define SKJOB_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct head_line {
    char *text; /* "#SBATCH --time=10", without newline and trailing blanks */
    size_t line;
};

struct head {
    char *interpreter; /* the "#!" line when it names skjob-pod, else NULL */
    struct head_line *sbatch;
    size_t sbatch_len;
    bool output; /* --output or --error is among them */
};

/* Reads the comment and blank lines at the start of text. An option that belongs to the Job itself
 * (--array, --wrap), a second component ("hetjob"), a control character, and an interpreter that is
 * neither skjob-pod nor skjob are errors. name is the file's, for messages. */
int head_parse(struct head *head, const char *name, const char *text, size_t len,
               struct error *err);

void head_free(struct head *head);

#define cleanup_head __attribute__((cleanup(head_free)))

#endif
