/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The head of a translated script: which scripts are ours, and what the translator tells the runner
 * and the plugin about them in one comment line,
 *
 *     #!/usr/libexec/skjob/skjob-pod
 *     #SBATCH ...
 *     #SKJOB v1 completionMode=Indexed deadline=yes uid=<uuid> namespace=<ns> state=<absolute path>
 *
 * key=value pairs, separated by single or several blanks, in any order. Values are percent-encoded:
 * letters, digits and -._~/ stand for themselves, every other byte is %XX. completionMode is
 * required; deadline is written where the Job or its pod has activeDeadlineSeconds, firstAttempt by
 * `skjob retry`, and uid, namespace and state by `skjob create` and `skjob retry` only. Strict: an
 * unknown version, an unknown or repeated key, a bad value, and any control character are errors.
 *
 * Pure, without JSON or YAML: the SPANK plugin links it. Everything here is written by the user and
 * proves nothing about who they are.
 */
#ifndef SKJOB_PRAGMA_H
#define SKJOB_PRAGMA_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "strbuf.h"

#define PRAGMA_INTERPRETER   "skjob-pod" /* the basename that makes a script ours */
#define PRAGMA_NUMBER_MAX    10
#define PRAGMA_UID_MAX       36
#define PRAGMA_NAMESPACE_MAX 63
#define PRAGMA_STATE_MAX     1023 /* decoded bytes: the encoded line must fit in the plugin's 4 KiB */

/* Set by the plugin in the environment of a batch script of ours whose Job is Indexed, to the Slurm
 * job id: its srun steps find it again even under --export=NONE, where srun passes on nothing but
 * SLURM*, and get their index from the plugin. The runner removes it where the manifest itself sets
 * JOB_COMPLETION_INDEX. */
#define PRAGMA_STEP_MARK "SLURM_SKJOB_JOB_ID"

/* "" and false = the key is absent. */
struct pragma {
    bool indexed;  /* completionMode: Indexed or NonIndexed */
    bool deadline; /* deadline=yes: somebody has to watch the clock */
    /* The number of the first attempts of this array, in decimal: the Job has had others before. */
    char first_attempt[PRAGMA_NUMBER_MAX + 1];
    char uid[PRAGMA_UID_MAX + 1];              /* a lower-case UUID */
    char namespace_[PRAGMA_NAMESPACE_MAX + 1]; /* a DNS label */
    char state[PRAGMA_STATE_MAX + 1];          /* the state root, absolute */
};

/* Line 1 is "#!" and an interpreter with the basename skjob-pod. text need not end with NUL, and
 * may be the first bytes of a longer script; a first line without its newline is not ours. */
bool pragma_is_ours(const char *text, size_t len);

/* The first `#SKJOB` line of the script's head (the comment and blank lines at its start; line 1
 * does not count), without its newline; NULL when there is none, or when it is cut off by the end
 * of text. *line_len is set when found. */
const char *pragma_find(const char *text, size_t len, size_t *line_len);

/* Parses one `#SKJOB` line (without newline). On error *out is all zero. */
int pragma_parse(const char *line, size_t len, struct pragma *out, struct error *err);

/* Appends the line, with its newline; keys in the order above. Refuses what pragma_parse() refuses,
 * and then appends nothing. */
int pragma_print(const struct pragma *p, struct strbuf *out, struct error *err);

#endif
