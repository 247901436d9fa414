/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Services of a namespace that select pods of a Job: their names stand for those pods'
 * addresses. Ports and cluster IPs mean nothing here. A selector may name the completion index:
 * then the Service stands for that pod.
 */
#ifndef SKJOB_POD_SERVICES_H
#define SKJOB_POD_SERVICES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define SERVICES_ANY (-1)

struct service {
    char name[64];
    int64_t index; /* of the one pod that it selects, SERVICES_ANY = all */
};

struct services {
    struct service *v; /* sorted by name */
    size_t n;
};

/* root is the state's; labels are those of one pod of the Job. The caller frees. A Service that
 * cannot be read is passed over. Returns 0 or -1 with err. */
int services_read(struct services *out, const char *root, const char *ns, const json_t *labels,
                  struct error *err);
void services_free(struct services *s);

/* Whether the object selects pods with these labels, and which of them. */
bool services_select(const json_t *service, const json_t *labels, int64_t *index);

#endif
