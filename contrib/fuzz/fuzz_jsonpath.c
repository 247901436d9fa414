/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any text as a JSONPath template and as selectors: what is accepted can be run on an object, twice
 * with the same result, and what is not says why.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jsonpath.h"
#include "selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char object[] =
    "{\"metadata\":{\"name\":\"pi\",\"labels\":{\"app\":\"x\",\"n\":\"7\"}},\"items\":[{\"a\":1,"
    "\"b\":\"t\"},{\"a\":2.5,\"c\":[true,false,null]},{\"a\":\"x\"}],\"e\":[],\"z\":{}}";

static void run(const struct jsonpath *path, const json_t *root)
{
    struct error err = {""}, again = {""};
    cleanup_strbuf struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    cleanup_json json_t *found = NULL;
    int rc = jsonpath_print(path, root, &a, &err);
    assert(rc == jsonpath_print(path, root, &b, &again));
    assert(rc == jsonpath_find(path, root, &found, NULL));
    assert(rc == 0 ? strcmp(strbuf_str(&a), strbuf_str(&b)) == 0
                   : *err.text && strcmp(err.text, again.text) == 0);
}

static void select_by(int (*parse)(const char *, struct selector **, struct error *),
                      const char *text, const json_t *root)
{
    struct error err = {""};
    cleanup_selector struct selector *s = NULL;
    if (parse(text, &s, &err) < 0) {
        assert(*err.text && !s);
        return;
    }
    const json_t *labels = json_object_get(json_object_get(root, "metadata"), "labels");
    bool with = selector_matches_labels(s, labels);
    assert(with == selector_matches_labels(s, labels));
    (void)selector_matches_labels(s, NULL);
    (void)selector_matches_fields(s, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static json_t *root;
    cleanup_free char *text = malloc(size + 1);
    struct error err = {""};
    cleanup_jsonpath struct jsonpath *path = NULL, *relaxed = NULL;
    root = root ? root : json_loads(object, 0, NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (jsonpath_parse(text, &path, &err) == 0)
        run(path, root);
    else
        assert(*err.text && !path);
    if (jsonpath_parse_relaxed(text, &relaxed, &err) == 0)
        run(relaxed, root);
    select_by(selector_parse_labels, text, root);
    select_by(selector_parse_fields, text, root);
    return 0;
}
