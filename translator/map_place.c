/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "map_place.h"

#include <string.h>

#include "cleanup.h"
#include "mapping.h"
#include "pod_amount.h"
#include "runtime_choice.h"
#include "tree.h"

const json_t *place_pod(const json_t *job)
{
    return tree_at(job, "spec", "template", "spec", NULL);
}

/* Options whose values add up, and how. */
static const struct {
    const char *name;
    const char *joint;
} sums[] = {{"constraint", "&"}, {"gres", ","}, {"licenses", ","}, {"exclude", ","}};

static const char *joint_of(const char *option)
{
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (strcmp(sums[i].name, option) == 0)
            return sums[i].joint;
    return NULL;
}

int place_add(struct translation *t, const char *option, const char *value, struct error *err)
{
    const char *old = translation_value(t, option);
    const char *joint = joint_of(option);
    bool loose = strcmp(option, "constraint") == 0 && strchr(value, '|') && *value != '(';
    if (old && strcmp(old, value) == 0)
        return 0;
    if (old && !joint)
        return 1;
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    bool old_loose = old && loose == false && strchr(old, '|') && !strchr(old, '(');
    if (old)
        strbuf_addf(&b, old_loose ? "(%s)%s" : "%s%s", old, joint);
    strbuf_addf(&b, loose && old ? "(%s)" : "%s", value);
    return translation_add(t, err, option, "%s", strbuf_str(&b));
}

const char *place_of_label(const struct translation *t, const char *key, const char *value,
                           struct strbuf *buf)
{
    size_t n = strlen(FEATURE_LABEL);
    if (strcmp(key, HOSTNAME_LABEL) == 0) {
        strbuf_addf(buf, "nodelist:%s", value);
        return *value ? strbuf_str(buf) : NULL;
    }
    if (strncmp(key, FEATURE_LABEL, n) == 0 && key[n] && strcmp(value, "false") != 0) {
        strbuf_addf(buf, "constraint:%s", key + n);
        return strbuf_str(buf);
    }
    cleanup_strbuf struct strbuf label = STRBUF_INIT;
    strbuf_addf(&label, "%s=%s", key, value);
    return t->conf ? conf_find(t->conf, CONF_NODE_SELECTOR, strbuf_str(&label)) : NULL;
}

int place_apply(struct translation *t, const char *text, const struct path *path, struct error *err)
{
    cleanup_strbuf struct strbuf said = STRBUF_INIT;
    struct place place;
    int rc;
    while ((rc = place_next(&text, &place, err)) > 0) {
        cleanup_free char *value = strndup(place.value, place.value_len);
        bool runtime = strcmp(place.option, PLACE_RUNTIME) == 0;
        if (!value)
            return error_set(err, "out of memory");
        rc = runtime ? 0 : place_add(t, place.option, value, err);
        if (rc < 0)
            return -1;
        if (rc > 0)
            return translation_note(t, err, path, FATE_IGNORED, "--%s is %s already", place.option,
                                    translation_value(t, place.option));
        strbuf_addf(&said, runtime ? "%srun by %s%s" : "%s--%s=%s", said.len ? " " : "",
                    runtime ? value : place.option, runtime ? "" : value);
    }
    if (rc < 0)
        return -1;
    return translation_note(t, err, path, FATE_HONOURED, "%s",
                            said.len ? strbuf_str(&said) : "every node has it, says skjob.conf");
}

int map_node_selector(struct translation *t, const json_t *job, struct verdict *v,
                      struct error *err)
{
    const char *key;
    json_t *value;
    (void)v;
    json_object_foreach (tree_get(place_pod(job), "nodeSelector"), key, value) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        const char *text = place_of_label(t, key, json_string_value(value), &b);
        if (text && place_apply(t, text, PATH_KEY(PLACE_POD("nodeSelector"), key), err) < 0)
            return -1;
    }
    return 0;
}

struct verdict node_selector_verdict(const char *key)
{
    (void)key;
    return (struct verdict){FATE_IGNORED, "no entry of skjob.conf maps it"};
}

/* A taint is named by its key and value; an entry for the key alone serves every value. */
int map_tolerations(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    size_t i;
    json_t *toleration;
    (void)v;
    json_array_foreach (tree_get(place_pod(job), "tolerations"), i, toleration) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        const char *key = tree_str(toleration, "key"), *text = NULL;
        strbuf_addf(&b, "%s=%s", key, tree_str(toleration, "value"));
        if (t->conf && *key && !tree_is(toleration, "operator", "Exists"))
            text = conf_find(t->conf, CONF_TOLERATION, strbuf_str(&b));
        if (t->conf && *key && !text)
            text = conf_find(t->conf, CONF_TOLERATION, key);
        if (text && place_apply(t, text, PATH_INDEX(PLACE_POD("tolerations"), i), err) < 0)
            return -1;
    }
    return 0;
}

