/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gantt.h"

#include <stdlib.h>

static uint32_t sum_of(const struct gantt_cell *c)
{
    return c->succeeded + c->failed + c->running;
}

static int64_t end_of(const struct fold_attempt *a, int64_t now_us)
{
    return a->phase == JOURNAL_PHASE_NONE ? now_us : a->ended_us;
}

static void find_span(struct gantt *g, const struct fold_attempt *a, size_t n, int64_t now_us)
{
    g->from_us = INT64_MAX;
    g->until_us = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        if (a[i].started_us == FOLD_NO_TIME)
            continue;
        if (a[i].started_us < g->from_us)
            g->from_us = a[i].started_us;
        if (end_of(&a[i], now_us) > g->until_us)
            g->until_us = end_of(&a[i], now_us);
    }
    if (g->from_us == INT64_MAX)
        g->from_us = now_us;
    if (g->until_us <= g->from_us)
        g->until_us = g->from_us + 1;
}

static uint32_t column_of(const struct gantt *g, int64_t t)
{
    double part = (double)(t - g->from_us) / (double)(g->until_us - g->from_us);
    uint32_t column = part > 0 ? (uint32_t)(part * g->columns) : 0;
    return column < g->columns ? column : g->columns - 1;
}

static void put(struct gantt *g, uint32_t lane, const struct fold_attempt *a, int64_t now_us)
{
    uint32_t last = column_of(g, end_of(a, now_us));
    for (uint32_t c = column_of(g, a->started_us); c <= last; c++) {
        struct gantt_cell *cell = &g->cells[(size_t)lane * g->columns + c];
        cell->succeeded += a->phase == JOURNAL_SUCCEEDED;
        cell->failed += a->phase == JOURNAL_FAILED;
        cell->running += a->phase == JOURNAL_PHASE_NONE;
        if (sum_of(cell) > g->busiest)
            g->busiest = sum_of(cell);
    }
}

int gantt_make(const struct fold *f, const uint32_t *lane_of, uint32_t total, uint32_t max_lanes,
               uint32_t columns, int64_t now_us, struct gantt *out, struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(f, &n);
    *out = (struct gantt){.columns = columns};
    out->per_lane = total / max_lanes + (total % max_lanes != 0);
    out->per_lane = out->per_lane ? out->per_lane : 1;
    out->lanes = total / out->per_lane + (total % out->per_lane != 0);
    out->cells = calloc((size_t)out->lanes * columns + 1, sizeof *out->cells);
    if (!out->cells)
        return error_set(err, "out of memory");
    find_span(out, a, n, now_us);
    for (size_t i = 0; i < n; i++)
        if (a[i].started_us != FOLD_NO_TIME && lane_of[i] < total)
            put(out, lane_of[i] / out->per_lane, &a[i], now_us);
    return 0;
}

void gantt_free(struct gantt *g)
{
    free(g->cells);
    g->cells = NULL;
}

enum gantt_look gantt_look(const struct gantt_cell *c)
{
    if (sum_of(c) == 0)
        return GANTT_EMPTY;
    if (c->failed)
        return c->failed * 2 >= sum_of(c) ? GANTT_FAILED : GANTT_SOME_FAILED;
    return c->running * 2 >= sum_of(c) ? GANTT_RUNNING : GANTT_SUCCEEDED;
}

int gantt_level(const struct gantt *g, const struct gantt_cell *c)
{
    uint32_t sum = sum_of(c);
    return sum == 0 ? 0 : (int)(((uint64_t)sum * 4 + g->busiest - 1) / g->busiest);
}
