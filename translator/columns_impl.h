/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tables of columns.h are made of; for the modules that define them.
 */
#ifndef SKJOB_COLUMNS_IMPL_H
#define SKJOB_COLUMNS_IMPL_H

#include "columns.h"

/* What a cell is made of. */
struct columns_row {
    const struct columns *columns;
    const struct found *found;
    const json_t *object;          /* NULL for pods */
    const struct pod_state *state; /* of pods */
};

enum columns_shown { ALWAYS, WIDE };

struct column {
    const char *header; /* NULL behind the last of fewer than COLUMNS_MAX */
    void (*cell)(const struct columns_row *r, struct strbuf *out);
    enum columns_shown shown;
    bool is_age;
};

extern const struct column columns_of_cronjobs[COLUMNS_MAX];
extern const struct column columns_of_events[COLUMNS_MAX];
extern const struct column columns_of_nodes[COLUMNS_MAX];
extern const struct column columns_of_pods[COLUMNS_MAX];

const json_t *columns_meta(const struct columns_row *r);

/* The text, or "<none>" for an empty one or NULL. */
void columns_add_or_none(struct strbuf *out, const char *text);

/* How long ago since (RFC 3339) was; otherwise when it is no time. */
void columns_add_age(const struct columns_row *r, const char *since, const char *otherwise,
                     struct strbuf *out);

/* Cells of several kinds. */
void columns_name_cell(const struct columns_row *r, struct strbuf *out);
void columns_age_cell(const struct columns_row *r, struct strbuf *out);
void columns_none_cell(const struct columns_row *r, struct strbuf *out);
void columns_type_cell(const struct columns_row *r, struct strbuf *out);
void columns_containers_cell(const struct columns_row *r, struct strbuf *out);
void columns_images_cell(const struct columns_row *r, struct strbuf *out);
void columns_selector_cell(const struct columns_row *r, struct strbuf *out);

#endif
