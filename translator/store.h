/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of the user's Jobs: <root>/jobs/<namespace>/<name>/, made with mkdir (the atomic test
 * for AlreadyExists), holding object.json. Folders are 0700, files 0600.
 */
#ifndef SKJOB_STORE_H
#define SKJOB_STORE_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"
#include "strbuf.h"

/* Shown with a Job that was submitted; the journal is where it is kept. */
#define STORE_JOB_ID_ANNOTATION "skjob/slurm-job-id"

struct store {
    char *root; /* owned, absolute */
};

/* Finds the root: SKJOB_STATE, else the default for the cluster that Slurm names. Makes nothing. */
int store_open(struct store *s, struct error *err);
void store_close(struct store *s);

/* Whether its Jobs are this user's. */
bool store_is_mine(const struct store *s);

#define cleanup_store __attribute__((cleanup(store_close)))

/* Makes the Job's folder. Returns 0, 1 when a Job of that name exists, -1 with err. */
int store_make(const struct store *s, const char *ns, const char *name, struct error *err);

bool store_exists(const struct store *s, const char *ns, const char *name);

/* Writes object.json in one step (a reader sees the old one or the new one). */
int store_write(const struct store *s, const char *ns, const char *name, const json_t *object,
                struct error *err);

/* Reads object.json. Returns 0 and a new reference, 1 when there is no such Job, -1 with err. */
int store_read(const struct store *s, const char *ns, const char *name, json_t **object,
               struct error *err);

/* Removes the Job's folder and all that is in it. A Job that is not there is no error. */
int store_remove(const struct store *s, const char *ns, const char *name, struct error *err);

/* The same for the Job of that uid alone, in a way that two commands can do at once, and while its
 * last pods are still ending: the folder is renamed first (to a name with a dot, which no list
 * shows), then removed as far as possible; store_sweep() removes what is left. Returns 1 when it
 * was removed, 0 when it was not there any more, -1 with err. */
int store_take_away(const struct store *s, const char *ns, const char *name, const char *uid,
                    struct error *err);

/* Removes what store_take_away() left in a namespace. Best effort. */
void store_sweep(const struct store *s, const char *ns);

int store_remove_path(const char *path, struct error *err);

/* Appends the path of the Job's folder. */
void store_path(const struct store *s, const char *ns, const char *name, struct strbuf *out);

/* Writes a file of the state, for the user alone, whole or not at all: aside and renamed. Returns
 * 0, or -1 with err and errno. */
int store_put(const char *path, const char *text, struct error *err);

/* The name of this host, as the journal's files are named. */
void store_host(char host[256]);

/* The names of a namespace's Jobs, sorted. Returns 0 and a list the caller frees with each name,
 * or -1 with err. No namespace yet is an empty list. */
int store_list(const struct store *s, const char *ns, char ***names, size_t *len,
               struct error *err);

/* Likewise the namespaces of which something is kept below <root>/<folder> ("jobs", "secrets", …).
 */
int store_namespaces(const struct store *s, const char *folder, char ***names, size_t *len,
                     struct error *err);

#endif
