/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_self.h"

#include "tree.h"

static int find(void *arg, enum object_kind kind, const char *name, json_t **object,
                struct error *err)
{
    const struct pod_self *s = arg;
    return s->root ? objects_read(s->root, kind, s->facts.ns, name, object, err) : 1;
}

/* What the API server's admission fills in. */
static const char *service_account(const json_t *spec)
{
    const char *name = tree_str(spec, "serviceAccountName");
    return *name ? name : "default";
}

int pod_self_make(struct pod_self *s, const struct pod_self_options *o, struct error *err)
{
    const json_t *spec = tree_at(o->job, "spec", "template", "spec", NULL);
    *s = (struct pod_self){.root = o->root};
    node_facts_read(&s->node, o->env);
    pod_meta_uid(s->uid, o->job_uid, o->index, o->attempt);
    s->labels = pod_meta_labels(o->job, o->job_uid, o->index);
    s->annotations = pod_meta_annotations(o->job, o->index, o->failures, o->ignored);
    s->facts = (struct pod_facts){
        .name = o->pod,
        .ns = o->ns,
        .uid = s->uid,
        .node = o->node,
        .service_account = service_account(spec),
        .host_ip = s->node.ip,
        .host_ips = s->node.ips,
        .labels = s->labels,
        .annotations = s->annotations,
        .spec = spec,
        .allocation = s->node.allocation,
        .find = find,
        .find_arg = s,
    };
    if (s->labels && s->annotations)
        return 0;
    pod_self_free(s);
    return error_set(err, "out of memory");
}

void pod_self_free(struct pod_self *s)
{
    json_decref(s->labels);
    json_decref(s->annotations);
    *s = (struct pod_self){0};
}
