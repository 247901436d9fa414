/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libyaml's events into a jansson tree with positions, one document at a time.
 */
#ifndef SKJOB_COMPOSE_H
#define SKJOB_COMPOSE_H

#include "reader.h"

struct composer;

/* data is borrowed. NULL when out of memory. */
struct composer *composer_new(const char *data, size_t len, const struct reader_limits *limits);
void composer_free(struct composer *c);

/* The number that the first line of data has in its file (default 1). */
void composer_set_line(struct composer *c, size_t line);

/* As reader_next(), but empty documents come out as JSON null, and err holds only what is wrong:
 * composer_position() tells the place. */
int composer_next(struct composer *c, struct document *doc, struct error *err);
struct position composer_position(const struct composer *c);

#endif
