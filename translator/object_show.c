/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "duration.h"
#include "print.h"
#include "resource.h"
#include "strbuf.h"
#include "table.h"
#include "timefmt.h"
#include "tree.h"

struct shown {
    const struct store *store;
    const struct options *options;
    enum object_kind kind;
    json_t *objects; /* a list */
};

static int not_found(enum object_kind kind, const char *name)
{
    fprintf(stderr, "Error from server (NotFound): %s \"%s\" not found\n", objects_plural(kind),
            name);
    return 1;
}

/* ---- cells ---- */

typedef void cell_fn(const json_t *object, struct strbuf *out);

static void name_cell(const json_t *object, struct strbuf *out)
{
    strbuf_adds(out, tree_str(tree_get(object, "metadata"), "name"));
}

static void data_cell(const json_t *object, struct strbuf *out)
{
    strbuf_addf(out, "%zu",
                json_object_size(tree_get(object, "data")) +
                    json_object_size(tree_get(object, "binaryData")));
}

static void type_cell(const json_t *object, struct strbuf *out)
{
    strbuf_adds(out, tree_str(object, "type"));
}

static void age_cell(const json_t *object, struct strbuf *out)
{
    char age[DURATION_HUMAN_MAX];
    int64_t made;
    const char *text = tree_str(tree_get(object, "metadata"), "creationTimestamp");
    bool known = timefmt_parse_rfc3339(text, &made) == 0;
    strbuf_adds(out, known ? duration_human(time(NULL) - made, age) : "<unknown>");
}

static void none_cell(const json_t *object, struct strbuf *out)
{
    (void)object;
    strbuf_adds(out, "<none>");
}

static void service_type_cell(const json_t *object, struct strbuf *out)
{
    const char *type = tree_str(tree_get(object, "spec"), "type");
    strbuf_adds(out, *type ? type : "ClusterIP");
}

/* Nobody allocates addresses here. */
static void cluster_ip_cell(const json_t *object, struct strbuf *out)
{
    const char *ip = tree_str(tree_get(object, "spec"), "clusterIP");
    strbuf_adds(out, *ip ? ip : "<none>");
}

static void ports_cell(const json_t *object, struct strbuf *out)
{
    size_t i;
    json_t *port;
    json_array_foreach (tree_at(object, "spec", "ports", NULL), i, port) {
        const char *protocol = tree_str(port, "protocol");
        strbuf_addf(out, "%s%lld/%s", i ? "," : "", tree_int(port, "port"),
                    *protocol ? protocol : "TCP");
    }
    if (!out->len)
        strbuf_adds(out, "<none>");
}

static const struct {
    const char *header;
    cell_fn *cell;
} columns[OBJECT_KINDS][7] = {
    [OBJECT_CONFIG_MAP] = {{"NAME", name_cell}, {"DATA", data_cell}, {"AGE", age_cell}},
    [OBJECT_SECRET] = {{"NAME", name_cell},
                       {"TYPE", type_cell},
                       {"DATA", data_cell},
                       {"AGE", age_cell}},
    [OBJECT_SERVICE] = {{"NAME", name_cell},
                        {"TYPE", service_type_cell},
                        {"CLUSTER-IP", cluster_ip_cell},
                        {"EXTERNAL-IP", none_cell},
                        {"PORT(S)", ports_cell},
                        {"AGE", age_cell}},
};

/* object NULL: the header. */
static void add_row(struct table *t, enum object_kind kind, const json_t *object)
{
    struct strbuf cells[7] = {0};
    const char *texts[8] = {0};
    size_t n = 0;
    for (; columns[kind][n].header; n++) {
        if (object)
            columns[kind][n].cell(object, &cells[n]);
        else
            strbuf_adds(&cells[n], columns[kind][n].header);
        texts[n] = strbuf_str(&cells[n]);
    }
    table_row(t, texts);
    for (size_t i = 0; i < n; i++)
        strbuf_free(&cells[i]);
}

static int print_table(const struct shown *s, struct error *err)
{
    cleanup_table struct table t = {0};
    size_t i;
    json_t *object;
    if (!s->options->no_headers)
        add_row(&t, s->kind, NULL);
    json_array_foreach (s->objects, i, object)
        add_row(&t, s->kind, object);
    return table_print(&t, stdout) < 0 ? error_set(err, "out of memory") : 0;
}

/* ---- loading ---- */

static int load(struct shown *s, const char *name, struct error *err)
{
    json_t *object;
    int rc = objects_read(s->store->root, s->kind, s->options->ns, name, &object, err);
    if (rc)
        return rc;
    return json_array_append_new(s->objects, object) < 0 ? error_set(err, "out of memory") : 0;
}

static int load_all(struct shown *s, struct error *err)
{
    char **names;
    size_t n;
    if (objects_list(s->store->root, s->kind, s->options->ns, &names, &n, err) < 0)
        return -1;
    int rc = 0;
    for (size_t i = 0; i < n; i++) {
        if (rc >= 0)
            rc = load(s, names[i], err); /* 1: deleted meanwhile */
        free(names[i]);
    }
    free(names);
    return rc < 0 ? -1 : 0;
}

/* The name that a word stands for, or NULL with err for another kind. */
static const char *name_of(const struct shown *s, const char *word, struct error *err)
{
    const char *name;
    enum object_kind kind;
    int resource = resource_split(word, &name);
    if (!name)
        return word;
    if (resource_stored_as(resource, &kind) && kind == s->kind)
        return name;
    error_set(err, "one kind of objects at a time: \"%s\" is another", word);
    return NULL;
}

static int load_named(struct shown *s, size_t first, struct error *err)
{
    int missing = 0;
    for (size_t i = first; i < s->options->names_len; i++) {
        const char *name = name_of(s, s->options->names[i], err);
        int rc = name ? load(s, name, err) : -1;
        if (rc < 0)
            return -1;
        missing += rc ? not_found(s->kind, name) : 0;
    }
    return missing;
}

/* ---- printing ---- */

static int print(const struct shown *s, bool single, struct error *err)
{
    size_t i;
    json_t *object;
    enum output output = s->options->output;
    bool is_empty = !json_array_size(s->objects);
    if (output == OUTPUT_DEFAULT)
        return is_empty ? 0 : print_table(s, err);
    if (output != OUTPUT_NAME)
        return single && is_empty ? 0 : print_list(s->objects, single, output, err);
    json_array_foreach (s->objects, i, object)
        printf("%s/%s\n", objects_singular(s->kind),
               tree_str(tree_get(object, "metadata"), "name"));
    return 0;
}

int object_show(const struct store *store, const struct options *o, enum object_kind kind,
                struct error *err)
{
    cleanup_json json_t *objects = json_array();
    struct shown s = {store, o, kind, objects};
    size_t first = strchr(o->names[0], '/') == NULL;
    bool all = first == o->names_len;
    int missing = all ? load_all(&s, err) : load_named(&s, first, err);
    if (missing < 0 || print(&s, o->names_len - first == 1, err) < 0)
        return -1;
    if (all && !json_array_size(objects) && o->output == OUTPUT_DEFAULT)
        fprintf(stderr, "No resources found in %s namespace.\n", o->ns);
    return missing;
}
