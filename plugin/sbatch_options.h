/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options of sbatch itself, Slurm 22.05 to 26.05, and ours (job_options.h), and how they are
 * looked up: as getopt_long() does it for sbatch. What an option means is sbatch's affair; here it
 * only matters where its value is, so that the script can be told from the value of an option.
 */
#ifndef SKJOB_PLUGIN_SBATCH_OPTIONS_H
#define SKJOB_PLUGIN_SBATCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sbatch_value {
    SBATCH_VALUE_NONE,
    SBATCH_VALUE_NEEDED,   /* in the same word, else the next word, whatever it looks like */
    SBATCH_VALUE_POSSIBLE, /* in the same word, else there is none */
};

struct sbatch_option {
    const char *name;
    char letter; /* 0: has none */
    enum sbatch_value value;
    bool no_script; /* sbatch never reads a script: it prints something, or has one already */
    uint32_t since, until; /* SLURM_VERSION_NUM(major, minor, 0), from and before; 0 = always */
};

/* name is any beginning of a long option, len bytes without the "--". NULL: this Slurm (a
 * SLURM_VERSION_NUMBER) does not know it, or it can mean more than one option. */
const struct sbatch_option *sbatch_option_long(const char *name, size_t len, uint32_t version);

const struct sbatch_option *sbatch_option_letter(char letter, uint32_t version);

#endif
