/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strbuf.h"
#include "timezone.h"

void job_read_text(struct job_read *j, const char *text, enum unknown_fields unknown)
{
    struct error err = {""};
    struct manifest_options options = {.unknown = unknown, .zoneinfo = TIMEZONE_ROOT};
    *j = (struct job_read){.text = strdup(text)};
    cr_assert_eq(reader_open(&j->reader, "f", j->text, strlen(text), &reader_default_limits, &err),
                 0, "%s", err.text);
    cr_assert_eq(reader_next(j->reader, &j->doc, &err), 1, "%s", err.text);
    manifest_load(&j->manifest, j->doc.root, &options);
    if (j->manifest.verdict != MANIFEST_OK) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        manifest_explain(&j->manifest, j->doc.root, "creating", "f", &b);
        cr_assert_fail("%s\n%s", strbuf_str(&b), text);
    }
    j->input = (struct input_object){
        .source = "f", .raw = j->doc.root, .positions = j->doc.positions, .at = ""};
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

void job_read_parts(struct job_read *j, const struct job_text *parts)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b,
                "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: pi\n%sspec:\n%s  template:\n"
                "%s    spec:\n      restartPolicy: Never\n%s      containers:\n      - name: main\n"
                "        image: busybox\n        command: [\"true\"]\n%s",
                or_empty(parts->meta), or_empty(parts->spec), or_empty(parts->template),
                or_empty(parts->pod), or_empty(parts->container));
    job_read_text(j, strbuf_str(&b), UNKNOWN_STRICT);
}

bool job_text_is_field(const struct schema *s, const char *path)
{
    while (*path) {
        char name[128];
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        const struct field *f = s ? schema_field(s, name) : NULL;
        if (!f)
            return false;
        s = f->sub;
        path += n + (path[n] == '.');
    }
    return true;
}

void job_read_free(struct job_read *j)
{
    manifest_free(&j->manifest);
    document_free(&j->doc);
    reader_close(j->reader);
    free(j->text);
}
