/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verb.h"

#include <stdio.h>
#include <string.h>

#include "printable.h"

#define SERVER "Error from "

void verb_tell(const struct error *err)
{
    bool is_server = strncmp(err->text, SERVER, strlen(SERVER)) == 0;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    printable_add(&shown, err->text, strlen(err->text), "\n");
    fprintf(stderr, "%s%s\n", is_server ? "" : "error: ", strbuf_str(&shown));
}

int verb_call(const struct verb *verb, int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    int rc = options_parse(&o, argc, argv, verb->options, &err);
    if (rc == 0 && o.help) {
        fputs(verb->usage, stdout);
        return 0;
    }
    if (rc == 0)
        rc = verb->run(&o, &err);
    if (rc < 0)
        verb_tell(&err);
    return rc != 0;
}
