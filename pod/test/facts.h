/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pod and the objects around it, for the tests of what it can be told. In the JSON a ' stands for
 * ".
 */
#ifndef SKJOB_TEST_FACTS_H
#define SKJOB_TEST_FACTS_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../pod_facts.h"
#include "cleanup.h"
#include "strbuf.h"
#include "tree.h"

static inline json_t *facts_json(const char *text)
{
    json_error_t e;
    cleanup_free char *copy = strdup(text);
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *v = json_loads(copy, 0, &e);
    cr_assert_not_null(v, "%s: %s", text, e.text);
    return v;
}

/* A Job whose pod has these fields. */
static inline json_t *facts_job(const char *pod)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "{'spec':{'template':{'spec':{%s}}}}", pod);
    return facts_json(strbuf_str(&text));
}

struct world {
    struct pod_facts facts;
    json_t *objects, *pod;
    const char *broken; /* an object whose file cannot be read */
};

static inline int facts_find(void *arg, enum object_kind kind, const char *name, json_t **object,
                             struct error *err)
{
    const struct world *w = arg;
    if (w->broken && strcmp(name, w->broken) == 0)
        return error_set(err, "cannot read %s", name);
    *object = json_incref(tree_at(w->objects, objects_plural(kind), name, NULL));
    return *object ? 0 : 1;
}

static inline void world_make(struct world *w)
{
    *w = (struct world){
        .objects =
            facts_json("{'configmaps':{'c':{'data':{'A':'1','B.b':'two','9':'nine','EMPTY':''},"
                       "'binaryData':{'bin':'AP8='}},'d':{'data':{'A':'d'}}},"
                       "'secrets':{'s':{'data':{'A':'c2VjcmV0','P':'JChBKQ==','nul':'YQBi'}},"
                       "'tls':{'data':{'tls.crt':'Q1JU','tls.key':'S0VZ'}}}}"),
        .pod = facts_json(
            "{'labels':{'app':'demo','job-name':'j','q':'a b'},'annotations':{'k':'l1\\nl2',"
            "'a.b/C':'x'},'spec':{'containers':[{'name':'main','resources':{'limits':{'cpu':"
            "'1500m','memory':'1Gi'},'requests':{'cpu':'250m'}}},{'name':'bare'}],"
            "'initContainers':[{'name':'init','resources':{'requests':{'memory':'100M'}}}]}}"),
    };
    w->facts = (struct pod_facts){
        .name = "j-0-abcde",
        .ns = "ns",
        .uid = "u-i-d",
        .node = "n1",
        .service_account = "sa",
        .host_ip = "10.0.0.1",
        .host_ips = "10.0.0.1,fd00::1",
        .labels = tree_get(w->pod, "labels"),
        .annotations = tree_get(w->pod, "annotations"),
        .spec = tree_get(w->pod, "spec"),
        .allocation = {4, (int64_t)2 << 30, (int64_t)10 << 30},
        .find = facts_find,
        .find_arg = w,
    };
}

static inline void world_free(struct world *w)
{
    json_decref(w->objects);
    json_decref(w->pod);
}

#endif