static int map_name(struct translation *t, const json_t *job, const char *field, enum conf_map map,
                    struct error *err)
{
    const char *name = tree_str(place_pod(job), field);
    const char *text = t->conf && *name ? conf_find(t->conf, map, name) : NULL;
    return text ? place_apply(t, text, PLACE_POD(field), err) : 0;
}

int map_priority_class(struct translation *t, const json_t *job, struct verdict *v,
                       struct error *err)
{
    (void)v;
    return map_name(t, job, "priorityClassName", CONF_PRIORITY_CLASS, err);
}

int map_runtime_class(struct translation *t, const json_t *job, struct verdict *v,
                      struct error *err)
{
    (void)v;
    return map_name(t, job, "runtimeClassName", CONF_RUNTIME_CLASS, err);
}

int map_scheduler_name(struct translation *t, const json_t *job, struct verdict *v,
                       struct error *err)
{
    (void)v;
    return map_name(t, job, "schedulerName", CONF_SCHEDULER_NAME, err);
}

/* An image means something where a runtime takes it; [images] may still say "host". */
int map_image(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    static const char *const reasons[RUNTIMES] = {
        [RUNTIME_APPTAINER] = "run by apptainer, the site's runtime",
        [RUNTIME_PODMAN] = "run by podman, the site's runtime",
        [RUNTIME_CHARLIECLOUD] = "run by charliecloud, the site's runtime",
        [RUNTIME_ENROOT] = "run by enroot, the site's runtime",
    };
    int which = t->conf ? runtime_choose(t->conf, job, err) : RUNTIME_HOST;
    if (which < 0)
        return -1;
    if (which != RUNTIME_HOST)
        *v = (struct verdict){FATE_HONOURED, reasons[which]};
    return 0;
}

/* ---- resources by the site's map ---- */

/* The gres of a resource, NULL = every node has it, or no entry maps it. */
static const char *gres_of(const struct conf *conf, const char *name)
{
    const char *text = conf_find(conf, CONF_RESOURCE, name);
    return text && strcmp(text, "-") != 0 ? text + strlen("gres:") : NULL;
}

/* Says of each what becomes of it, and adds the gres that there are to found. */
static int note_list(struct translation *t, const json_t *list, const struct path *path,
                     json_t *found, struct error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)list, name, value) {
        const char *gres = gres_of(t->conf, name);
        if (!conf_find(t->conf, CONF_RESOURCE, name))
            continue;
        if (translation_note(t, err, PATH_KEY(path, name), FATE_HONOURED, "%s%s",
                             gres ? "--gres=" : "every node has it, says skjob.conf",
                             gres ? gres : "") < 0)
            return -1;
        if (gres && json_object_set_new(found, gres, json_true()))
            return error_set(err, "out of memory");
    }
    return 0;
}

static int note_containers(struct translation *t, const json_t *pod, const char *field,
                           json_t *found, struct error *err)
{
    size_t i;
    json_t *container;
    json_array_foreach (tree_get(pod, field), i, container) {
        const struct path *path = PATH_FIELD(PATH_INDEX(PLACE_POD(field), i), "resources");
        const json_t *resources = tree_get(container, "resources");
        if (note_list(t, tree_get(resources, "requests"), PATH_FIELD(path, "requests"), found,
                      err) < 0 ||
            note_list(t, tree_get(resources, "limits"), PATH_FIELD(path, "limits"), found, err) < 0)
            return -1;
    }
    return 0;
}

struct wanted {
    const struct conf *conf;
    const char *gres;
};

static bool counts(const void *arg, const char *name)
{
    const struct wanted *w = arg;
    const char *gres = gres_of(w->conf, name);
    return gres && strcmp(gres, w->gres) == 0;
}

static int add_gres(struct translation *t, const json_t *pod, const char *gres, struct error *err)
{
    const struct wanted w = {t->conf, gres};
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    int64_t units = pod_amount_units(pod_amount(pod, counts, &w), 1);
    if (units > INT32_MAX)
        return error_set(err, "gres %s: more than Slurm can be asked for", gres);
    strbuf_addf(&b, "%s:%lld", gres, (long long)units);
    return units > 0 && place_add(t, "gres", strbuf_str(&b), err) < 0 ? -1 : 0;
}

int map_mapped_resources(struct translation *t, const json_t *job, struct verdict *v,
                         struct error *err)
{
    cleanup_json json_t *found = json_object();
    const json_t *pod = place_pod(job);
    const char *gres;
    json_t *unused;
    (void)v;
    if (!t->conf || t->conf->maps[CONF_RESOURCE].len == 0)
        return 0;
    if (note_containers(t, pod, "initContainers", found, err) < 0 ||
        note_containers(t, pod, "containers", found, err) < 0)
        return -1;
    json_object_foreach (found, gres, unused)
        if (add_gres(t, pod, gres, err) < 0)
            return -1;
    return 0;
}
