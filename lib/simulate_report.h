/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A simulation as text for people: a time line, a picture (one row an index, one cell an attempt),
 * and the final status.
 */
#ifndef SKJOB_SIMULATE_REPORT_H
#define SKJOB_SIMULATE_REPORT_H

#include "simulate.h"
#include "strbuf.h"

struct report_cell {
    uint32_t index;
    uint32_t attempt;
    char mark;
};

struct simulate_report {
    int64_t start_us;
    bool indexed;
    struct strbuf lines;
    struct report_cell *cells; /* by number of the pod */
    size_t n_cells;
    bool failed; /* out of memory */
};

/* To be given to simulate() as observe and arg; start_us and indexed are set by the caller. */
void simulate_report_observe(void *report, const struct simulate_event *event);

/* Appends all of it; result is what simulate() returned. Returns 0, or -1 when out of memory. */
int simulate_report_print(struct simulate_report *report, const json_t *result, struct strbuf *out);

void simulate_report_free(struct simulate_report *report);

#define cleanup_simulate_report __attribute__((cleanup(simulate_report_free)))

#endif
