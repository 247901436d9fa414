/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "image_ref.h"
#include "program.h"

enum { BACKOFF_MS = 10000, BACKOFF_MAX_MS = 300000 };

static enum image_answer wait_for(struct image_state *s, const char *reason)
{
    s->reason = reason;
    return IMAGE_WAITING;
}

/* ---- what the image is here ---- */

static enum image_answer ready(struct image_state *s, const char *where)
{
    s->where = strdup(where);
    s->failures = 0;
    if (s->where)
        return IMAGE_READY;
    error_set(&s->message, "out of memory");
    return wait_for(s, "ErrImagePull");
}

static enum image_answer use_path(const struct image_request *r, struct image_state *s,
                                  const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return ready(s, path);
    error_set(&s->message, "image \"%.200s\" is \"%.300s\" by skjob.conf: %s", r->image, path,
              strerror(errno));
    return wait_for(s, "ErrImagePull");
}

static bool is_present(const struct image_request *r, const char *where)
{
    cleanup_arglist struct arglist argv = {0};
    struct stat st;
    if (!r->runtime->probe)
        return stat(where, &st) == 0;
    r->runtime->probe(where, &argv);
    return program_run(argv.failed ? NULL : argv.v, r->node_env, r->until_ms, NULL) == PROGRAM_OK;
}

/* ---- pulling ---- */

/* A file is made under another name first: other nodes may be at the same image. */
static enum program_answer pull_file(const struct image_request *r, const char *name,
                                     const char *where, struct error *err)
{
    cleanup_arglist struct arglist argv = {0};
    cleanup_strbuf struct strbuf fresh = STRBUF_INIT;
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    strbuf_addf(&fresh, "%s.%s.%ld", where, host, (long)getpid());
    if (!fresh.data || files_make_parents(fresh.data) < 0) {
        error_set(err, "%.300s: %s", where, strerror(errno));
        return PROGRAM_FAILED;
    }
    r->runtime->pull(name, fresh.data, &argv);
    enum program_answer a = program_run(argv.failed ? NULL : argv.v, r->node_env, r->until_ms, err);
    if (a == PROGRAM_OK && rename(fresh.data, where) < 0) {
        error_set(err, "%.300s: %s", where, strerror(errno));
        a = PROGRAM_FAILED;
    }
    if (a != PROGRAM_OK)
        unlink(fresh.data);
    return a;
}

static enum program_answer pull(const struct image_request *r, const char *name, const char *where,
                                struct error *err)
{
    cleanup_arglist struct arglist argv = {0};
    if (r->runtime->files)
        return pull_file(r, name, where, err);
    r->runtime->pull(name, where, &argv);
    return program_run(argv.failed ? NULL : argv.v, r->node_env, r->until_ms, err);
}

static enum image_answer back_off(const struct image_request *r, struct image_state *s)
{
    error_set(&s->message, "Back-off pulling image \"%.200s\": ErrImagePull: %.600s", r->image,
              s->why.text);
    return wait_for(s, "ImagePullBackOff");
}

static enum image_answer try_pull(const struct image_request *r, struct image_state *s,
                                  const char *name, const char *where, int64_t now_ms)
{
    if (s->failures && now_ms < s->next_ms)
        return back_off(r, s);
    switch (pull(r, name, where, &s->why)) {
    case PROGRAM_OK:
        return ready(s, where);
    case PROGRAM_STOPPED:
        return IMAGE_STOPPED;
    default:
        break;
    }
    int64_t delay = s->failures < 5 ? (int64_t)BACKOFF_MS << s->failures : BACKOFF_MAX_MS;
    s->failures++;
    s->next_ms = now_ms + (delay < BACKOFF_MAX_MS ? delay : BACKOFF_MAX_MS);
    error_set(&s->message, "failed to pull image \"%.200s\": %.700s", r->image, s->why.text);
    return wait_for(s, "ErrImagePull");
}

/* By policy; name is what a registry calls it. */
static enum image_answer use_name(const struct image_request *r, struct image_state *s,
                                  const char *name, int64_t now_ms)
{
    cleanup_strbuf struct strbuf where = STRBUF_INIT;
    const char *policy = *r->policy ? r->policy : image_ref_pull_policy(r->image);
    bool site_never = r->conf->image_pull == CONF_PULL_NEVER;
    bool never = site_never || strcmp(policy, "Never") == 0;
    if (r->runtime->locate(name, r->node_env, &where, &s->message) < 0)
        return wait_for(s, "ErrImagePull");
    bool always = !never && strcmp(policy, "Always") == 0;
    if (!always && is_present(r, strbuf_str(&where)))
        return ready(s, strbuf_str(&where));
    if (!never)
        return try_pull(r, s, name, strbuf_str(&where), now_ms);
    error_set(&s->message, "Container image \"%.200s\" is not present with pull policy of %s",
              r->image, site_never ? "the site (image_pull in skjob.conf): never" : "Never");
    return wait_for(s, "ErrImageNeverPull");
}

enum image_answer image_get(const struct image_request *r, struct image_state *s, int64_t now_ms)
{
    struct image_ref ref;
    const char *mapped = conf_image(r->conf, r->image);
    free(s->where);
    s->where = NULL;
    s->reason = NULL;
    if (mapped && strcmp(mapped, "host") == 0)
        return IMAGE_HOST;
    if (mapped && mapped[0] == '/')
        return use_path(r, s, mapped);
    if (!mapped && !image_ref_parse(r->image, &ref)) {
        error_set(&s->message,
                  "Failed to apply default image tag \"%.200s\": couldn't parse image name "
                  "\"%.200s\": invalid reference format",
                  r->image, r->image);
        return wait_for(s, "InvalidImageName");
    }
    return use_name(r, s, mapped ? mapped : r->image, now_ms);
}

void image_free(struct image_state *s)
{
    free(s->where);
    *s = (struct image_state){0};
}
