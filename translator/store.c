/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "cluster_name.h"
#include "files.h"
#include "state_path.h"
#include "tree.h"

/* Of the password database, which is asked only when there is no HOME. Static storage. */
static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home && *home)
        return home;
    const struct passwd *p = getpwuid(getuid());
    return p ? p->pw_dir : NULL;
}

int store_open(struct store *s, struct error *err)
{
    char cluster[CLUSTER_NAME_MAX + 1] = "";
    struct state_env env = {.skjob_state = getenv("SKJOB_STATE"),
                            .xdg_state_home = getenv("XDG_STATE_HOME"),
                            .cluster = cluster};
    bool given = env.skjob_state && *env.skjob_state;
    struct strbuf b = STRBUF_INIT;
    if (!given && cluster_name(cluster, err) < 0)
        return -1;
    if (!given)
        env.home = home_folder();
    if (state_root(&env, &b, err) < 0) {
        strbuf_free(&b);
        return -1;
    }
    s->root = strbuf_steal(&b);
    return s->root ? 0 : error_set(err, "out of memory");
}

bool store_is_mine(const struct store *s)
{
    struct stat st;
    return stat(s->root, &st) == 0 && st.st_uid == getuid();
}

void store_close(struct store *s)
{
    free(s->root);
    s->root = NULL;
}

void store_path(const struct store *s, const char *ns, const char *name, struct strbuf *out)
{
    strbuf_addf(out, "%s/jobs/%s/%s", s->root, ns, name);
}

/* Another command may remove an empty folder on the way: hence several tries. */
static int make_folder(char *path)
{
    for (int i = 0; i < 8; i++)
        if (mkdir(path, 0700) == 0)
            return 0;
        else if (errno != ENOENT || (files_make_parents(path) < 0 && errno != ENOENT))
            return -1;
    return -1;
}

int store_make(const struct store *s, const char *ns, const char *name, struct error *err)
{
    struct strbuf b = STRBUF_INIT;
    store_path(s, ns, name, &b);
    cleanup_free char *path = strbuf_steal(&b);
    if (!path || !state_name_ok(ns) || !state_name_ok(name))
        return error_set(err, "the name %s cannot be a folder", name);
    if (make_folder(path) == 0)
        return 0;
    return errno == EEXIST ? 1 : error_set(err, "cannot make %s: %s", path, strerror(errno));
}

bool store_exists(const struct store *s, const char *ns, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    return access(strbuf_str(&path), F_OK) == 0;
}

int store_put(const char *path, const char *text, struct error *err)
{
    char host[256];
    cleanup_strbuf struct strbuf aside = STRBUF_INIT;
    store_host(host);
    strbuf_addf(&aside, "%s.%.100s.%ld", path, host, (long)getpid());
    if (files_put(AT_FDCWD, strbuf_str(&aside), path, text, strlen(text), FILES_REPLACE) < 0)
        return error_set(err, "cannot write %s: %s", path, strerror(errno));
    return 0;
}

int store_write(const struct store *s, const char *ns, const char *name, const json_t *object,
                struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    strbuf_adds(&path, "/object.json");
    cleanup_free char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    return text ? store_put(strbuf_str(&path), text, err) : error_set(err, "out of memory");
}

int store_read(const struct store *s, const char *ns, const char *name, json_t **object,
               struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    strbuf_adds(&path, "/object.json");
    if (!state_name_ok(ns) || !state_name_ok(name))
        return 1;
    cleanup_file FILE *f = fopen(strbuf_str(&path), "re");
    if (!f && (errno == ENOENT || errno == ENOTDIR))
        return 1;
    json_error_t e;
    *object = f ? json_loadf(f, 0, &e) : NULL;
    if (*object)
        return 0;
    return error_set(err, "cannot read %s: %s", strbuf_str(&path), f ? e.text : strerror(errno));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int store_remove_path(const char *path, struct error *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return 0;
    return error_set(err, "cannot remove %s: %s", path, strerror(errno));
}

int store_remove(const struct store *s, const char *ns, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    if (!state_name_ok(ns) || !state_name_ok(name))
        return 0;
    return store_remove_path(strbuf_str(&path), err);
}

#define GONE ".gone-"

static bool has_uid(const struct store *s, const char *ns, const char *name, const char *uid)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    strbuf_adds(&path, "/object.json");
    cleanup_json json_t *object = json_load_file(strbuf_str(&path), 0, NULL);
    return object && strcmp(tree_str(tree_get(object, "metadata"), "uid"), uid) == 0;
}

int store_take_away(const struct store *s, const char *ns, const char *name, const char *uid,
                    struct error *err)
{
    cleanup_strbuf struct strbuf from = STRBUF_INIT, to = STRBUF_INIT, hidden = STRBUF_INIT;
    if (!state_name_ok(ns) || !state_name_ok(name))
        return 0;
    strbuf_addf(&hidden, GONE "%s-%ld", uid, (long)getpid());
    store_path(s, ns, name, &from);
    store_path(s, ns, strbuf_str(&hidden), &to);
    if (from.failed || to.failed)
        return error_set(err, "out of memory");
    if (rename(strbuf_str(&from), strbuf_str(&to)) < 0)
        return errno == ENOENT
                   ? 0
                   : error_set(err, "cannot remove %s: %s", strbuf_str(&from), strerror(errno));
    if (!has_uid(s, ns, strbuf_str(&hidden), uid)) { /* another Job, made since we looked */
        (void)rename(strbuf_str(&to), strbuf_str(&from));
        return 0;
    }
    (void)store_remove_path(strbuf_str(&to), err);
    return 1;
}

static int is_gone(const struct dirent *e)
{
    return strncmp(e->d_name, GONE, strlen(GONE)) == 0;
}

void store_sweep(const struct store *s, const char *ns)
{
    struct error err;
    struct dirent **entries = NULL;
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    strbuf_addf(&folder, "%s/jobs/%s", s->root, ns);
    int n = scandir(strbuf_str(&folder), &entries, is_gone, alphasort);
    for (int i = 0; i < n; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        store_path(s, ns, entries[i]->d_name, &path);
        (void)store_remove_path(strbuf_str(&path), &err);
        free(entries[i]);
    }
    free(entries);
}

void store_host(char host[256])
{
    snprintf(host, 256, "localhost");
    gethostname(host, 255);
    host[255] = '\0';
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int list_folder(const char *path, char ***names, size_t *len, struct error *err)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_visible, alphasort);
    if (n < 0 && errno != ENOENT)
        return error_set(err, "cannot read %s: %s", path, strerror(errno));
    *len = 0;
    *names = calloc(n > 0 ? (size_t)n : 1, sizeof **names);
    for (int i = 0; i < n; i++) {
        char *name = *names ? strdup(entries[i]->d_name) : NULL;
        if (name)
            (*names)[(*len)++] = name;
        free(entries[i]);
    }
    free(entries);
    return *names ? 0 : error_set(err, "out of memory");
}

int store_list(const struct store *s, const char *ns, char ***names, size_t *len, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/jobs/%s", s->root, ns);
    return list_folder(strbuf_str(&path), names, len, err);
}

int store_namespaces(const struct store *s, const char *folder, char ***names, size_t *len,
                     struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", s->root, folder);
    return list_folder(strbuf_str(&path), names, len, err);
}
