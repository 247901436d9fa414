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
    "  skjob check-config [FILE]     default: $SKJOB_CONF, else the installed one\n";

static int check(const char *path, bool must_exist)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf errors = STRBUF_INIT;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    cleanup_conf struct conf c = {0};
    struct error err;
    if (conf_read(path, must_exist, &text, &err) < 0 || conf_init(&c) < 0) {
        fprintf(stderr, "error: %s\n", err.text);
        return 1;
    }
    if (conf_parse(&c, path, strbuf_str(&text), text.len, &errors) == 0) {
        printf("%s: ok%s\n", path, text.len ? "" : " (nothing is set: all defaults)");
        return 0;
    }
    printable_add(&shown, strbuf_str(&errors), errors.len, "\n");
    fputs(strbuf_str(&shown), stderr);
    return 1;
}

int cmd_check_config(int argc, char **argv)
{
    bool given = argc > 1;
    if (given && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc > 2 || (given && argv[1][0] == '-' && argv[1][1])) {
        fputs("error: check-config takes one file (see skjob check-config --help)\n", stderr);
        return 1;
    }
    const char *path = given ? argv[1] : conf_path(getenv(CONF_VARIABLE), &given);
    return check(path, given);
}
