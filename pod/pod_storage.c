/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "site.h"
#include "tree.h"

#define MESSAGE_PATH "/dev/termination-log" /* where the manifest says nothing */
#define HOSTS_PATH   "/etc/hosts"
#define PAUSE_FIRST  1000
#define PAUSE_MAX    10000 /* the kubelet's */
#define PAUSE_COST   50    /* a look takes at most 2 % of the time */

void pod_storage_open(struct pod_storage *s, const struct slurm_env *slurm, char *const env[])
{
    *s = (struct pod_storage){.volumes = VOLUMES_INIT, .place = volumes_place_of(env)};
    if (slurm->own_id)
        snprintf(s->id, sizeof s->id, "%u.%u", slurm->own_id, slurm->attempt);
    else
        snprintf(s->id, sizeof s->id, "pid%d", (int)getpid());
    volumes_sweep(&s->place);
}

/* [storage] of skjob.conf; a claim's namespace goes before its bare name. */
static const char *map_storage(void *arg, const char *kind, const char *name, const char *path)
{
    const struct conf *conf = arg;
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    bool is_nfs = strcmp(kind, "nfs") == 0;
    strbuf_addf(&key, is_nfs ? "%s:%s" : "pvc:%s/%s", is_nfs ? name : path, is_nfs ? path : name);
    const char *found = conf_find(conf, CONF_STORAGE, strbuf_str(&key));
    if (found || is_nfs)
        return found;
    strbuf_reset(&key);
    strbuf_addf(&key, "pvc:%s", name);
    return conf_find(conf, CONF_STORAGE, strbuf_str(&key));
}

static struct volumes_ask ask_of(const struct pod_storage *s, const struct pod_facts *facts)
{
    return (struct volumes_ask){.pod_spec = facts->spec,
                                .facts = facts,
                                .id = s->id,
                                .place = s->place,
                                .map = map_storage,
                                .map_arg = (void *)(uintptr_t)site_conf(NULL)};
}

static int make_ready(struct pod_storage *s, const struct volumes_ask *ask, struct error *err)
{
    if (s->is_ready)
        return 0;
    int rc = volumes_prepare(&s->volumes, ask, err);
    s->is_ready = rc == 0;
    return rc;
}

static bool any_names(const json_t *words, const char *text)
{
    size_t i;
    json_t *word;
    json_array_foreach (words, i, word)
        if (json_string_value(word) && strstr(json_string_value(word), text))
            return true;
    return false;
}

/* Mounts cost a few milliseconds: the file for the message is there for a container that has mounts
 * anyway, that asks for another path, or whose command names the path. */
static bool wants_message(const json_t *container, const char *path, const struct mount_list *list)
{
    if (*path != '/')
        return false;
    return list->n > 0 || strcmp(path, MESSAGE_PATH) != 0 ||
           any_names(tree_get(container, "command"), path) ||
           any_names(tree_get(container, "args"), path);
}

static int add_message(struct pod_storage *s, const struct volumes_ask *ask,
                       const json_t *container, struct storage_share *out, struct error *err)
{
    const char *path = tree_str(container, "terminationMessagePath");
    if (!*path)
        path = MESSAGE_PATH;
    if (!wants_message(container, path, &out->mounts))
        return 0;
    out->message_file = volumes_message_file(&s->volumes, ask, tree_str(container, "name"), err);
    return out->message_file ? mount_list_add(&out->mounts, out->message_file, path, false, err)
                             : -1;
}

const char *pod_storage_hosts(struct pod_storage *s, const struct pod_facts *facts,
                              struct error *err)
{
    const struct volumes_ask ask = ask_of(s, facts);
    if (!s->hosts)
        s->hosts = volumes_hosts_file(&s->volumes, &ask, err);
    return s->hosts;
}

/* Read-only: what a container wrote would be gone with the next pod that starts. */
static int add_hosts(const struct pod_storage *s, struct mount_list *list, struct error *err)
{
    if (!s->hosts)
        return 0;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i].target, HOSTS_PATH) == 0)
            return 0;
    return mount_list_add(list, s->hosts, HOSTS_PATH, true, err);
}

int pod_storage_share(struct pod_storage *s, const struct pod_facts *facts, const json_t *container,
                      struct environment *env, struct storage_share *out, struct error *err)
{
    const struct volumes_ask ask = ask_of(s, facts);
    *out = (struct storage_share){0};
    int rc = make_ready(s, &ask, err);
    if (!rc)
        rc = volumes_mounts(&s->volumes, container, environment_declared, env, &out->mounts, err);
    if (!rc)
        rc = add_hosts(s, &out->mounts, err);
    if (!rc)
        rc = add_message(s, &ask, container, out, err);
    if (rc)
        storage_share_free(out);
    return rc;
}

int pod_storage_find(struct pod_storage *s, const struct pod_facts *facts, const char *name,
                     const char **path, struct error *err)
{
    const struct volumes_ask ask = ask_of(s, facts);
    int rc = make_ready(s, &ask, err);
    for (size_t i = 0; !rc && i < s->volumes.n; i++) {
        *path = s->volumes.items[i].path;
        if (strcmp(s->volumes.items[i].name, name) == 0 && *path)
            return 0;
    }
    return rc ? rc : error_set(err, "there is no volume \"%.100s\"", name);
}

void storage_share_free(struct storage_share *share)
{
    mount_list_free(&share->mounts);
    free(share->message_file);
    *share = (struct storage_share){0};
}

static int64_t longer(const struct pod_storage *s, int64_t cost)
{
    int64_t pause = s->pause_ms ? s->pause_ms * 2 : PAUSE_FIRST;
    if (pause > PAUSE_MAX)
        pause = PAUSE_MAX;
    return pause > cost * PAUSE_COST ? pause : cost * PAUSE_COST;
}

int pod_storage_look(struct pod_storage *s, int64_t now_ms, int64_t *due, struct error *message)
{
    if (!s->is_ready || !volumes_have_limits(&s->volumes))
        return 0;
    int rc = 0;
    if (now_ms >= s->look_at_ms) {
        rc = s->look_at_ms ? volumes_check_limits(&s->volumes, message) : 0;
        int64_t after = clock_monotonic_ms();
        s->pause_ms = longer(s, after - now_ms);
        s->look_at_ms = after + s->pause_ms;
    }
    if (s->look_at_ms < *due)
        *due = s->look_at_ms;
    return rc;
}

int pod_storage_close(struct pod_storage *s, struct error *err)
{
    s->is_ready = false;
    free(s->hosts);
    s->hosts = NULL;
    return volumes_remove(&s->volumes, err);
}
