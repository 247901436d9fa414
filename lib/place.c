/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <string.h>

#include "suggest.h"

#define BLANKS " \t"

static const char *const options[] = {
    "account", "constraint",  "gres",        "licenses", "nodelist", "nice",     "partition",
    "qos",     "reservation", PLACE_RUNTIME, "exclude",  "gpu-bind", "mem-bind",
};

enum { OPTIONS = sizeof options / sizeof *options };

static const char *option_of(const char *s, size_t len)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strlen(options[i]) == len && memcmp(options[i], s, len) == 0)
            return options[i];
    return NULL;
}

static int unknown(const char *s, size_t len, struct error *err)
{
    char word[64];
    size_t n = len < sizeof word ? len : sizeof word - 1;
    memcpy(word, s, n);
    word[n] = '\0';
    const char *near = suggest(word, options, OPTIONS);
    return error_set(err, "\"%s\" is no option for a place%s%s%s", word,
                     near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

int place_next(const char **text, struct place *out, struct error *err)
{
    const char *s = *text + strspn(*text, BLANKS);
    size_t len = strcspn(s, BLANKS);
    size_t name = strcspn(s, ":" BLANKS);
    *text = s + len;
    if (len == 0)
        return 0;
    if (len == 1 && *s == '-')
        return place_next(text, out, err);
    if (name == len)
        return error_set(err, "\"%.*s\" is neither \"-\" nor OPTION:VALUE, such as partition:ml",
                         (int)(len < 64 ? len : 64), s);
    *out = (struct place){option_of(s, name), s + name + 1, len - name - 1};
    if (!out->option)
        return unknown(s, name, err);
    if (out->value_len == 0)
        return error_set(err, "no value behind \"%s:\"", out->option);
    return 1;
}
