/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a manifest: reader, decoding, defaults, validation, and back to YAML. What is
 * written reads back as the same tree, twice the same, and no line of it looks like a comment or
 * parts documents; positions are found for all errors; texts of errors are made for all verdicts.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "manifest.h"
#include "reader.h"
#include "yaml_emit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        assert(*line != '#' && *line != '%');
        assert(strncmp(line, "---", 3) != 0 && strncmp(line, "...", 3) != 0);
    }
}

static void check_read_back(const json_t *v, const char *text, size_t len)
{
    struct reader_limits limits = reader_default_limits;
    struct reader *r;
    struct document doc;
    struct error err;
    /* The text may be larger than the input was. */
    limits.bytes = len;
    limits.nodes *= 4;
    int rc = reader_open(&r, "again", text, len, &limits, &err);
    assert(rc == 0);
    rc = reader_next(r, &doc, &err);
    assert(rc == 1 || json_is_null(v));
    assert(rc == 0 || json_equal(v, doc.root));
    document_free(&doc);
    rc = reader_next(r, &doc, &err);
    assert(rc == 0);
    reader_close(r);
}

static void check_round_trip(const json_t *v)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf again = STRBUF_INIT;
    struct error err;
    int rc = yaml_emit(v, &text, &err);
    assert(rc == 0);
    rc = yaml_emit(v, &again, &err);
    assert(rc == 0 && strcmp(strbuf_str(&text), strbuf_str(&again)) == 0);
    check_text(strbuf_str(&text));
    check_read_back(v, strbuf_str(&text), text.len);
}

/* Every error has a place or none, never one outside of the text. */
static void check_places(const struct manifest *m, const struct document *doc, size_t size)
{
    for (size_t i = 0; i < m->errs.len; i++) {
        struct position p = positions_find(doc->positions, m->errs.v[i].field);
        assert(p.line <= size + 1 && p.column <= size + 1);
    }
}

static void check_manifest(const struct document *doc, size_t size)
{
    struct manifest_options options = {.unknown = UNKNOWN_WARN, .zoneinfo = "/nonexistent"};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_manifest struct manifest m;
    cleanup_manifest struct manifest again = {0};
    manifest_load(&m, doc->root, &options);
    manifest_explain(&m, doc->root, "creating", "F", &text);
    assert((m.verdict == MANIFEST_OK) == (text.len == 0));
    check_places(&m, doc, size);
    if (m.verdict != MANIFEST_OK)
        return;
    check_round_trip(m.object);
    /* Loading what was loaded changes nothing. */
    manifest_load(&again, m.object, &options);
    assert(again.verdict == MANIFEST_OK && json_equal(m.object, again.object));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader *r;
    struct error err = {.text = ""};
    struct document doc;
    int rc = reader_open(&r, "F", (const char *)data, size, &reader_default_limits, &err);
    assert(rc == 0 || size > reader_default_limits.bytes);
    if (rc < 0)
        return 0;
    while ((rc = reader_next(r, &doc, &err)) > 0) {
        assert(doc.root && !json_is_null(doc.root));
        check_round_trip(doc.root);
        check_manifest(&doc, size);
        document_free(&doc);
    }
    assert(!doc.root && !doc.positions);
    assert(rc == 0 || strncmp(err.text, "error parsing F:", 16) == 0);
    reader_close(r);
    return 0;
}
