/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What may stand in skjob.conf.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "conf_impl.h"
#include "grow.h"
#include "place.h"
#include "suggest.h"

#define BLANKS      " \t,"
#define SECONDS_MAX 1e9
#define FACTOR_MAX  100.0

static const char *const runtime_names[RUNTIMES] = {
    [RUNTIME_HOST] = "host",     [RUNTIME_APPTAINER] = "apptainer",
    [RUNTIME_PODMAN] = "podman", [RUNTIME_CHARLIECLOUD] = "charliecloud",
    [RUNTIME_ENROOT] = "enroot",
};

const char *conf_runtime_name(enum conf_runtime r)
{
    return runtime_names[r];
}

int conf_runtime_of(const char *name)
{
    for (int i = 0; i < RUNTIMES; i++)
        if (strcmp(runtime_names[i], name) == 0)
            return i;
    return -1;
}

/* The index of value in names, or -1 with err. */
static int choose(const char *value, const char *const *names, size_t n, struct error *err)
{
    struct strbuf list = STRBUF_INIT;
    const char *near = suggest(value, names, n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(value, names[i]) == 0)
            return (int)i;
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", names[i]);
    if (near)
        error_set(err, "\"%.100s\" is not %s (did you mean \"%s\"?)", value, strbuf_str(&list),
                  near);
    else
        error_set(err, "\"%.100s\" is not %s", value, strbuf_str(&list));
    strbuf_free(&list);
    return -1;
}

static int set_choice(int *field, const char *value, const char *const *names, size_t n,
                      struct error *err)
{
    int i = choose(value, names, n, err);
    if (i < 0)
        return -1;
    *field = i;
    return 0;
}

static int set_runtime(void *field, const char *value, struct error *err)
{
    return set_choice(field, value, runtime_names, RUNTIMES, err);
}

static int set_pull(void *field, const char *value, struct error *err)
{
    static const char *const names[] = {[CONF_PULL_ALLOW] = "allow", [CONF_PULL_NEVER] = "never"};
    return set_choice(field, value, names, 2, err);
}

static int set_deadline(void *field, const char *value, struct error *err)
{
    static const char *const names[] = {
        [CONF_DEADLINE_START] = "start", [CONF_DEADLINE_SUBMIT] = "submit"};
    return set_choice(field, value, names, 2, err);
}

static int set_bool(void *field, const char *value, struct error *err)
{
    static const char *const names[] = {"no", "yes"};
    return set_choice(field, value, names, 2, err);
}

/* Words parted by blanks or commas. Calls add for each; stops at the first error. */
static int each_word(const char *value, int (*add)(void *field, const char *word, struct error *),
                     void *field, struct error *err)
{
    cleanup_free char *copy = strdup(value);
    char *rest = copy, *word;
    if (!copy)
        return error_set(err, "out of memory");
    while ((word = strsep(&rest, BLANKS)))
        if (*word && add(field, word, err) < 0)
            return -1;
    return 0;
}

static int add_runtime(void *field, const char *word, struct error *err)
{
    int i = choose(word, runtime_names, RUNTIMES, err);
    if (i < 0)
        return -1;
    *(unsigned *)field |= 1U << i;
    return 0;
}

static int set_runtimes(void *field, const char *value, struct error *err)
{
    unsigned set = 0;
    if (each_word(value, add_runtime, &set, err) < 0)
        return -1;
    *(unsigned *)field = set;
    return 0;
}

static void free_binds(struct conf *c)
{
    for (size_t i = 0; i < c->n_binds; i++) {
        free(c->binds[i].source);
        free(c->binds[i].target);
    }
    free(c->binds);
    c->binds = NULL;
    c->n_binds = 0;
}

