/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of kubectl get: which columns a kind of objects has, and what stands in them
 * (k8s.io/kubernetes/pkg/printers/internalversion). With -o wide, jobs and pods have Slurm's id
 * behind that, and pods say why they wait.
 */
#ifndef SKJOB_COLUMNS_H
#define SKJOB_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "listing.h"
#include "strbuf.h"

#define COLUMNS_MAX 12

struct columns {
    enum resource kind;
    bool wide;
    int64_t now_us;
};

/* The header of column i, NULL behind the last. */
const char *columns_header(const struct columns *c, size_t i);

/* Whether the column is an age, which changes by itself. */
bool columns_is_age(const struct columns *c, size_t i);

/* Appends the cells of one object; out has COLUMNS_MAX elements, empty ones. Returns 0, or -1 with
 * err. */
int columns_cells(const struct columns *c, struct found *f, struct strbuf *out, struct error *err);

#endif
