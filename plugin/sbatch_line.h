/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command line of sbatch, taken apart by sbatch's own rules (src/sbatch/opt.c): options end at
 * the first word that is neither an option nor the value of one; that word is the script.
 */
#ifndef SKJOB_PLUGIN_SBATCH_LINE_H
#define SKJOB_PLUGIN_SBATCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SBATCH_LINE_OPTIONS 256

struct sbatch_line {
    const char *script;
    const char *behind; /* the first word behind the script; NULL = there is none */
    const char *plain;  /* the first option for plain arrays among the options; NULL = likewise */
    const char
        *options[SBATCH_LINE_OPTIONS]; /* the words before the script, without a final "--" */
    size_t options_len;
};

/* text: the words, a NUL behind each, as in /proc/PID/cmdline; cut: text is only the first len
 * bytes of it. text[len] must be a NUL, too. Everything points into text. False: whatever this is,
 * it is not the submission of one script file by sbatch: another program, no script, a
 * heterogeneous job, --wrap, --help. False as well whenever that is in doubt: an option that this
 * Slurm (a SLURM_VERSION_NUMBER) has not, such as those of other plugins, an ambiguous one, one
 * that lacks its value, too many words. */
bool sbatch_line_parse(struct sbatch_line *out, const char *text, size_t len, bool cut,
                       uint32_t version);

#endif
