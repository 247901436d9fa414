/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob label TYPE NAME KEY=VALUE... KEY-..., skjob annotate ..., with kubectl's rules
 * (k8s.io/kubectl/pkg/cmd/label, cmd/annotate).
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "modify.h"
#include "names.h"
#include "tree.h"

static const char label_usage[] = "Change the labels of objects.\n"
                                  "\n"
                                  "  skjob label TYPE NAME ... KEY=VALUE ... KEY- ... [options]\n"
                                  "\n"
                                  "  KEY-              removes the label\n"
                                  "      --overwrite   a label that has another value is changed\n"
                                  "      --all         all objects of the type\n"
                                  "      --dry-run     client or server: change nothing\n"
                                  "  -o, --output      json, yaml or name\n"
                                  "  -n, --namespace   default: \"default\"\n"
                                  "\n"
                                  "Examples:\n"
                                  "  skjob label job pi team=math\n"
                                  "  skjob label job/pi team-\n";

static const char annotate_usage[] =
    "Change the annotations of objects.\n"
    "\n"
    "  skjob annotate TYPE NAME ... KEY=VALUE ... KEY- ... [options]\n"
    "\n"
    "  KEY-              removes the annotation\n"
    "      --overwrite   an annotation that has another value is changed\n"
    "      --all         all objects of the type\n"
    "      --dry-run     client or server: change nothing\n"
    "  -o, --output      json, yaml or name\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob annotate job/pi note='second try'\n"
    "  skjob annotate job/pi note-\n";

struct marking {
    bool labels; /* else annotations */
    bool overwrite;
    json_t *set; /* an object; owned */
    json_t *gone;
};

static const char *field_of(const struct marking *m)
{
    return m->labels ? "labels" : "annotations";
}

/* ---- words ---- */

static bool is_update(const char *word)
{
    size_t n = strlen(word);
    return strchr(word, '=') || (n > 1 && word[n - 1] == '-');
}

static void join(void *arg, const char *bad, const char *message)
{
    struct strbuf *b = arg;
    (void)bad;
    strbuf_addf(b, "%s%s", b->len ? ";" : "", message);
}

static int take_pair(struct marking *m, const char *word, struct error *err)
{
    const char *value = strchr(word, '=') + 1;
    cleanup_strbuf struct strbuf why = STRBUF_INIT;
    cleanup_free char *key = strndup(word, (size_t)(value - 1 - word));
    if (value == word + 1 || (m->labels && strchr(value, '=')))
        return error_set(err, "invalid %s: %s", m->labels ? "label spec" : "annotation format",
                         word);
    if (m->labels && !names_label_value(value, join, &why))
        return error_set(err, "invalid label value: \"%s\": %s", word, strbuf_str(&why));
    return !key || json_object_set_new(m->set, key, json_string(value)) < 0
               ? error_set(err, "%s is not UTF-8", word)
               : 0;
}

static int take_word(struct marking *m, const char *word, struct error *err)
{
    size_t n = strlen(word);
    if (strchr(word, '='))
        return take_pair(m, word, err);
    if (!is_update(word))
        return error_set(err, "unknown %s: %s", m->labels ? "label spec" : "annotation format",
                         word);
    cleanup_free char *key = strndup(word, n - 1);
    return !key || json_object_set_new(m->gone, key, json_true()) < 0
               ? error_set(err, "%s is not UTF-8", word)
               : 0;
}

static int check_words(const struct marking *m, struct error *err)
{
    const char *key;
    json_t *v;
    if (!json_object_size(m->set) && !json_object_size(m->gone))
        return error_set(err, "at least one %s update is required",
                         m->labels ? "label" : "annotation");
    json_object_foreach (m->gone, key, v) {
        if (!tree_has(m->set, key))
            continue;
        if (m->labels)
            return error_set(err, "can not both modify and remove a label in the same command");
        return error_set(err,
                         "can not both modify and remove the following annotation(s) in the same "
                         "command: %s",
                         key);
    }
    return 0;
}

/* Returns how many words name objects. */
static int take_words(struct marking *m, const struct options *o, struct error *err)
{
    size_t n = 0;
    while (n < o->names_len && !is_update(o->names[n]))
        n++;
    for (size_t i = n; i < o->names_len; i++)
        if (take_word(m, o->names[i], err) < 0)
            return -1;
    return check_words(m, err) < 0 ? -1 : (int)n;
}

/* ---- an object ---- */

static int check_old(const struct marking *m, const json_t *old, struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach (m->set, key, value) {
        const char *is = tree_str(old, key);
        if (m->overwrite || !tree_has(old, key) || json_equal(tree_get(old, key), value))
            continue;
        if (m->labels)
            return error_set(err, "'%s' already has a value (%s), and --overwrite is false", key,
                             is);
        return error_set(err,
                         "--overwrite is false but found the following declared annotation(s): "
                         "'%s' already has a value (%s)",
                         key, is);
    }
    return 0;
}

static json_t *mark(void *arg, const json_t *object, struct error *err)
{
    const struct marking *m = arg;
    const char *key;
    json_t *v;
    if (check_old(m, tree_at(object, "metadata", field_of(m), NULL), err) < 0)
        return NULL;
    cleanup_json json_t *copy = json_deep_copy(object);
    json_t *meta = tree_get(copy, "metadata");
    if (!tree_has(meta, field_of(m)))
        json_object_set_new(meta, field_of(m), json_object());
    json_t *map = tree_get(meta, field_of(m));
    json_object_foreach (m->gone, key, v)
        if (json_object_del(map, key) < 0)
            printf("%s \"%s\" not found.\n", m->labels ? "label" : "annotation", key);
    if (json_object_update(map, m->set) < 0) {
        error_set(err, "out of memory");
        return NULL;
    }
    return steal_ptr(&copy);
}

static size_t size_of(const json_t *object, const struct marking *m)
{
    return json_dumpb(tree_at(object, "metadata", field_of(m), NULL), NULL, 0, JSON_COMPACT);
}

static const char *past(void *arg, const json_t *before, const json_t *after, bool is_change)
{
    const struct marking *m = arg;
    if (!m->labels)
        return "annotated";
    if (!is_change)
        return "not labeled";
    return !m->overwrite && size_of(after, m) < size_of(before, m) ? "unlabeled" : "labeled";
}

static int mark_objects(struct marking *marking, const struct options *o, const char *verb,
                        struct error *err)
{
    cleanup_modify struct modify m = {.verb = verb, .arg = marking, .edit = mark, .past = past};
    marking->overwrite = o->overwrite;
    int n = take_words(marking, o, err);
    return n < 0 || modify_open(&m, o, err) < 0 ? -1 : modify_each(&m, o->names, (size_t)n, err);
}

static int run(bool labels, const struct options *o, const char *verb, struct error *err)
{
    cleanup_json json_t *set = json_object(), *gone = json_object();
    struct marking m = {.labels = labels, .set = set, .gone = gone};
    return mark_objects(&m, o, verb, err);
}

static int run_label(struct options *o, struct error *err)
{
    return run(true, o, "labeling", err);
}

static int run_annotate(struct options *o, struct error *err)
{
    return run(false, o, "annotating", err);
}

const struct verb verb_label = {
    .name = "label",
    .what = "change the labels of objects",
    .usage = label_usage,
    .options = " namespace output dry-run overwrite all ",
    .run = run_label,
};

const struct verb verb_annotate = {
    .name = "annotate",
    .what = "change the annotations of objects",
    .usage = annotate_usage,
    .options = " namespace output dry-run overwrite all ",
    .run = run_annotate,
};
