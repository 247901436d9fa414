/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../state_path.h"

static const struct {
    struct state_env env;
    const char *root; /* NULL = error */
    const char *text; /* the root, or a part of the error */
} rows[] = {
    {{0}, NULL, "no folder for the state"},
    {{.home = "relative"}, NULL, "no folder for the state"},
    {{.skjob_state = "relative", .home = "/h"}, NULL, "SKJOB_STATE is not an absolute path"},
    {{.home = "/h", .cluster = "../up"}, NULL, "cannot be a folder"},
    {{.home = "/h", .cluster = "a/b"}, NULL, "cannot be a folder"},
    {{.home = "/h", .cluster = "a\nb"}, NULL, "cannot be a folder"},
    {{.home = "/h"}, "/h/.local/state/skjob/default", ""},
    {{.home = "/h", .cluster = ""}, "/h/.local/state/skjob/default", ""},
    {{.home = "/h", .cluster = "c1"}, "/h/.local/state/skjob/c1", ""},
    {{.home = "/h", .xdg_state_home = "x", .cluster = "c1"}, "/h/.local/state/skjob/c1", ""},
    {{.home = "/h", .xdg_state_home = "", .cluster = "c1"}, "/h/.local/state/skjob/c1", ""},
    {{.home = "/h", .xdg_state_home = "/x", .cluster = "c1"}, "/x/skjob/c1", ""},
    {{.xdg_state_home = "/x", .cluster = "c1"}, "/x/skjob/c1", ""},
    {{.skjob_state = "/s", .home = "/h", .xdg_state_home = "/x", .cluster = "c1"}, "/s", ""},
    {{.skjob_state = "/s", .cluster = "../up"}, "/s", ""},
};

Test(state_path, root)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        struct error err = {""};
        int rc = state_root(&rows[i].env, &out, &err);
        cr_expect_eq(rc, rows[i].root ? 0 : -1, "row %zu", i);
        if (rows[i].root)
            cr_expect_str_eq(strbuf_str(&out), rows[i].root, "row %zu", i);
        else
            cr_expect(strstr(err.text, rows[i].text), "row %zu: %s", i, err.text);
    }
}

Test(state_path, names)
{
    static const char *good[] = {"a", "default", "pi.123", "a b", "\303\251"};
    static const char *bad[] = {"", ".", "..", ".hidden", "a/b", "a\tb", "a\177"};
    char long_name[257];
    memset(long_name, 'a', 256);
    long_name[256] = '\0';
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(state_name_ok(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!state_name_ok(bad[i]), "row %zu", i);
    cr_expect(!state_name_ok(long_name));
    cr_expect(state_name_ok(long_name + 1));
}
