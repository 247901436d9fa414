/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs. Each gets its own arguments (argv[0] is the verb), prints its errors and returns the
 * exit code: 0, or 1 as kubectl has it.
 */
#ifndef SKJOB_COMMANDS_H
#define SKJOB_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
};

int cmd_create(int argc, char **argv);
int cmd_translate(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_describe(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_logs(int argc, char **argv);
int cmd_wait(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_delete(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_suspend(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_scale(int argc, char **argv);
int cmd_reconcile(int argc, char **argv);
int cmd_completion(int argc, char **argv);

/* skjob __complete WORD...: prints what the last word may become, one a line, with a tab and an
 * explanation where there is one. It is what the scripts of cmd_completion() ask. */
int complete_words(int argc, char **argv, const struct verb *verbs, size_t n);
int cmd_patch(int argc, char **argv);
int cmd_label(int argc, char **argv);
int cmd_annotate(int argc, char **argv);
int cmd_edit(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_gc(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_replace(int argc, char **argv);

/* skjob create configmap|secret ...: what cmd_create() does when its first word is a kind of
 * object.
 */
struct options;
bool cmd_create_is_object(const struct options *o);
int cmd_create_object(const struct options *o);

/* skjob create job|cronjob NAME ..., likewise. */
bool cmd_create_is_job(const struct options *o);
int cmd_create_job(const struct options *o);

/* Creates one object of a file, as skjob create -f does. Prints what it did, or why not. Returns 0,
 * or -1. */
struct input_object;
int cmd_create_input(const struct options *o, const struct input_object *in);

#endif
