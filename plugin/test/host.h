/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A SPANK host for tests: answers the plugin's questions from a struct, and keeps what the plugin
 * says and sets. Every call that the plugin must not make in a context ends the test.
 */
#ifndef SKJOB_PLUGIN_TEST_HOST_H
#define SKJOB_PLUGIN_TEST_HOST_H

#include <slurm/slurm.h>
#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>

struct host {
    enum spank_context context;
    uint32_t step;
    uint32_t job;
    uint32_t array;
    uint32_t task;
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    int groups_len;
    int task_status;
    char *argv[2];
    enum spank_item missing; /* this item cannot be had */
    bool has_missing;
    bool setenv_fails;
    struct spank_option *options[16]; /* that were registered; borrowed */
    int options_len;
    struct {
        char *name, *value;
    } * env; /* owned */
    int env_len;
    int items;      /* calls of spank_get_item() */
    int calls;      /* all calls into the host */
    int lines;      /* log lines of any level */
    char log[4096]; /* the text of all of them, each with its newline */
};

extern struct host host;

/* A remote batch step of array task 7 of job 100 (job id 107), uid 1000, without a script, a task
 * or an environment. */
void host_reset(void);
void host_putenv(const char *name, const char *value);
void host_fill(int n);                     /* as many variables more: V0, V1, ... */
const char *host_getenv(const char *name); /* NULL when not set */

#endif
