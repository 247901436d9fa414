/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs, and the parts of get and create.
 */
#ifndef SKJOB_COMMANDS_H
#define SKJOB_COMMANDS_H

#include "verb.h"

extern const struct verb verb_annotate;
extern const struct verb verb_apply;
extern const struct verb verb_check_config;
extern const struct verb verb_completion;
extern const struct verb verb_create;
extern const struct verb verb_delete;
extern const struct verb verb_describe;
extern const struct verb verb_edit;
extern const struct verb verb_events;
extern const struct verb verb_explain;
extern const struct verb verb_gc;
extern const struct verb verb_get;
extern const struct verb verb_label;
extern const struct verb verb_logs;
extern const struct verb verb_patch;
extern const struct verb verb_reconcile;
extern const struct verb verb_replace;
extern const struct verb verb_report;
extern const struct verb verb_resume;
extern const struct verb verb_retry;
extern const struct verb verb_run;
extern const struct verb verb_scale;
extern const struct verb verb_simulate;
extern const struct verb verb_status;
extern const struct verb verb_suspend;
extern const struct verb verb_top;
extern const struct verb verb_translate;
extern const struct verb verb_wait;

/* skjob __complete WORD...: prints what the last word may become, one a line, with a tab and an
 * explanation where there is one. It is what the scripts of completion ask. */
int complete_words(int argc, char **argv, const struct verb *const *verbs, size_t n);

/* skjob __clock SCRIPT: what runs in the Slurm job that is the clock of a CronJob
 * (cronjob_clock.h). skjob __tick NAMESPACE NAME SECONDS: one tick as if it were that time; for
 * tests. Both return the exit code. */
int cmd_clock(const char *path);
int cmd_clock_tick(const char *ns, const char *name, const char *seconds);

/* skjob get of what was asked for (get_request.h), and opened. Returns as a verb does. */
struct get_request;
int cmd_get(struct get_request *r, struct error *err);

/* skjob create configmap|secret ...: what create does when its first word is a kind of object. Both
 * return as a verb does. */
bool cmd_create_is_object(const struct options *o);
int cmd_create_object(const struct options *o, struct error *err);

/* skjob create job|cronjob NAME ..., likewise. */
bool cmd_create_is_job(const struct options *o);
int cmd_create_job(const struct options *o, struct error *err);

/* Creates one object of a file, as skjob create -f does. Prints what it did, or why not; *printed
 * counts documents (print.h). Returns 0, or -1. */
struct input_object;
int cmd_create_input(const struct options *o, const struct input_object *in, size_t *printed);

#endif
