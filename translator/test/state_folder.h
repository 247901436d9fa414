/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A folder for a test: a state of Jobs, and an sbatch of its own on PATH. It is the current folder.
 */
#ifndef SKJOB_TEST_STATE_FOLDER_H
#define SKJOB_TEST_STATE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

struct state_folder {
    char path[64];
    char state[80]; /* the state's root */
};

void state_folder_make(struct state_folder *f);
void state_folder_remove(struct state_folder *f);

/* Forgets all Jobs. */
void state_folder_empty(const struct state_folder *f);

/* Makes sbatch: a shell script of these lines. */
void state_folder_sbatch(const struct state_folder *f, const char *lines);

/* Whether the state has this file. */
bool state_folder_has(const struct state_folder *f, const char *name);

/* Lets a file of the state be so old. */
void state_folder_age(const struct state_folder *f, const char *name, long seconds);

/* The Slurm job of the Job's journal, 0 when it has none. */
uint32_t state_folder_submitted(const struct state_folder *f, const char *job);

#endif
