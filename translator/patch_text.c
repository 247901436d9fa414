/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patch_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "input.h"
#include "json_patch.h"
#include "merge_patch.h"
#include "printable.h"
#include "strbuf.h"

static int read_type(struct patch_text *p, const char *word, struct error *err)
{
    static const char *const names[] = {
        [PATCH_STRATEGIC] = "strategic", [PATCH_MERGE] = "merge", [PATCH_JSON] = "json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!word || strcmp(word, names[i]) == 0) {
            p->type = (enum patch_type)i;
            return 0;
        }
    return error_set(err, "--type must be one of [json merge strategic], not \"%s\"", word);
}

static int read_file(const char *path, size_t limit, struct strbuf *out, struct error *err)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || input_read(fd, limit, out) < 0)
        return error_set(err, "unable to read patch file: open %s: %s", path, strerror(errno));
    return out->failed ? error_set(err, "out of memory") : 0;
}

json_t *patch_text_parse(const char *what, const char *text, size_t len,
                         const struct reader_limits *limits, struct error *err)
{
    struct reader *r;
    cleanup_document struct document doc = {0};
    if (reader_open(&r, what, text, len, limits, err) < 0)
        return NULL;
    int rc = reader_next(r, &doc, err);
    reader_close(r);
    if (rc == 0)
        error_set(err, "%s is empty", what);
    return steal_ptr(&doc.root);
}

int patch_text_read(struct patch_text *p, const struct options *o, struct error *err)
{
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    if (read_type(p, o->type, err) < 0)
        return -1;
    if (o->patch && o->patch_file)
        return error_set(err, "cannot specify --patch and --patch-file together");
    if (!o->patch_file && !(o->patch && *o->patch))
        return error_set(err, "must specify --patch or --patch-file containing the contents of the "
                              "patch");
    if (o->patch_file && read_file(o->patch_file, o->limits.bytes, &file, err) < 0)
        return -1;
    const char *text = o->patch_file ? strbuf_str(&file) : o->patch;
    const char *what = o->patch_file ? o->patch_file : "--patch";
    size_t len = o->patch_file ? file.len : strlen(text);
    p->patch = patch_text_parse(what, text, len, &o->limits, err);
    return p->patch ? 0 : error_prefix(err, "unable to parse the patch");
}

void patch_text_free(struct patch_text *p)
{
    json_decref(p->patch);
    *p = (struct patch_text){0};
}

/* The server says no more than this about a JSON patch that cannot be applied. */
static void print_rejected(struct error *err)
{
    cleanup_free char *why = printable_copy(err->text);
    fprintf(stderr,
            "The request is invalid: the server rejected our request due to an error in our "
            "request (%s)\n",
            why ? why : "");
    error_set(err, "%s", "");
}

json_t *patch_text_apply(const struct patch_text *p, const json_t *object, struct error *err)
{
    json_t *out = NULL;
    if (p->type != PATCH_JSON && !json_is_object(p->patch)) {
        error_set(err, "the patch must be an object");
        return NULL;
    }
    if (p->type == PATCH_MERGE)
        out = merge_patch(object, p->patch);
    else if (p->type == PATCH_STRATEGIC)
        out = merge_patch_strategic(object, p->patch, err);
    else if (!(out = json_patch(object, p->patch, err)))
        print_rejected(err);
    if (!out && p->type == PATCH_MERGE)
        error_set(err, "out of memory");
    return out;
}
