/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "template_check.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "conf.h"
#include "input.h"
#include "printable.h"
#include "translation.h"
#include "tree.h"

static int report_on(const json_t *job, const struct conf *conf, struct report *report,
                     struct error *err)
{
    cleanup_translation struct translation t = {0};
    const struct input_object in = {.source = "", .raw = job, .at = ""};
    if (translation_make_for(&t, job, conf, err) == 0)
        return report_make(report, &t, &in, false, err);
    return t.bad_path ? error_prefix(err, "%s", t.bad_path) : -1;
}

static bool has_row(const struct report *r, const struct report_row *row)
{
    for (size_t i = 0; i < r->len; i++)
        if (r->rows[i].verdict.fate == row->verdict.fate && strcmp(r->rows[i].path, row->path) == 0)
            return true;
    return false;
}

/* Returns whether there is none. */
static bool add_ignored(const struct report *was, const struct report *now, struct strbuf *out)
{
    bool none = true;
    for (size_t i = 0; i < now->len; i++) {
        const struct report_row *row = &now->rows[i];
        if (row->verdict.fate != FATE_IGNORED || has_row(was, row))
            continue;
        strbuf_addf(out, "%s%s: %s", none ? "" : "; ", row->path, row->verdict.reason);
        none = false;
    }
    return none;
}

static int judge(const struct report *report, struct error *err)
{
    for (size_t i = 0; i < report->len; i++)
        if (report->rows[i].verdict.fate == FATE_REFUSED)
            return error_set(err, "%s cannot be run on Slurm: %s", report->rows[i].path,
                             report->rows[i].verdict.reason);
    return 0;
}

int template_check(const json_t *was, const json_t *now, struct error *err)
{
    cleanup_conf struct conf conf;
    cleanup_report struct report before = {0}, after = {0};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error lost; /* what was there may be what this site does not run any more */
    if (conf_load(&conf, getenv(CONF_VARIABLE), err) < 0 ||
        report_on(now, &conf, &after, err) < 0 || judge(&after, err) < 0)
        return -1;
    (void)report_on(was, &conf, &before, &lost);
    strbuf_addf(&text, "Warning: job.batch/%s: ignored on Slurm: ",
                tree_str(tree_get(now, "metadata"), "name"));
    if (add_ignored(&before, &after, &text))
        return 0;
    strbuf_adds(&text, "\n");
    printable_tell(&text);
    return 0;
}
