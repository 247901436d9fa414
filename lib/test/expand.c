/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../expand.h"

static const char *lookup(void *arg, const char *name)
{
    static const char *const vars[][2] = {
        {"A", "1"}, {"B", "$(A)"}, {"EMPTY", ""}, {"a.b-c", "dotted"}, {"$(A", "odd"}, {"", "none"},
    };
    int *calls = arg;
    if (calls)
        (*calls)++;
    for (size_t i = 0; i < sizeof vars / sizeof *vars; i++) {
        if (strcmp(vars[i][0], name) == 0)
            return vars[i][1];
    }
    return NULL;
}

static const struct {
    const char *text;
    const char *expanded;
    const char *proves;
} rows[] = {
    {"", "", "nothing"},
    {"plain", "plain", "no dollar"},
    {"$(A)", "1", "a variable"},
    {"x$(A)y$(A)z", "x1y1z", "twice"},
    {"$(EMPTY)", "", "an empty one"},
    {"$(a.b-c)", "dotted", "any name"},
    {"$()", "none", "the empty name is one"},
    {"$(B)", "$(A)", "values are not scanned again"},
    {"$(UNKNOWN)", "$(UNKNOWN)", "unknown stays"},
    {"$(UNKNOWN)$(A)", "$(UNKNOWN)1", "and the scan goes on"},
    {"$$", "$", "escaped"},
    {"$$(A)", "$(A)", "escaped reference"},
    {"$$$(A)", "$1", "escaped dollar, then a reference"},
    {"$$$$(A)", "$$(A)", "two escaped"},
    {"$", "$", "dollar last"},
    {"x$", "x$", "dollar last, after text"},
    {"$$$", "$$", "escaped, then last"},
    {"$A", "$A", "no parenthesis"},
    {"${A}", "${A}", "braces are the shell's"},
    {"$(A", "$(A", "not closed"},
    {"$(A$(B", "$(A$(B", "neither"},
    {"$($(A)", "odd", "up to the next parenthesis, no nesting"},
    {"$(A))", "1)", "parenthesis behind"},
    {"($(A))", "(1)", "parenthesis around"},
    {"$(\xc3\xa9)$\xc3\xa9", "$(\xc3\xa9)$\xc3\xa9", "bytes beyond ASCII are kept"},
};

Test(expand, replaces_what_is_known)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        strbuf_adds(&out, ">");
        cr_expect_eq(expand_text(&out, rows[i].text, lookup, NULL), 0);
        cr_expect_str_eq(strbuf_str(&out) + 1, rows[i].expanded, "%s (%s): %s", rows[i].text,
                         rows[i].proves, strbuf_str(&out));
    }
}

Test(expand, result_is_bounded)
{
    struct strbuf out = {.max = 10};
    int calls = 0;
    cr_expect_eq(expand_text(&out, "$(a.b-c)1234", lookup, &calls), 0, "ten bytes fit");
    strbuf_reset(&out);
    cr_expect_eq(expand_text(&out, "$(a.b-c)$(a.b-c)$(a.b-c)", lookup, &calls), -1);
    cr_expect(out.failed);
    cr_expect_eq(calls, 3, "stops at the limit");
    strbuf_free(&out);
}

Test(expand, many_openings_take_linear_time)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    for (int i = 0; i < 500000; i++)
        strbuf_adds(&text, "$(");
    cr_expect_eq(expand_text(&out, strbuf_str(&text), lookup, NULL), 0);
    cr_expect_str_eq(strbuf_str(&out), strbuf_str(&text));
}

static const struct {
    const char *text;
    const char *missing; /* NULL = none */
    const char *proves;
} strict[] = {
    {"a/$(A)", NULL, "known"},      {"$$(X)", NULL, "escaped"},
    {"$(X", NULL, "not closed"},    {"$(X)", "X", "unknown"},
    {"$(EMPTY)", "EMPTY", "empty"}, {"$(Z)$(X)$(A)$(Z)", "X, Z", "all of them, once, in order"},
};

Test(expand, strict_names_what_is_missing)
{
    for (size_t i = 0; i < sizeof strict / sizeof *strict; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        char *missing;
        int rc = expand_strict(&out, strict[i].text, lookup, NULL, &missing);
        cr_expect_eq(rc, strict[i].missing ? -1 : 0, "%s", strict[i].proves);
        cr_expect_str_eq(missing ? missing : "", strict[i].missing ? strict[i].missing : "", "%s",
                         strict[i].proves);
        free(missing);
    }
}
