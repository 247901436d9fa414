/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Probes and hooks as the plan has them (plan.h). A part of plan.c.
 */
#ifndef SKJOB_POD_PLAN_ACTION_H
#define SKJOB_POD_PLAN_ACTION_H

#include "plan.h"

/* Reads the probe or hook called name, if container has it. */
int plan_probe_read(struct plan_probe *out, const json_t *container, const char *name,
                    struct error *err);
int plan_hook_read(struct plan_action *out, const json_t *container, const char *name,
                   struct error *err);

void plan_action_free(struct plan_action *action);

/* Whole seconds as milliseconds, at most PLAN_LONG_MS. */
int64_t plan_ms(long long seconds);

/* Frees a NULL-terminated list and its strings; NULL is fine. */
void plan_free_list(char **list);

#endif
