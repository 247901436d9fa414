/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "default_pod.h"

#include <stdbool.h>
#include <string.h>

#include "image_ref.h"
#include "quantity.h"
#include "tree.h"

#define DEFAULT_MODE  0644
#define TOKEN_SECONDS 3600
#define GRACE_SECONDS 30

/* Out of memory is remembered here and reported once at the end. */
struct ctx {
    bool failed;
};

typedef void visit_fn(struct ctx *c, json_t *obj);

/* ---- setting what is absent ---- */

static void set_new(struct ctx *c, json_t *obj, const char *name, json_t *value)
{
    if (json_object_set_new_nocheck(obj, name, value) < 0)
        c->failed = true;
}

static void default_str(struct ctx *c, json_t *obj, const char *name, const char *value)
{
    if (!*tree_str(obj, name))
        set_new(c, obj, name, json_string_nocheck(value));
}

static void default_int(struct ctx *c, json_t *obj, const char *name, long long value)
{
    if (!tree_has(obj, name))
        set_new(c, obj, name, json_integer(value));
}

/* For Go fields that are no pointers: 0 reads as absent. */
static void default_nonzero(struct ctx *c, json_t *obj, const char *name, long long value)
{
    if (tree_int(obj, name) == 0)
        set_new(c, obj, name, json_integer(value));
}

static void default_object(struct ctx *c, json_t *obj, const char *name)
{
    if (!tree_has(obj, name))
        set_new(c, obj, name, json_object());
}

static void default_false(struct ctx *c, json_t *obj, const char *name)
{
    if (!tree_has(obj, name))
        set_new(c, obj, name, json_false());
}

static void each(struct ctx *c, const json_t *obj, const char *name, visit_fn *visit)
{
    size_t i;
    json_t *v;
    json_array_foreach (tree_get(obj, name), i, v)
        visit(c, v);
}

static void one(struct ctx *c, const json_t *obj, const char *name, visit_fn *visit)
{
    if (tree_has(obj, name))
        visit(c, tree_get(obj, name));
}

/* ---- small types ---- */

/* Amounts finer than 1 milli are rounded up. */
static void resource_list(struct ctx *c, json_t *list)
{
    const char *key;
    json_t *v;
    json_object_foreach (list, key, v) {
        struct quantity q;
        char text[QUANTITY_TEXT_MAX];
        if (!json_is_string(v) || quantity_parse(&q, json_string_value(v), NULL) < 0)
            continue;
        quantity_round_milli(&q);
        quantity_format(&q, text);
        if (strcmp(text, json_string_value(v)) != 0 && json_string_set_nocheck(v, text) < 0)
            c->failed = true;
    }
}

static void resources(struct ctx *c, json_t *r)
{
    one(c, r, "limits", resource_list);
    one(c, r, "requests", resource_list);
}

static void field_ref(struct ctx *c, json_t *ref)
{
    default_str(c, ref, "apiVersion", "v1");
}

/* The API prints the divisor always: it is no pointer in Go. */
static void resource_ref(struct ctx *c, json_t *ref)
{
    default_str(c, ref, "divisor", "0");
}

static void file_ref(struct ctx *c, json_t *ref)
{
    default_false(c, ref, "optional");
}

/* ---- containers ---- */

static void port(struct ctx *c, json_t *p)
{
    default_str(c, p, "protocol", "TCP");
}

static void value_from(struct ctx *c, json_t *from)
{
    one(c, from, "fieldRef", field_ref);
    one(c, from, "resourceFieldRef", resource_ref);
    one(c, from, "fileKeyRef", file_ref);
}

static void env(struct ctx *c, json_t *e)
{
    one(c, e, "valueFrom", value_from);
}

static void http_get(struct ctx *c, json_t *h)
{
    default_str(c, h, "path", "/");
    default_str(c, h, "scheme", "HTTP");
}

static void grpc(struct ctx *c, json_t *g)
{
    if (!tree_has(g, "service") || json_is_null(tree_get(g, "service")))
        set_new(c, g, "service", json_string(""));
}

static void probe(struct ctx *c, json_t *p)
{
    one(c, p, "httpGet", http_get);
    one(c, p, "grpc", grpc);
    default_nonzero(c, p, "timeoutSeconds", 1);
    default_nonzero(c, p, "periodSeconds", 10);
    default_nonzero(c, p, "successThreshold", 1);
    default_nonzero(c, p, "failureThreshold", 3);
}

static void handler(struct ctx *c, json_t *h)
{
    one(c, h, "httpGet", http_get);
}

static void lifecycle(struct ctx *c, json_t *l)
{
    one(c, l, "postStart", handler);
    one(c, l, "preStop", handler);
    json_object_del(l, "stopSignal"); /* gate ContainerStopSignals */
}

static void container(struct ctx *c, json_t *ctr)
{
    static const char *const probes[] = {"livenessProbe", "readinessProbe", "startupProbe"};
    each(c, ctr, "ports", port);
    each(c, ctr, "env", env);
    one(c, ctr, "resources", resources);
    one(c, ctr, "lifecycle", lifecycle);
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        one(c, ctr, probes[i], probe);
    default_str(c, ctr, "terminationMessagePath", "/dev/termination-log");
    default_str(c, ctr, "terminationMessagePolicy", "File");
    default_str(c, ctr, "imagePullPolicy", image_ref_pull_policy(tree_str(ctr, "image")));
}

/* ---- volumes ---- */

static void host_path(struct ctx *c, json_t *v)
{
    if (!tree_has(v, "type"))
        set_new(c, v, "type", json_string(""));
}

