/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob check-config [FILE]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "conf.h"
#include "printable.h"

static const char usage[] =
    "Check the site's configuration, skjob.conf(5): every mistake with its line.\n"
    "\n"
    "  skjob check-config [FILE]     default: $SKJOB_CONF, else the installed one\n"
    "\n"
    "Example:\n"
    "  skjob check-config skjob.conf.new\n";

static int check(const char *path, bool must_exist, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf errors = STRBUF_INIT;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    cleanup_conf struct conf c = {0};
    if (conf_read(path, must_exist, &text, err) < 0)
        return -1;
    if (conf_init(&c) < 0)
        return error_set(err, "out of memory");
    if (conf_parse(&c, path, strbuf_str(&text), text.len, &errors) == 0) {
        printf("%s: ok%s\n", path, text.len ? "" : " (nothing is set: all defaults)");
        return 0;
    }
    printable_add(&shown, strbuf_str(&errors), errors.len, "\n");
    fputs(strbuf_str(&shown), stderr);
    return 1;
}

static int run(struct options *o, struct error *err)
{
    bool given = o->names_len > 0;
    if (o->names_len > 1)
        return error_set(err, "check-config takes one file (see skjob check-config --help)");
    return check(given ? o->names[0] : conf_path(getenv(CONF_VARIABLE), &given), given, err);
}

const struct verb verb_check_config = {
    .name = "check-config",
    .what = "check the site's configuration, skjob.conf",
    .usage = usage,
    .options = " ",
    .run = run,
};