/* SOURCE[:TARGET[:ro|rw]] */
static int add_bind(void *field, const char *word, struct error *err)
{
    struct conf *c = field;
    size_t source = strcspn(word, ":");
    const char *target = word[source] ? word + source + 1 : word;
    size_t target_len = word[source] ? strcspn(target, ":") : source;
    const char *mode = target[target_len] && word[source] ? target + target_len + 1 : "rw";
    if (word[0] != '/' || target[0] != '/' || (strcmp(mode, "ro") && strcmp(mode, "rw")))
        return error_set(err, "\"%.200s\" is not /SOURCE[:/TARGET[:ro]]", word);
    struct conf_bind *v = grow(c->binds, c->n_binds, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    c->binds = v;
    v[c->n_binds] = (struct conf_bind){strndup(word, source), strndup(target, target_len),
                                       strcmp(mode, "ro") == 0};
    c->n_binds++;
    return v[c->n_binds - 1].source && v[c->n_binds - 1].target ? 0
                                                                : error_set(err, "out of memory");
}

static int set_binds(void *field, const char *value, struct error *err)
{
    struct conf *c = (struct conf *)(void *)((char *)field - offsetof(struct conf, binds));
    free_binds(c);
    return each_word(value, add_bind, c, err);
}

static double number(const char *value, const char **rest)
{
    char *end;
    double v = value[0] >= '0' && value[0] <= '9' ? strtod(value, &end) : -1;
    *rest = v < 0 ? value : end;
    return isfinite(v) ? v : -1;
}

static int set_seconds(void *field, const char *value, struct error *err)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    const char *unit;
    double v = number(value, &unit);
    for (size_t i = 0; v >= 0 && i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].unit) == 0 && v * units[i].seconds <= SECONDS_MAX) {
            int64_t us = (int64_t)(v * units[i].seconds * 1e6);
            *(int64_t *)field = us > 0 ? us : 1; /* 0 would be the default */
            return 0;
        }
    return error_set(err, "\"%.100s\" is no time: a number of seconds, or one with s, m, h or d",
                     value);
}

static int set_factor(void *field, const char *value, struct error *err)
{
    const char *rest;
    double v = number(value, &rest);
    if (*rest || v < 1 || v > FACTOR_MAX)
        return error_set(err, "\"%.100s\" is no factor between 1 and 100", value);
    *(int64_t *)field = (int64_t)(v * 1000 + 0.5);
    return 0;
}

/* As Slurm's --mem: megabytes, or with a unit of 1024. */
static int set_memory(void *field, const char *value, struct error *err)
{
    static const char units[] = "MGT";
    const char *rest;
    double v = number(value, &rest);
    const char *unit = *rest ? strchr(units, *rest) : units;
    if (v < 0 || !unit || (*rest && rest[1]) || v > 1e9)
        return error_set(err, "\"%.100s\" is no amount of memory, such as 64G", value);
    for (; unit > units; unit--)
        v *= 1024;
    *(int64_t *)field = (int64_t)v;
    return 0;
}

#define KEY(name, member, type, otherwise)                                                         \
    {                                                                                              \
        name, offsetof(struct conf, member), type, otherwise                                       \
    }

/* clang-format off */
const struct conf_key conf_keys[] = {
    KEY("runtime",             runtime,             set_runtime,  "host"),
    KEY("runtimes_allowed",    runtimes_allowed,    set_runtimes, ""),
    KEY("image_pull",          image_pull,          set_pull,     "allow"),
    KEY("bind",                binds,               set_binds,    ""),
    KEY("backoff_base",        backoff_base_us,     set_seconds,  "10"),
    KEY("backoff_max",         backoff_max_us,      set_seconds,  "360"),
    KEY("crashloop_base",      crashloop_base_us,   set_seconds,  "10"),
    KEY("crashloop_max",       crashloop_max_us,    set_seconds,  "300"),
    KEY("deadline_from",       deadline_from,       set_deadline, "start"),
    KEY("retry_exclude_node",  retry_exclude_node,  set_bool,     "no"),
    KEY("retry_memory_factor", retry_memory_milli,  set_factor,   "1"),
    KEY("retry_memory_max",    retry_memory_max_mb, set_memory,   "0"),
};
/* clang-format on */

const size_t conf_keys_len = sizeof conf_keys / sizeof *conf_keys;

/* ---- maps ---- */

static int check_image(void *field, const char *value, struct error *err)
{
    (void)field;
    return *value == '-' ? error_set(err, "\"%.100s\" is no image", value) : 0;
}

static int check_path(void *field, const char *value, struct error *err)
{
    (void)field;
    return *value == '/' ? 0 : error_set(err, "\"%.200s\" is no absolute path", value);
}

