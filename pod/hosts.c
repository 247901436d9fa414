/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hosts.h"

#include <string.h>

#include "tree.h"

void hosts_aliases(struct strbuf *out, const json_t *aliases)
{
    size_t i, k;
    json_t *alias, *name;
    if (json_array_size(aliases))
        strbuf_adds(out, "\n# Entries added by HostAliases.\n");
    json_array_foreach (aliases, i, alias) {
        strbuf_adds(out, tree_str(alias, "ip"));
        json_array_foreach (tree_get(alias, "hostnames"), k, name)
            strbuf_addf(out, "\t%s", json_string_value(name));
        strbuf_addc(out, '\n');
    }
}

/* The names in one line per address of the pod. */
static void add_own(struct strbuf *out, const struct hosts *h)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    pod_names_add(h->names, h->index, &names);
    for (const char *ip = h->ips; *ip; ip += strspn(ip, ",")) {
        int n = (int)strcspn(ip, ",");
        if (h->names->is_overridden) /* first: what hostname -f says */
            strbuf_addf(out, "%.*s\t%s\n", n, ip, h->names->hostname);
        strbuf_addf(out, "%.*s%s\n", n, ip, strbuf_str(&names));
        ip += n;
    }
}

static void add_peers(struct strbuf *out, const struct hosts *h)
{
    for (size_t i = 0; h->names->has_peers && i < h->peers.n; i++) {
        const struct peer *p = &h->peers.v[i];
        if (p->index == h->index)
            continue;
        strbuf_adds(out, p->address);
        pod_names_add(h->names, p->index, out);
        strbuf_addc(out, '\n');
    }
}

static void add_service(struct strbuf *out, const struct hosts *h, const struct service *s)
{
    const char *ns = h->names->ns;
    for (size_t i = 0; i < h->peers.n; i++) {
        const struct peer *p = &h->peers.v[i];
        if (!p->is_over && (s->index == SERVICES_ANY || s->index == p->index))
            strbuf_addf(out, "%s\t%s.%s.svc." POD_NAMES_CLUSTER "\t%s.%s.svc\t%s.%s\t%s\n",
                        p->address, s->name, ns, s->name, ns, s->name, ns, s->name);
    }
}

void hosts_render(struct strbuf *out, const struct hosts *h)
{
    strbuf_adds(out, "# Kubernetes-managed hosts file.\n");
    add_own(out, h);
    strbuf_adds(out, h->aliases);
    strbuf_adds(out, "\n# The Job's pods and Services, as they run.\n");
    add_peers(out, h);
    for (size_t i = 0; i < h->services.n; i++)
        add_service(out, h, &h->services.v[i]);
    if (*h->node)
        strbuf_addf(out, "\n# The node's.\n%s", h->node);
    else
        strbuf_adds(out, "\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
}
