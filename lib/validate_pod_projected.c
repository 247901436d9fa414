/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "tree.h"

#define TOKEN_SECONDS_MIN 600
#define TOKEN_SECONDS_MAX (1LL << 32)

/* What the sources of one projected volume share. Duplicate paths and the path of a token are
 * reported at the volume, without the index of the source. */
struct projection {
    json_t *paths; /* set: files that earlier sources make */
    const struct path *volume;
    struct field_errors *errs;
};

/* bad: what Kubernetes shows as the bad value. */
static void claim_path(struct projection *p, const char *file, const char *bad)
{
    if (*file && !check_set_add(p->paths, file))
        field_error_str(p->errs, p->volume, FIELD_INVALID, bad, "conflicting duplicate paths");
}

typedef void projection_check(struct projection *p, const json_t *source, const struct path *path);

static void keyed(struct projection *p, const json_t *source, const struct path *path)
{
    const struct path *items = PATH_FIELD(path, "items");
    size_t i;
    json_t *item;
    check_required(source, "name", path, p->errs);
    json_array_foreach (tree_get(source, "items"), i, item) {
        validate_key_to_path(item, PATH_INDEX(items, i), p->errs);
        claim_path(p, tree_str(item, "path"), tree_str(source, "name"));
    }
}

static void downward(struct projection *p, const json_t *source, const struct path *path)
{
    size_t i;
    json_t *file;
    json_array_foreach (tree_get(source, "items"), i, file) {
        validate_downward_file(file, path, p->errs);
        claim_path(p, tree_str(file, "path"), tree_str(file, "path"));
    }
}

static void token(struct projection *p, const json_t *source, const struct path *path)
{
    long long seconds = tree_int(source, "expirationSeconds");
    const struct path *seconds_path = PATH_FIELD(path, "expirationSeconds");
    if (seconds < TOKEN_SECONDS_MIN)
        field_error_int(p->errs, seconds_path, FIELD_INVALID, seconds,
                        "may not specify a duration less than 10 minutes");
    if (seconds > TOKEN_SECONDS_MAX)
        field_error_int(p->errs, seconds_path, FIELD_INVALID, seconds,
                        "may not specify a duration larger than 2^32 seconds");
    if (check_required(source, "path", p->volume, p->errs))
        check_local_path(tree_str(source, "path"), PATH_FIELD(p->volume, "path"), p->errs);
}

static void projected_source(struct projection *p, const json_t *source, const struct path *path)
{
    static const struct {
        const char *name;
        projection_check *check;
    } kinds[] = {
        {"secret", keyed},
        {"configMap", keyed},
        {"downwardAPI", downward},
        {"serviceAccountToken", token},
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!tree_has(source, kinds[i].name))
            continue;
        n++;
        kinds[i].check(p, tree_get(source, kinds[i].name), PATH_FIELD(path, kinds[i].name));
    }
    if (n > 1)
        check_forbid(p->errs, path, "may not specify more than 1 volume type per source");
}

/* clusterTrustBundle and podCertificate never get here: default_pod_template() drops them. */
void validate_projected(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "sources");
    cleanup_json json_t *paths = json_object();
    struct projection p = {.paths = paths, .volume = path, .errs = errs};
    size_t i;
    json_t *v;
    check_mode(source, "defaultMode", path, errs);
    json_array_foreach (tree_get(source, "sources"), i, v)
        projected_source(&p, v, PATH_INDEX(list, i));
}