static int check_storage(void *field, const char *value, struct error *err)
{
    (void)field;
    const char *colon = strstr(value, ":/");
    if (strncmp(value, "pvc:", 4) == 0 ? value[4] != '\0' : colon && colon > value)
        return 0;
    return error_set(err, "\"%.200s\" is neither SERVER:/EXPORT, pvc:NAME nor pvc:NAMESPACE/NAME",
                     value);
}

static int check_label(void *field, const char *value, struct error *err)
{
    (void)field;
    return strchr(value, '=') ? 0 : error_set(err, "\"%.200s\" is not LABEL=VALUE", value);
}

static int check_class(void *field, const char *value, struct error *err)
{
    struct place place;
    int rc;
    (void)field;
    while ((rc = place_next(&value, &place, err)) > 0) {
        char name[32];
        if (strcmp(place.option, PLACE_RUNTIME) != 0)
            continue;
        size_t n = place.value_len < sizeof name ? place.value_len : sizeof name - 1;
        memcpy(name, place.value, n);
        name[n] = '\0';
        if (choose(name, runtime_names, RUNTIMES, err) < 0)
            return -1;
    }
    return rc;
}

static int check_places(void *field, const char *value, struct error *err)
{
    struct place place;
    int rc;
    (void)field;
    while ((rc = place_next(&value, &place, err)) > 0)
        if (strcmp(place.option, PLACE_RUNTIME) == 0)
            return error_set(err, "a runtime is chosen in [runtimeClass] only");
    return rc;
}

static int check_gres(void *field, const char *value, struct error *err)
{
    (void)field;
    if (strcmp(value, "-") == 0 ||
        (strncmp(value, "gres:", 5) == 0 && value[5] && !value[strcspn(value, " \t,=")]))
        return 0;
    return error_set(err, "\"%.100s\" is neither \"-\" nor gres:NAME", value);
}

/* RUNTIME, or RUNTIME:gpu */
static int check_runtime(void *field, const char *value, struct error *err)
{
    cleanup_free char *name = strdup(value);
    (void)field;
    if (!name)
        return error_set(err, "out of memory");
    char *colon = strrchr(name, ':');
    if (colon && strcmp(colon, ":gpu") == 0)
        *colon = '\0';
    return choose(name, runtime_names, RUNTIMES, err) < 0 ? -1 : 0;
}

const struct conf_section conf_sections[CONF_MAPS] = {
    [CONF_IMAGES] = {"images", NULL, check_image},
    [CONF_STORAGE] = {"storage", check_storage, check_path},
    [CONF_NODE_SELECTOR] = {"nodeSelector", check_label, check_places},
    [CONF_TOLERATION] = {"toleration", NULL, check_places},
    [CONF_PRIORITY_CLASS] = {"priorityClass", NULL, check_places},
    [CONF_RUNTIME_CLASS] = {"runtimeClass", NULL, check_class},
    [CONF_SCHEDULER_NAME] = {"schedulerName", NULL, check_places},
    [CONF_RESOURCE] = {"resource", NULL, check_gres},
    [CONF_RUNTIME_OPTIONS] = {"runtimeOptions", check_runtime, NULL},
};

const char *conf_key_name(size_t i)
{
    return i < conf_keys_len ? conf_keys[i].name : NULL;
}

const char *conf_map_name(size_t i)
{
    return i < CONF_MAPS ? conf_sections[i].name : NULL;
}

int conf_init(struct conf *c)
{
    *c = (struct conf){0};
    for (size_t i = 0; i < conf_keys_len; i++)
        if (conf_keys[i].type((char *)c + conf_keys[i].offset, conf_keys[i].otherwise, NULL) < 0)
            return -1;
    c->runtimes_allowed |= 1U << c->runtime;
    return 0;
}

void conf_free(struct conf *c)
{
    free_binds(c);
    for (size_t m = 0; m < CONF_MAPS; m++) {
        for (size_t i = 0; i < c->maps[m].len; i++) {
            free(c->maps[m].v[i].key);
            free(c->maps[m].v[i].value);
        }
        free(c->maps[m].v);
    }
    *c = (struct conf){0};
}
