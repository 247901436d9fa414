/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Attempts over time, as a grid: each lane is a range of indexes or a node, each column a piece of
 * the Job's time. A million attempts become as many cells as a page can show.
 */
#ifndef SKJOB_GANTT_H
#define SKJOB_GANTT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"

struct gantt_cell {
    uint32_t succeeded; /* attempts at work there that end so */
    uint32_t failed;
    uint32_t running;
};

struct gantt {
    struct gantt_cell *cells; /* lane by lane; owned */
    uint32_t lanes;
    uint32_t columns;
    uint32_t per_lane; /* how many indexes or nodes a lane stands for */
    uint32_t busiest;  /* attempts in one cell, at most */
    int64_t from_us;
    int64_t until_us;
};

/* Fills the grid. lane_of[i] is the number of attempt i's index or node, of total such numbers; at
 * most max_lanes lanes are made. Attempts without a start are passed over. Returns 0, or -1 with
 * err. */
int gantt_make(const struct fold *f, const uint32_t *lane_of, uint32_t total, uint32_t max_lanes,
               uint32_t columns, int64_t now_us, struct gantt *out, struct error *err);
void gantt_free(struct gantt *g);

#define cleanup_gantt __attribute__((cleanup(gantt_free)))

/* What a cell looks like. */
enum gantt_look { GANTT_EMPTY, GANTT_SUCCEEDED, GANTT_RUNNING, GANTT_SOME_FAILED, GANTT_FAILED };
enum gantt_look gantt_look(const struct gantt_cell *c);

/* How full it is: 1 to 4, 0 = empty. */
int gantt_level(const struct gantt *g, const struct gantt_cell *c);

#endif
