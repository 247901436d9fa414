/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verb.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "job_view.h"
#include "printable.h"

/* kubectl's CheckErr(): errors of the API server, and of those the ones about invalid fields. */
static bool is_from_server(const char *text)
{
    static const char from[] = "Error from ", the[] = "The ";
    return strncmp(text, from, strlen(from)) == 0 ||
           (strncmp(text, the, strlen(the)) == 0 && strstr(text, "\" is invalid: "));
}

void verb_tell(const struct error *err)
{
    bool is_server = is_from_server(err->text);
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "%s%s\n", is_server ? "" : "error: ", err->text);
    printable_tell(&b);
}

void verb_tell_of(const struct error *err, const char *doing, const char *source)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "error: error when %s \"%s\": %s\n", doing, source, err->text);
    printable_tell(&b);
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
    else if (verb->shows_jobs && job_view_is_journal_only())
        fputs(
            "Warning: slurmctld does not answer: shown is what the journal tells, which may be out "
            "of date\n",
            stderr);
    return rc != 0;
}
