/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_net.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "hosts.h"
#include "journal.h"
#include "peers.h"
#include "pod_facts.h"
#include "pod_meta.h"
#include "services.h"
#include "tree.h"

#define NODE_FILE  "/etc/hosts"
#define NODE_MAX   ((size_t)4 << 20)
#define HOSTS_MAX  ((size_t)64 << 20) /* some hundred thousand pods */
#define PAUSE_MIN  1000
#define PAUSE_MAX  10000
#define PAUSE_PART 8  /* of the time in which nothing has changed */
#define PAUSE_COST 50 /* a look takes at most 2 % of the time */

/* ---- at the beginning ---- */

/* What the node knows by name stays known. "" when it cannot be read. */
static char *read_node_file(void)
{
    char part[4096];
    ssize_t got;
    struct strbuf text = {.max = NODE_MAX};
    cleanup_close int fd = open(NODE_FILE, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, part, sizeof part)) > 0)
        strbuf_add(&text, part, (size_t)got);
    if (text.failed)
        strbuf_reset(&text);
    return strbuf_steal(&text);
}

static char *aliases_of(const json_t *job)
{
    struct strbuf text = STRBUF_INIT;
    hosts_aliases(&text, tree_get(tree_at(job, "spec", "template", "spec", NULL), "hostAliases"));
    return strbuf_steal(&text);
}

static int name_folders(struct pod_net *n, struct error *err)
{
    const struct attempt *a = n->attempt;
    if (asprintf(&n->events, "%s/" JOURNAL_EVENTS_DIR, a->dir) < 0) {
        n->events = NULL;
        return error_set(err, "out of memory");
    }
    if (asprintf(&n->services, "%s/%s/%s", a->root, objects_plural(OBJECT_SERVICE), a->namespace_) <
        0) {
        n->services = NULL;
        return error_set(err, "out of memory");
    }
    return 0;
}

static bool has_services(const struct pod_net *n)
{
    struct services s;
    const struct attempt *a = n->attempt;
    if (!a->dir || services_read(&s, a->root, a->namespace_, n->labels, NULL) < 0)
        return false;
    bool found = s.n > 0;
    services_free(&s);
    return found;
}

int pod_net_open(struct pod_net *n, const struct attempt *attempt, const json_t *job,
                 struct error *err)
{
    const char *ns = attempt->namespace_ ? attempt->namespace_ : "default";
    n->attempt = attempt;
    if (pod_names_make(&n->names, job, ns, attempt->pod, attempt->slurm->index, err))
        return -1;
    n->labels = pod_meta_labels(job, attempt->job_uid, attempt->slurm->index);
    if (!n->labels)
        return error_set(err, "out of memory");
    /* Without its address no Service had selected the pod when it was recorded. */
    bool selected = attempt->needs_address && has_services(n);
    n->is_on = n->names.is_own || selected;
    n->names.is_own = n->is_on;
    if (!n->is_on)
        return 0;
    n->follows = attempt->dir && (selected || *n->names.subdomain);
    n->aliases = aliases_of(job);
    n->node = read_node_file();
    if (!n->aliases || !n->node)
        return error_set(err, "out of memory");
    return n->follows ? name_folders(n, err) : 0;
}

/* ---- writing ---- */

/* In one piece, and what is too much is cut off after that: a reader sees the old text or the new
 * one, except at its end. */
static int write_text(struct pod_net *n, struct strbuf *text, struct error *err)
{
    if (text->failed)
        return error_set(err, "the pod's hosts file is too large");
    if (n->text && strcmp(n->text, strbuf_str(text)) == 0)
        return 0;
    if (pwrite(n->fd, text->data, text->len, 0) != (ssize_t)text->len ||
        ftruncate(n->fd, (off_t)text->len))
        return error_set(err, "%.300s: %s", n->path, strerror(errno));
    free(n->text);
    n->text = strbuf_steal(text);
    return 0;
}

/* What cannot be read leaves the file as it is, or, at first, without others in it. */
static int write_hosts(struct pod_net *n, struct error *err)
{
    const struct attempt *a = n->attempt;
    struct hosts h = {.names = &n->names,
                      .index = a->slurm->index,
                      .ips = a->address.ips,
                      .aliases = n->aliases,
                      .node = n->node};
    cleanup_strbuf struct strbuf text = {.max = HOSTS_MAX};
    int rc = !n->follows ? 0
             : peers_read(&h.peers, a->dir, err) ||
                     services_read(&h.services, a->root, a->namespace_, n->labels, err)
                 ? -1
                 : 0;
    if (rc == 0 || !n->text) {
        hosts_render(&text, &h);
        rc = write_text(n, &text, err);
    }
    peers_free(&h.peers);
    services_free(&h.services);
    return rc;
}

static uint64_t mark_of(const struct pod_net *n)
{
    return n->follows ? peers_mark(n->events) * 31 + peers_mark(n->services) : 0;
}

int pod_net_start(struct pod_net *n, struct pod_storage *storage, const struct pod_facts *facts,
                  struct error *err)
{
    if (!n->is_on || n->path)
        return 0;
    const char *path = pod_storage_hosts(storage, facts, err);
    if (!path)
        return -1;
    n->fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (n->fd < 0)
        return error_set(err, "%.300s: %s", path, strerror(errno));
    n->path = path;
    n->changed_ms = clock_monotonic_ms();
    n->mark = mark_of(n); /* before: what is written meanwhile is found later */
    return write_hosts(n, err) && !n->text ? -1 : 0;
}

static int64_t pause_after(const struct pod_net *n, int64_t now, int64_t cost)
{
    int64_t pause = (now - n->changed_ms) / PAUSE_PART;
    pause = pause < PAUSE_MIN ? PAUSE_MIN : pause > PAUSE_MAX ? PAUSE_MAX : pause;
    return pause > cost * PAUSE_COST ? pause : cost * PAUSE_COST;
}

void pod_net_look(struct pod_net *n, int64_t now_ms, int64_t *due)
{
    if (!n->path || !n->follows)
        return;
    if (now_ms >= n->look_at_ms) {
        uint64_t mark = mark_of(n);
        if (mark != n->mark && write_hosts(n, NULL) == 0) {
            n->mark = mark;
            n->changed_ms = now_ms;
            malloc_trim(0); /* the journal of a big Job, for a moment */
        }
        int64_t after = clock_monotonic_ms();
        n->look_at_ms = after + pause_after(n, after, after - now_ms);
    }
    if (n->look_at_ms < *due)
        *due = n->look_at_ms;
}

void pod_net_close(struct pod_net *n)
{
    if (n->fd >= 0)
        close(n->fd);
    free(n->text);
    free(n->aliases);
    free(n->node);
    free(n->events);
    free(n->services);
    json_decref(n->labels);
    *n = (struct pod_net)POD_NET_INIT;
}
