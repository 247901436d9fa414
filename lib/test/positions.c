/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "positions.h"
#include "reader.h"

/* Line 1 to 12 as a user would write them. */
static const char text[] = "metadata:\n"
                           "  labels:\n"
                           "    app.kubernetes.io/name: x\n"
                           "    'odd]key': y\n"
                           "spec:\n"
                           "  a.b: 1\n"
                           "  list: &list\n"
                           "  - name: c\n"
                           "    args: [x, {k: v}]\n"
                           "  - {name: d}\n"
                           "  alias: *list\n"
                           "items: [{spec: {x: 1}}, {spec: {x: 2, items: [{spec: {x: 3}}]}}]\n";

static const struct {
    const char *path;
    unsigned line, column;
    const char *proves;
} rows[] = {
    {"", 0, 0, "the document itself has none"},
    {"metadata", 1, 1, "a key at the top"},
    {"metadata.labels", 2, 3, "a field stands where its key does"},
    {"metadata.labels[app.kubernetes.io/name]", 3, 5, "a map key with dots"},
    {"metadata.labels[odd]key]", 4, 5, "a map key with a bracket"},
    {"metadata.labels[absent]", 2, 3, "of an absent key, its map's"},
    {"metadata.name", 1, 1, "of an absent field, its object's"},
    {"spec.a.b", 6, 3, "a field with a dot in its name"},
    {"spec.list[0]", 8, 5, "a list element"},
    {"spec.list[0].name", 8, 5, "a field of it"},
    {"spec.list[0].args[0]", 9, 12, "flow style"},
    {"spec.list[0].args[1].k", 9, 16, "a map in a list in flow style"},
    {"spec.list[1].name", 10, 6, "a flow map in a block list"},
    {"spec.list[2]", 7, 3, "beyond the end of a list"},
    {"spec.list[x]", 7, 3, "no index"},
    {"spec.alias", 11, 3, "an alias"},
    {"spec.alias[0].name", 11, 3, "inside an alias: where the alias stands"},
    {"items[0].spec.x", 12, 17, "a member of a List"},
    {"items[1].spec.x", 12, 33, "another one"},
    {"items[1].absent", 12, 25, "of an absent field, the member's"},
    {"items[9].spec.x", 12, 1, "no such member"},
    {"items[1].spec.items[0].spec.x", 12, 55, "a List in a List"},
    {"absent", 0, 0, "nothing known"},
    {"spec[", 5, 1, "a path that is none"},
    {"spec.", 5, 1, "a path that ends with a point"},
};

static struct positions *read_positions(const char *s)
{
    struct reader *r;
    struct error err;
    struct document doc;
    cr_assert_eq(reader_open(&r, "F", s, strlen(s), &reader_default_limits, &err), 0);
    cr_assert_eq(reader_next(r, &doc, &err), 1, "%s", err.text);
    struct positions *p = doc.positions;
    cr_assert_not_null(p);
    doc.positions = NULL;
    document_free(&doc);
    reader_close(r);
    return p;
}

Test(positions, find)
{
    struct positions *p = read_positions(text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct position got = positions_find(p, rows[i].path);
        cr_expect(got.line == rows[i].line && got.column == rows[i].column, "%s (%s): %u:%u",
                  rows[i].path, rows[i].proves, got.line, got.column);
    }
    cr_expect_eq(positions_find(NULL, "spec").line, 0, "no positions at all");
    positions_free(p);
}

Test(positions, many)
{
    struct positions *p = positions_new();
    char name[24];
    for (unsigned i = 1; i <= 100000; i++) {
        snprintf(name, sizeof name, "k%u", i);
        cr_assert_eq(positions_set(p, positions_child(0, name), (struct position){i, 7}), 0);
    }
    for (unsigned i = 1; i <= 100000; i++) {
        snprintf(name, sizeof name, "k%u", i);
        cr_assert_eq(positions_find(p, name).line, i);
    }
    cr_assert_eq(positions_set(p, positions_child(0, "k5"), (struct position){3, 1}), 0);
    cr_assert_eq(positions_find(p, "k5").line, 3, "the last one wins");
    positions_free(p);
}
