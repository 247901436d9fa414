/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob.conf, the site's configuration: what the admin decides for all users. Absent, everything
 * has its default. Read by skjob and skjob-pod as the user: it guides, it does not confine (a user
 * can name another file in SKJOB_CONF).
 *
 *   # a comment, also behind a value when a blank is before the '#'
 *   key = value
 *   [map]
 *   entry = value
 *
 * Entries of maps may contain '=' themselves: what parts them from the value is the first '=' with
 * blanks around it. An entry is a pattern (fnmatch(3), '*' matches '/' too) but in [storage]
 * and [runtimeOptions]; the first that matches wins.
 */
#ifndef SKJOB_CONF_H
#define SKJOB_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "strbuf.h"

#define CONF_VARIABLE "SKJOB_CONF" /* names another file; "" counts as not set */
#define CONF_BYTES    ((size_t)1 << 20)

enum conf_runtime {
    RUNTIME_HOST,
    RUNTIME_APPTAINER,
    RUNTIME_PODMAN,
    RUNTIME_CHARLIECLOUD,
    RUNTIME_ENROOT,
    RUNTIMES,
};

enum conf_pull { CONF_PULL_ALLOW, CONF_PULL_NEVER };

/* When the clock of a Job's activeDeadlineSeconds starts. */
enum conf_deadline { CONF_DEADLINE_START, CONF_DEADLINE_SUBMIT };

enum conf_map {
    CONF_IMAGES,          /* image -> what the runtime takes */
    CONF_STORAGE,         /* "SERVER:/EXPORT", "pvc:NAME", "pvc:NAMESPACE/NAME" -> path */
    CONF_NODE_SELECTOR,   /* "LABEL=VALUE" -> places (lib/place.h) */
    CONF_TOLERATION,      /* "KEY=VALUE", "KEY" -> places */
    CONF_PRIORITY_CLASS,  /* name -> places */
    CONF_RUNTIME_CLASS,   /* name -> places, or "runtime:NAME" */
    CONF_SCHEDULER_NAME,  /* name -> places */
    CONF_RESOURCE,        /* "nvidia.com/gpu" -> "gres:NAME" */
    CONF_RUNTIME_OPTIONS, /* "podman", "apptainer:gpu" -> words for its command line */
    CONF_MAPS,
};

struct conf_entry {
    char *key;
    char *value;
};

struct conf_entries {
    struct conf_entry *v; /* as in the file */
    size_t len;
};

/* A folder of the node that every container sees. */
struct conf_bind {
    char *source; /* absolute */
    char *target; /* absolute */
    bool read_only;
};

struct conf {
    int runtime;               /* enum conf_runtime: of pods that ask for none */
    unsigned runtimes_allowed; /* bit 1 << RUNTIME_…: what a pod may ask for; always has runtime */
    int image_pull;            /* enum conf_pull */
    struct conf_bind *binds;
    size_t n_binds;

    int64_t backoff_base_us; /* of failed pods; at least 1 */
    int64_t backoff_max_us;
    int64_t crashloop_base_us; /* of restarts in place; at least 1 */
    int64_t crashloop_max_us;
    int deadline_from;           /* enum conf_deadline */
    int retry_exclude_node;      /* bool: a retry runs on another node */
    int64_t retry_memory_milli;  /* memory of a retry after OOM, in 1/1000 of that before; 1000 */
    int64_t retry_memory_max_mb; /* MiB; 0 = no limit of its own */

    struct conf_entries maps[CONF_MAPS];
};

/* The defaults. Returns 0, or -1 when out of memory. Free it in any case. */
int conf_init(struct conf *c);
void conf_free(struct conf *c);

#define cleanup_conf __attribute__((cleanup(conf_free)))

/* Reads len bytes of text over the defaults. Appends a line "NAME:LINE: what is wrong" to errors
 * for each mistake; c then has what was right. Returns the number of mistakes. */
size_t conf_parse(struct conf *c, const char *name, const char *text, size_t len,
                  struct strbuf *errors);

/* The file that counts: env (the value of CONF_VARIABLE), else that of the installation. *given
 * says that it was named, and so must exist. */
const char *conf_path(const char *env, bool *given);

/* Reads that file whole, bounded; a file that need not exist and does not is empty. Returns 0, or
 * -1 with err. */
int conf_read(const char *path, bool must_exist, struct strbuf *text, struct error *err);

/* conf_path, conf_read and conf_parse. err: the first mistake, with its line. c is usable and to be
 * freed in any case: after an error it holds the defaults. */
int conf_load(struct conf *c, const char *env, struct error *err);

/* The value of the first entry of the map that matches key, or NULL. Borrowed. */
const char *conf_find(const struct conf *c, enum conf_map map, const char *key);

/* The entry of [images] for an image: patterns are tried on the name as it was written, and where
 * it has neither tag nor digest with ":latest" as well. */
const char *conf_image(const struct conf *c, const char *image);

/* "podman"; and back, -1 when unknown. */
const char *conf_runtime_name(enum conf_runtime r);
int conf_runtime_of(const char *name);

/* The keys and maps, for tests of the documentation: NULL behind the last. */
const char *conf_key_name(size_t i);
const char *conf_map_name(size_t i);

#endif
