/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a template makes of the items one by one is what it makes of the whole List.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "cleanup.h"
#include "jsonpath_items.h"

static const char *const lists[] = {
    "{\"items\":[]}",
    "{\"items\":[{\"a\":\"x\",\"b\":[1,2],\"m\":{\"name\":\"p0\"}},{\"a\":\"\",\"b\":[]},"
    "{\"b\":[3]},{\"a\":\"x\",\"m\":{\"name\":\"p3\",\"a\":7}}]}",
};

static const struct {
    const char *template;
    bool itemwise;
} rows[] = {
    {"{.items[*].a}", true},
    {"{.items[*]}", true},
    {"{.items..name}", true},
    {"{.items[*]..a}", true},
    {"{.items.*.a}", true},
    {"names: {.items[*].m.name}{\"\\n\"}", true},
    {"{range .items[*]}{.m.name}{\"\\t\"}{.a}{\"\\n\"}{end}", true},
    {"<{range .items[?(@.a==\"x\")]}{.m.name},{range .b[*]}{@};{end}{end}>", true},
    {"{range .items[*]}{.a}", true},
    {"{.items[?(@.a==\"x\")].m.name}", true},
    {"{.items[?(@.m)].a}", true},
    {"{.items[*].none}", true},
    {"{.items[*].b[*]}", true}, /* the second one is empty, and ends it */
    {"{.items[?(@.b[*])].m.name}", true},
    {"{.items[0].a}", false},
    {"{range .items[*].b[*]}{@};{end}", false},
    {"{.items}", false},
    {"{.items..}", false},
    {"{.items[*]['a','b']}", false},
    {"{.items[*].a}{.items[*].b}", false},
    {"{range .items[*]}{.a}{end}{.kind}", false},
    {"{..name}", false},
    {"text", false},
};

static void check(const char *template, bool itemwise, const char *list)
{
    struct error err = {""};
    struct jsonpath_items it;
    size_t i;
    json_t *item;
    cleanup_jsonpath struct jsonpath *path = NULL;
    cleanup_strbuf struct strbuf want = STRBUF_INIT, got = STRBUF_INIT;
    cleanup_json json_t *root = json_loads(list, 0, NULL);
    cr_assert_eq(jsonpath_parse(template, &path, &err), 0, "%s", err.text);
    cr_expect_eq(jsonpath_items_begin(&it, path), itemwise, "%s", template);
    if (!itemwise)
        return;
    cr_assert_eq(jsonpath_print(path, root, &want, &err), 0, "%s: %s", template, err.text);
    json_array_foreach (json_object_get(root, "items"), i, item)
        cr_assert_eq(jsonpath_items_print(&it, item, &got, &err), 0, "%s: %s", template, err.text);
    cr_assert_eq(jsonpath_items_end(&it, &got, &err), 0);
    cr_expect_str_eq(strbuf_str(&got), strbuf_str(&want), "%s: %s, not %s", template,
                     strbuf_str(&got), strbuf_str(&want));
}

Test(jsonpath_items, as_the_whole)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
            check(rows[i].template, rows[i].itemwise, lists[k]);
}

/* Which field is missing everywhere is not known before the last item. */
Test(jsonpath_items, strict_needs_the_list)
{
    struct error err;
    struct jsonpath_items it;
    cleanup_jsonpath struct jsonpath *path = NULL;
    cr_assert_eq(jsonpath_parse("{.items[*].a}", &path, &err), 0);
    jsonpath_allow_missing(path, false);
    cr_expect_not(jsonpath_items_begin(&it, path));
}
