/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Wishes for a place (labels of nodes, tolerations, classes), by the maps of skjob.conf. What the
 * maps do not know is left to the row of the field, which tells that it is ignored.
 */
#ifndef SKJOB_MAP_PLACE_H
#define SKJOB_MAP_PLACE_H

#include <jansson.h>

#include "place.h"
#include "translation.h"

#define HOSTNAME_LABEL "kubernetes.io/hostname"
#define FEATURE_LABEL  "feature.skjob/" /* feature.skjob/NAME: the node's feature NAME in Slurm */

/* spec.template.spec of the job; and "spec.template.spec.NAME" as a path. */
const json_t *place_pod(const json_t *job);
#define PLACE_POD(name)                                                                            \
    PATH_FIELD(PATH_FIELD(PATH_FIELD(PATH_FIELD(NULL, "spec"), "template"), "spec"), name)

/* Adds one place to what sbatch is told already: a constraint, a gres and a license besides what is
 * there; another option must not be there with another value. Returns 0, 1 when it is (nothing was
 * added), -1 with err. */
int place_add(struct translation *t, const char *option, const char *value, struct error *err);

/* The entry for a label with a value, or NULL. The built-in ones go before; buf holds their text.
 */
const char *place_of_label(const struct translation *t, const char *key, const char *value,
                           struct strbuf *buf);

/* Adds all places of an entry's text and notes at path what they are. */
int place_apply(struct translation *t, const char *text, const struct path *path,
                struct error *err);

#endif
