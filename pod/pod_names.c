/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan.h"
#include "tree.h"

#define LABEL_MAX 63

static const json_t *pod_spec(const json_t *job)
{
    return tree_at(job, "spec", "template", "spec", NULL);
}

bool pod_names_wanted(const json_t *job)
{
    static const char *const fields[] = {"subdomain", "hostname", "hostnameOverride",
                                         "setHostnameAsFQDN", "hostAliases"};
    const json_t *spec = pod_spec(job);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *v = tree_get(spec, fields[i]);
        if (json_is_true(v) || json_array_size(v) || json_string_length(v))
            return true;
    }
    return false;
}

/* Some fieldPath names an address. The decoder has bounded the depth. */
static bool mentions_address(const json_t *v)
{
    const char *key;
    json_t *item;
    size_t i;
    json_object_foreach ((json_t *)v, key, item)
        if (mentions_address(item))
            return true;
    json_array_foreach (v, i, item)
        if (mentions_address(item))
            return true;
    const char *text = json_string_value(v);
    return text &&
           (strncmp(text, "status.podIP", 12) == 0 || strncmp(text, "status.hostIP", 13) == 0);
}

bool pod_names_need_address(const json_t *job)
{
    return pod_names_wanted(job) || mentions_address(pod_spec(job));
}

/* A label, cut as the kubelet cuts a long pod name. */
static void cut(char out[64], const char *name)
{
    snprintf(out, 64, "%.*s", LABEL_MAX, name);
    for (size_t n = strlen(out); n && (out[n - 1] == '-' || out[n - 1] == '.'); n--)
        out[n - 1] = '\0';
}

static void make_label(struct pod_names *out, const json_t *job, const char *pod, uint32_t index)
{
    const char *given = tree_str(pod_spec(job), "hostname");
    out->has_peers = plan_indexed(job) || *given;
    if (plan_indexed(job)) {
        char text[80];
        cut(out->job, tree_str(tree_get(job, "metadata"), "name"));
        snprintf(text, sizeof text, "%s-%" PRIu32, out->job, index);
        cut(out->label, text);
    } else {
        cut(out->label, *given ? given : pod);
    }
}

static int make_fqdn(struct pod_names *out, struct error *err)
{
    char text[256];
    int n = snprintf(text, sizeof text, "%s.%s.%s.svc." POD_NAMES_CLUSTER, out->hostname,
                     out->subdomain, out->ns);
    if (n > POD_NAMES_HOST_MAX)
        return error_set(err,
                         "setHostnameAsFQDN: Failed to construct FQDN from Pod hostname and "
                         "cluster domain, FQDN %s is too long (%d characters is the max, %d "
                         "characters requested)",
                         text, POD_NAMES_HOST_MAX, n);
    memcpy(out->hostname, text, (size_t)n + 1);
    return 0;
}

int pod_names_make(struct pod_names *out, const json_t *job, const char *ns, const char *pod,
                   uint32_t index, struct error *err)
{
    const json_t *spec = pod_spec(job);
    const char *override = tree_str(spec, "hostnameOverride");
    *out = (struct pod_names){.is_own = pod_names_wanted(job)};
    cut(out->ns, ns);
    cut(out->subdomain, tree_str(spec, "subdomain"));
    make_label(out, job, pod, index);
    if (tree_bool(spec, "hostNetwork"))
        return 0;
    if (*override) {
        out->is_overridden = true;
        snprintf(out->hostname, sizeof out->hostname, "%.*s", POD_NAMES_HOST_MAX, override);
        return 0;
    }
    strcpy(out->hostname, out->label);
    return tree_bool(spec, "setHostnameAsFQDN") && *out->subdomain ? make_fqdn(out, err) : 0;
}

const char *pod_names_variable(const struct pod_names *names)
{
    return *names->hostname && (names->is_own || *names->job) ? names->hostname : NULL;
}

void pod_names_add(const struct pod_names *names, uint32_t index, struct strbuf *out)
{
    const char *sub = names->subdomain, *ns = names->ns;
    char label[80];
    if (*names->job)
        snprintf(label, sizeof label, "%s-%" PRIu32, names->job, index);
    else
        snprintf(label, sizeof label, "%s", names->label);
    if (*sub)
        strbuf_addf(out, "\t%s.%s.%s.svc." POD_NAMES_CLUSTER "\t%s.%s.%s.svc\t%s.%s.%s\t%s.%s",
                    label, sub, ns, label, sub, ns, label, sub, ns, label, sub);
    strbuf_addf(out, "\t%s", label);
}
