/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* Names of variables without a value, one after the other, each with its NUL; kept only where they
 * are wanted. */
struct missing {
    struct strbuf names;
    size_t count;
    bool wanted;
};

static void note_missing(struct missing *m, const char *name)
{
    const char *p = m->names.data;
    for (size_t i = 0; i < m->count && p; i++, p += strlen(p) + 1) {
        if (strcmp(p, name) == 0)
            return;
    }
    strbuf_add(&m->names, name, strlen(name) + 1);
    m->count++;
}

/* Puts one $(NAME) into out. reference is the whole of it, name only the inside. */
static void substitute(struct strbuf *out, const char *reference, size_t len, struct strbuf *name,
                       expand_lookup *lookup, void *arg, struct missing *m)
{
    strbuf_reset(name);
    strbuf_add(name, reference + 2, len - 3);
    if (name->failed) {
        out->failed = true;
        return;
    }
    const char *value = lookup(arg, strbuf_str(name));
    if (m->wanted && (!value || !*value))
        note_missing(m, strbuf_str(name));
    if (value)
        strbuf_adds(out, value);
    else
        strbuf_add(out, reference, len);
}

static int expand(struct strbuf *out, const char *text, expand_lookup *lookup, void *arg,
                  struct missing *m)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    const char *dollar;
    bool closers = true; /* can there be a ')' ahead? Searched in vain once, it never is again */
    for (; (dollar = strchr(text, '$')) && !out->failed; text = dollar) {
        strbuf_add(out, text, (size_t)(dollar - text));
        bool opens = dollar[1] == '(';
        const char *end = opens && closers ? strchr(dollar, ')') : NULL;
        closers = closers && (end || !opens);
        if (end) {
            size_t len = (size_t)(end + 1 - dollar);
            substitute(out, dollar, len, &name, lookup, arg, m);
            dollar = end + 1;
        } else {
            strbuf_addc(out, '$');
            dollar += dollar[1] == '$' ? 2 : 1;
        }
    }
    strbuf_adds(out, text);
    return out->failed ? -1 : 0;
}

int expand_text(struct strbuf *out, const char *text, expand_lookup *lookup, void *arg)
{
    struct missing none = {0};
    return expand(out, text, lookup, arg, &none);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *join_sorted(const struct missing *m)
{
    struct strbuf b = STRBUF_INIT;
    cleanup_free const char **names = calloc(m->count, sizeof *names);
    if (!names || m->names.failed)
        return NULL;
    const char *p = m->names.data;
    for (size_t i = 0; i < m->count; i++, p += strlen(p) + 1)
        names[i] = p;
    qsort(names, m->count, sizeof *names, by_name);
    for (size_t i = 0; i < m->count; i++)
        strbuf_addf(&b, "%s%s", i ? ", " : "", names[i]);
    return strbuf_steal(&b);
}

int expand_strict(struct strbuf *out, const char *text, expand_lookup *lookup, void *arg,
                  char **missing)
{
    struct missing m = {.wanted = true};
    int rc = expand(out, text, lookup, arg, &m);
    *missing = m.count ? join_sorted(&m) : NULL;
    strbuf_free(&m.names);
    return m.count ? -1 : rc;
}
