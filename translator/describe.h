/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Objects in the words and the layout of kubectl describe (k8s.io/kubectl/pkg/describe). The texts
 * have tabs where tab_text.h aligns them. Times are shown in the zone of the environment.
 */
#ifndef SKJOB_DESCRIBE_H
#define SKJOB_DESCRIBE_H

#include <jansson.h>
#include <stdint.h>

#include "error.h"
#include "resource.h"
#include "strbuf.h"

/* Appends the description. events: those that are about the object, the oldest first; NULL where a
 * kind has none. Returns 0, or -1 with err for a kind that cannot be described. */
int describe_object(enum resource kind, const json_t *object, const json_t *events, int64_t now_us,
                    struct strbuf *out, struct error *err);

/* ---- parts, for describe_*.c ---- */

/* "Name:\tk=v\n" and one more line for each further label. */
void describe_map(const char *title, const json_t *map, struct strbuf *out);
void describe_annotations(const char *title, const json_t *map, struct strbuf *out);

/* An RFC 3339 text as "Mon, 02 Jan 2006 15:04:05 +0000". */
void describe_time(const char *title, const char *time, struct strbuf *out);

/* All containers of a list. statuses may be NULL; space is "" or "  ". */
void describe_containers(const char *title, const json_t *containers, const json_t *statuses,
                         const char *space, struct strbuf *out);
void describe_volumes(const json_t *volumes, const char *space, struct strbuf *out);
void describe_tolerations(const char *title, const json_t *tolerations, struct strbuf *out);

#endif