static void with_mode(struct ctx *c, json_t *v)
{
    default_int(c, v, "defaultMode", DEFAULT_MODE);
}

static void downward_item(struct ctx *c, json_t *item)
{
    one(c, item, "fieldRef", field_ref);
    one(c, item, "resourceFieldRef", resource_ref);
}

static void downward_items(struct ctx *c, json_t *v)
{
    each(c, v, "items", downward_item);
}

static void downward_api(struct ctx *c, json_t *v)
{
    downward_items(c, v);
    with_mode(c, v);
}

static void token(struct ctx *c, json_t *v)
{
    default_int(c, v, "expirationSeconds", TOKEN_SECONDS);
}

static void projection(struct ctx *c, json_t *source)
{
    one(c, source, "downwardAPI", downward_items);
    one(c, source, "serviceAccountToken", token);
    json_object_del(source, "clusterTrustBundle"); /* gate ClusterTrustBundleProjection */
    json_object_del(source, "podCertificate");     /* gate PodCertificateRequest */
}

static void projected(struct ctx *c, json_t *v)
{
    each(c, v, "sources", projection);
    with_mode(c, v);
}

static void iscsi(struct ctx *c, json_t *v)
{
    default_str(c, v, "iscsiInterface", "default");
}

static void rbd(struct ctx *c, json_t *v)
{
    default_str(c, v, "pool", "rbd");
    default_str(c, v, "user", "admin");
    default_str(c, v, "keyring", "/etc/ceph/keyring");
}

static void azure_disk(struct ctx *c, json_t *v)
{
    static const char *const strings[][2] = {
        {"cachingMode", "ReadWrite"}, {"fsType", "ext4"}, {"kind", "Shared"}};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (!tree_has(v, strings[i][0]))
            set_new(c, v, strings[i][0], json_string(strings[i][1]));
    default_false(c, v, "readOnly");
}

static void scale_io(struct ctx *c, json_t *v)
{
    default_str(c, v, "storageMode", "ThinProvisioned");
    default_str(c, v, "fsType", "xfs");
}

static void image(struct ctx *c, json_t *v)
{
    default_str(c, v, "pullPolicy", image_ref_pull_policy(tree_str(v, "reference")));
}

static void ephemeral(struct ctx *c, json_t *v)
{
    json_t *spec = tree_at(v, "volumeClaimTemplate", "spec", NULL);
    if (!spec)
        return;
    one(c, spec, "resources", resources);
    if (!tree_has(spec, "volumeMode"))
        set_new(c, spec, "volumeMode", json_string("Filesystem"));
}

static void volume(struct ctx *c, json_t *v)
{
    static const struct {
        const char *name;
        visit_fn *visit;
    } sources[] = {
        {"hostPath", host_path},
        {"secret", with_mode},
        {"configMap", with_mode},
        {"downwardAPI", downward_api},
        {"projected", projected},
        {"iscsi", iscsi},
        {"rbd", rbd},
        {"azureDisk", azure_disk},
        {"scaleIO", scale_io},
        {"image", image},
        {"ephemeral", ephemeral},
    };
    bool named = tree_has(v, "name");
    if (json_object_size(v) == (named ? 1 : 0))
        default_object(c, v, "emptyDir");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        one(c, v, sources[i].name, sources[i].visit);
}

/* ---- the pod ---- */

/* serviceAccount is the old name of serviceAccountName; the API always shows both. */
static void service_account(struct ctx *c, json_t *spec)
{
    if (*tree_str(spec, "serviceAccount"))
        default_str(c, spec, "serviceAccountName", tree_str(spec, "serviceAccount"));
    const char *name = tree_str(spec, "serviceAccountName");
    if (*name && strcmp(tree_str(spec, "serviceAccount"), name) != 0)
        set_new(c, spec, "serviceAccount", json_string_nocheck(name));
}

static void pod_spec(struct ctx *c, json_t *spec)
{
    each(c, spec, "volumes", volume);
    each(c, spec, "initContainers", container);
    each(c, spec, "containers", container);
    each(c, spec, "ephemeralContainers", container);
    one(c, spec, "resources", resources);
    one(c, spec, "overhead", resource_list);
    default_str(c, spec, "dnsPolicy", "ClusterFirst");
    default_str(c, spec, "restartPolicy", "Always");
    default_str(c, spec, "schedulerName", "default-scheduler");
    default_object(c, spec, "securityContext");
    default_int(c, spec, "terminationGracePeriodSeconds", GRACE_SECONDS);
    service_account(c, spec);
    json_object_del(spec, "schedulingGroup"); /* gate GenericWorkload */
}

/* Init containers were annotations once; the conversion from v1 drops what is left of them. */
static void annotations(json_t *meta)
{
    static const char *const old[] = {
        "pod.beta.kubernetes.io/init-containers",
        "pod.alpha.kubernetes.io/init-containers",
        "pod.beta.kubernetes.io/init-container-statuses",
        "pod.alpha.kubernetes.io/init-container-statuses",
    };
    json_t *map = tree_get(meta, "annotations");
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        json_object_del(map, old[i]);
    if (map && json_object_size(map) == 0)
        json_object_del(meta, "annotations");
}

int default_pod_template(json_t *template, struct error *err)
{
    struct ctx c = {.failed = false};
    if (!template)
        return 0;
    annotations(tree_get(template, "metadata"));
    default_object(&c, template, "spec");
    pod_spec(&c, tree_get(template, "spec"));
    return c.failed ? error_set(err, "out of memory") : 0;
}
