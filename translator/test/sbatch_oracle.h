/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What sbatch makes of a "#SBATCH" line: its documented rules (sbatch(1)), and what Slurm 22.05 to
 * 26.05 do. Shares no code with the product.
 */
#ifndef SKJOB_TEST_SBATCH_ORACLE_H
#define SKJOB_TEST_SBATCH_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

#define SBATCH_ORACLE_MAX 32

struct sbatch_oracle {
    char *args[SBATCH_ORACLE_MAX];
    size_t len;
    bool fatal; /* sbatch would die of the line */
};

/* line starts with "#SBATCH". */
void sbatch_oracle_read(struct sbatch_oracle *o, const char *line);
void sbatch_oracle_free(struct sbatch_oracle *o);

#endif
