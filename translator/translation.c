/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "translation.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "mapping.h"

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

static struct sbatch_option *find_option(struct translation *t, const char *name)
{
    for (size_t i = 0; i < t->options_len; i++)
        if (strcmp(t->options[i].name, name) == 0)
            return &t->options[i];
    return NULL;
}

static struct sbatch_option *new_option(struct translation *t, const char *name)
{
    struct sbatch_option *v = grow(t->options, t->options_len, sizeof *v);
    if (!v)
        return NULL;
    t->options = v;
    v[t->options_len] = (struct sbatch_option){.name = name};
    return &v[t->options_len++];
}

int translation_add(struct translation *t, struct error *err, const char *name, const char *fmt,
                    ...)
{
    cleanup_free char *value = NULL;
    if (fmt) {
        struct strbuf b = STRBUF_INIT;
        va_list ap;
        va_start(ap, fmt);
        strbuf_vaddf(&b, fmt, ap);
        va_end(ap);
        value = strbuf_steal(&b);
        if (!value)
            return error_set(err, "out of memory");
        if (has_control(value))
            return error_set(err, "a control character in the value for sbatch --%s", name);
    }
    struct sbatch_option *o = find_option(t, name);
    if (!o)
        o = new_option(t, name);
    if (!o)
        return error_set(err, "out of memory");
    free(o->value);
    o->value = steal_ptr(&value);
    return 0;
}

int translation_blame(struct translation *t, const struct path *path)
{
    struct strbuf b = STRBUF_INIT;
    path_render(path, &b);
    free(t->bad_path);
    t->bad_path = strbuf_steal(&b);
    return -1;
}

const char *translation_value(const struct translation *t, const char *name)
{
    for (size_t i = 0; i < t->options_len; i++)
        if (strcmp(t->options[i].name, name) == 0)
            return t->options[i].value;
    return NULL;
}

int translation_note(struct translation *t, struct error *err, const struct path *path,
                     enum fate fate, const char *fmt, ...)
{
    cleanup_strbuf struct strbuf where = STRBUF_INIT;
    cleanup_strbuf struct strbuf reason = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&reason, fmt, ap);
    va_end(ap);
    path_render(path, &where);
    struct note *v = grow(t->notes, t->notes_len, sizeof *v);
    if (!v || where.failed || reason.failed) {
        t->notes = v ? v : t->notes;
        return error_set(err, "out of memory");
    }
    t->notes = v;
    v[t->notes_len++] = (struct note){strbuf_steal(&where), strbuf_steal(&reason), fate};
    return 0;
}

const struct note *translation_noted(const struct translation *t, const char *path)
{
    for (size_t i = 0; i < t->notes_len; i++)
        if (strcmp(t->notes[i].path, path) == 0)
            return &t->notes[i];
    return NULL;
}

bool translation_noted_below(const struct translation *t, const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < t->notes_len; i++)
        if (strncmp(t->notes[i].path, path, n) == 0 && t->notes[i].path[n])
            return true;
    return false;
}

int translation_make(struct translation *t, const json_t *job, struct error *err)
{
    return translation_make_for(t, job, NULL, err);
}

int translation_make_for(struct translation *t, const json_t *job, const struct conf *conf,
                         struct error *err)
{
    *t = (struct translation){.conf = conf, .verdicts = calloc(mapping_len, sizeof *t->verdicts)};
    if (!t->verdicts)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < mapping_len; i++) {
        t->verdicts[i] = (struct verdict){mapping[i].fate, mapping[i].reason};
        if (mapping[i].translate && mapping[i].translate(t, job, &t->verdicts[i], err) < 0)
            return -1;
    }
    t->conf = NULL;
    return 0;
}

void translation_free(struct translation *t)
{
    for (size_t i = 0; i < t->options_len; i++)
        free(t->options[i].value);
    for (size_t i = 0; i < t->notes_len; i++) {
        free(t->notes[i].path);
        free(t->notes[i].reason);
    }
    free(t->notes);
    free(t->options);
    free(t->verdicts);
    free(t->bad_path);
    *t = (struct translation){0};
}
