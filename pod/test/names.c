/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of pods: pod_names, peers, services, hosts, node_address.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../hosts.h"
#include "../node_address.h"
#include "cleanup.h"
#include "facts.h"
#include "journal.h"
#include "pod_meta.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define A60  "a23456789-123456789-123456789-123456789-123456789-1234567890"

static json_t *job_of(const char *name, bool indexed, const char *pod)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(
        &text, "{'metadata':{'name':'%s'},'spec':{'completionMode':'%s','template':{'spec':{%s}}}}",
        name, indexed ? "Indexed" : "NonIndexed", pod);
    return facts_json(strbuf_str(&text));
}

/* ---- pod_names ---- */

Test(names, what_a_pod_is_called)
{
    static const struct {
        const char *job, *pod;
        bool indexed;
        const char *hostname, *variable; /* NULL = none; hostname NULL: the error is variable */
        const char *names, *proves;
    } rows[] = {
        {"j", "", true, "j-7", "j-7", "\tj-7", "an Indexed Job"},
        {"j", "", false, "j-abcde", NULL, "\tj-abcde", "another one: the pod's name"},
        {"j", "'subdomain':'s'", true, "j-7", "j-7",
         "\tj-7.s.ns.svc.cluster.local\tj-7.s.ns.svc\tj-7.s.ns\tj-7.s\tj-7", "a subdomain"},
        {"j", "'hostname':'h'", false, "h", "h", "\th", "hostname"},
        {"j", "'hostname':'h'", true, "j-7", "j-7", "\tj-7", "the index goes before hostname"},
        {"j", "'hostNetwork':true,'hostname':'h'", false, "", NULL, "\th", "hostNetwork"},
        {"j", "'hostnameOverride':'a.b'", true, "a.b", "a.b", "\tj-7", "hostnameOverride"},
        {"j", "'setHostnameAsFQDN':true", true, "j-7", "j-7", "\tj-7", "no domain"},
        {"j", "'setHostnameAsFQDN':true,'subdomain':'s'", true, "j-7.s.ns.svc.cluster.local",
         "j-7.s.ns.svc.cluster.local",
         "\tj-7.s.ns.svc.cluster.local\tj-7.s.ns.svc\tj-7.s.ns\tj-7.s\tj-7", "setHostnameAsFQDN"},
        {A60, "", true, A60 "-7", A60 "-7", "\t" A60 "-7", "as long as can be"},
        {A60, "'setHostnameAsFQDN':true,'subdomain':'s'", true, NULL,
         "setHostnameAsFQDN: Failed to construct FQDN from Pod hostname and cluster domain, "
         "FQDN " A60
         "-7.s.ns.svc.cluster.local is too long (64 characters is the max, 85 characters "
         "requested)",
         "", "too long"},
    };
    for (size_t i = 0; i < N(rows); i++) {
        struct error err = {""};
        struct pod_names n;
        cleanup_strbuf struct strbuf names = STRBUF_INIT;
        cleanup_json json_t *job = job_of(rows[i].job, rows[i].indexed, rows[i].pod);
        int rc = pod_names_make(&n, job, "ns", "j-abcde", 7, &err);
        cr_assert_eq(rc, rows[i].hostname ? 0 : -1, "%s: %s", rows[i].proves, err.text);
        if (rc) {
            cr_expect_str_eq(err.text, rows[i].variable, "%s", err.text);
            continue;
        }
        const char *variable = pod_names_variable(&n);
        pod_names_add(&n, 7, &names);
        cr_expect_str_eq(n.hostname, rows[i].hostname, "%s: %s", rows[i].proves, n.hostname);
        cr_expect_str_eq(variable ? variable : "-", rows[i].variable ? rows[i].variable : "-", "%s",
                         rows[i].proves);
        cr_expect_str_eq(strbuf_str(&names), rows[i].names, "%s: %s", rows[i].proves,
                         strbuf_str(&names));
    }
}

Test(names, who_asks_for_them)
{
    static const struct {
        const char *pod;
        bool wanted, address;
    } rows[] = {
        {"", false, false},
        {"'subdomain':'','hostAliases':[],'setHostnameAsFQDN':false", false, false},
        {"'subdomain':'s'", true, true},
        {"'hostname':'h'", true, true},
        {"'hostnameOverride':'h'", true, true},
        {"'setHostnameAsFQDN':true", true, true},
        {"'hostAliases':[{'ip':'1.1.1.1'}]", true, true},
        {"'containers':[{'env':[{'valueFrom':{'fieldRef':{'fieldPath':'status.podIP'}}}]}]", false,
         true},
        {"'containers':[{'env':[{'valueFrom':{'fieldRef':{'fieldPath':'status.hostIPs'}}}]}]",
         false, true},
        {"'containers':[{'env':[{'valueFrom':{'fieldRef':{'fieldPath':'spec.nodeName'}}}]}]", false,
         false},
    };
    for (size_t i = 0; i < N(rows); i++) {
        cleanup_json json_t *job = job_of("j", true, rows[i].pod);
        cr_expect_eq(pod_names_wanted(job), rows[i].wanted, "%s", rows[i].pod);
        cr_expect_eq(pod_names_need_address(job), rows[i].address, "%s", rows[i].pod);
    }
}

/* ---- services ---- */

Test(names, selectors_of_services)
{
    static const struct {
        const char *service;
        bool selects;
        int64_t index;
    } rows[] = {
        {"{'spec':{'selector':{'job-name':'j'}}}", true, SERVICES_ANY},
        {"{'spec':{'selector':{'job-name':'j','app':'a'}}}", true, SERVICES_ANY},
        {"{'spec':{'selector':{'job-name':'j','app':'b'}}}", false, SERVICES_ANY},
        {"{'spec':{'selector':{'none':'j'}}}", false, SERVICES_ANY},
        {"{'spec':{'selector':{'" POD_META_INDEX_KEY "':'12'}}}", true, 12},
        {"{'spec':{'selector':{'" POD_META_INDEX_KEY "':'012'}}}", false, 12},
        {"{'spec':{'selector':{'" POD_META_INDEX_KEY "':'x'}}}", false, 0},
        {"{'spec':{'selector':{'" POD_META_INDEX_KEY "':'-1'}}}", false, -1},
        {"{'spec':{'selector':{'app':1}}}", false, SERVICES_ANY},
        {"{'spec':{'selector':{}}}", false, SERVICES_ANY},
        {"{'spec':{}}", false, SERVICES_ANY},
        {"{'spec':'x'}", false, SERVICES_ANY},
    };
    cleanup_json json_t *labels =
        facts_json("{'job-name':'j','app':'a','" POD_META_INDEX_KEY "':'3'}");
    for (size_t i = 0; i < N(rows); i++) {
        int64_t index;
        cleanup_json json_t *service = facts_json(rows[i].service);
        cr_expect_eq(services_select(service, labels, &index), rows[i].selects, "%s",
                     rows[i].service);
        if (rows[i].selects)
            cr_expect_eq(index, rows[i].index, "%s", rows[i].service);
    }
}

/* ---- peers ---- */

static void record(const char *dir, const char *host, enum journal_event event, uint32_t index,
                   uint32_t attempt, const char *address, enum journal_phase phase)
{
    struct error err;
    const struct journal_record r = {.event = event,
                                     .time_us = 1,
                                     .index = index,
                                     .attempt = attempt,
                                     .address = address,
                                     .phase = phase};
    cr_assert_eq(journal_append_path(dir, host, &r, &err), 0, "%s", err.text);
}

#define START(host, i, a, address)                                                                 \
    record(dir, host, JOURNAL_STARTED, i, a, address, JOURNAL_PHASE_NONE)
#define END(host, i, a, phase) record(dir, host, JOURNAL_ENDED, i, a, NULL, phase)

Test(names, peers_of_a_journal)
{
    struct error err;
    struct peers p;
    char dir[] = "/tmp/check-names-XXXXXX", command[64];
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(peers_read(&p, dir, &err), 0);
    cr_expect_eq(p.n, 0, "no journal yet");
    cr_expect_eq(peers_mark("/nonexistent"), 0);
    peers_free(&p);

    END("b", 0, 0, JOURNAL_FAILED); /* files in any order */
    START("a", 0, 0, "10.0.0.1");
    START("a", 0, 1, "10.0.0.2"); /* replaced */
    START("b", 1, 0, "fd00::1");
    START("a", 2, 0, "10.0.0.3");
    END("a", 2, 0, JOURNAL_SUCCEEDED);
    START("a", 3, 0, "10.0.0.4");
    END("a", 3, 0, JOURNAL_FAILED);
    START("a", 4, 0, NULL);
    START("a", 4, 0, "10.0.0.5"); /* told twice, by the plugin and by the runner */
    START("a", 5, 0, "10.0.0.6\n1.1.1.1 evil");
    cr_assert_eq(peers_read(&p, dir, &err), 0, "%s", err.text);
    static const struct peer want[] = {{.index = 0, .address = "10.0.0.2", .is_over = false},
                                       {.index = 1, .address = "fd00::1", .is_over = false},
                                       {.index = 2, .address = "10.0.0.3", .is_over = true},
                                       {.index = 4, .address = "10.0.0.5", .is_over = false}};
    cr_assert_eq(p.n, N(want), "%zu", p.n);
    for (size_t i = 0; i < N(want); i++)
        cr_expect(p.v[i].index == want[i].index && p.v[i].is_over == want[i].is_over &&
                      strcmp(p.v[i].address, want[i].address) == 0,
                  "%zu: %u %s", i, p.v[i].index, p.v[i].address);
    peers_free(&p);

    snprintf(command, sizeof command, "%s/events", dir);
    uint64_t before = peers_mark(command);
    cr_expect_eq(peers_mark(command), before, "nothing has changed");
    START("c", 6, 0, "10.0.0.7");
    cr_expect_neq(peers_mark(command), before, "another host's first record");
    before = peers_mark(command);
    END("a", 4, 0, JOURNAL_SUCCEEDED);
    cr_expect_neq(peers_mark(command), before, "a further record");
    for (const char *name = "abc"; *name; name++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%c", command, *name);
        unlink(path);
    }
    rmdir(command);
    rmdir(dir);
}

Test(names, of_many_that_have_succeeded_the_last_stay)
{
    struct error err;
    struct peers p;
    char dir[] = "/tmp/check-names-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(dir));
    START("h", 5000, 0, "10.9.9.9"); /* runs */
    for (uint32_t i = 0; i < PEERS_OVER_MAX + 3; i++) {
        const struct journal_record r = {
            .event = JOURNAL_ENDED, .time_us = 1000 + i, .index = i, .phase = JOURNAL_SUCCEEDED};
        START("h", i, 0, "10.0.0.1");
        cr_assert_eq(journal_append_path(dir, "h", &r, &err), 0);
    }
    cr_assert_eq(peers_read(&p, dir, &err), 0, "%s", err.text);
    cr_expect_eq(p.n, PEERS_OVER_MAX + 1, "%zu", p.n);
    cr_expect(p.n && p.v[0].index == 3 && p.v[p.n - 1].index == 5000);
    peers_free(&p);
    snprintf(path, sizeof path, "%s/events/h", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/events", dir);
    rmdir(path);
    rmdir(dir);
}

/* ---- hosts ---- */

Test(names, the_hosts_file)
{
    struct error err;
    struct pod_names names;
    struct peer peers[] = {{.index = 0, .address = "10.0.0.1", .is_over = false},
                           {.index = 1, .address = "10.0.0.2", .is_over = false},
                           {.index = 2, .address = "10.0.0.3", .is_over = true}};
    struct service services[] = {{"all", SERVICES_ANY}, {"first", 0}};
    cleanup_strbuf struct strbuf aliases = STRBUF_INIT, out = STRBUF_INIT;
    cleanup_json json_t *job =
        job_of("j", true, "'subdomain':'s','hostAliases':[{'ip':'1.2.3.4','hostnames':['a','b']}]");
    cr_assert_eq(pod_names_make(&names, job, "ns", "j-1-abcde", 1, &err), 0);
    hosts_aliases(&aliases,
                  tree_get(tree_at(job, "spec", "template", "spec", NULL), "hostAliases"));
    struct hosts h = {.names = &names,
                      .index = 1,
                      .ips = "10.0.0.2,fd00::2",
                      .aliases = strbuf_str(&aliases),
                      .peers = {peers, N(peers)},
                      .services = {services, N(services)},
                      .node = "127.0.0.1 localhost\n"};
    hosts_render(&out, &h);
    cr_expect_str_eq(strbuf_str(&out),
                     "# Kubernetes-managed hosts file.\n"
                     "10.0.0.2\tj-1.s.ns.svc.cluster.local\tj-1.s.ns.svc\tj-1.s.ns\tj-1.s\tj-1\n"
                     "fd00::2\tj-1.s.ns.svc.cluster.local\tj-1.s.ns.svc\tj-1.s.ns\tj-1.s\tj-1\n"
                     "\n# Entries added by HostAliases.\n"
                     "1.2.3.4\ta\tb\n"
                     "\n# The Job's pods and Services, as they run.\n"
                     "10.0.0.1\tj-0.s.ns.svc.cluster.local\tj-0.s.ns.svc\tj-0.s.ns\tj-0.s\tj-0\n"
                     "10.0.0.3\tj-2.s.ns.svc.cluster.local\tj-2.s.ns.svc\tj-2.s.ns\tj-2.s\tj-2\n"
                     "10.0.0.1\tall.ns.svc.cluster.local\tall.ns.svc\tall.ns\tall\n"
                     "10.0.0.2\tall.ns.svc.cluster.local\tall.ns.svc\tall.ns\tall\n"
                     "10.0.0.1\tfirst.ns.svc.cluster.local\tfirst.ns.svc\tfirst.ns\tfirst\n"
                     "\n# The node's.\n127.0.0.1 localhost\n",
                     "%s", strbuf_str(&out));
    strbuf_reset(&out);
    h.node = "";
    hosts_render(&out, &h);
    cr_expect_not_null(strstr(strbuf_str(&out), "\n127.0.0.1\tlocalhost\n"), "without the node's");
}

Test(names, pods_without_a_name_of_their_own)
{
    struct error err;
    struct pod_names names;
    struct peer peers[] = {{.index = 0, .address = "10.0.0.1", .is_over = false},
                           {.index = 1, .address = "10.0.0.2", .is_over = false}};
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    cleanup_json json_t *job = job_of("j", false, "'subdomain':'s'");
    cr_assert_eq(pod_names_make(&names, job, "ns", "j-abcde", 0, &err), 0);
    const struct hosts h = {
        .names = &names, .ips = "10.0.0.1", .aliases = "", .peers = {peers, N(peers)}, .node = ""};
    hosts_render(&out, &h);
    cr_expect_not_null(strstr(strbuf_str(&out), "10.0.0.1\tj-abcde.s.ns.svc.cluster.local\t"));
    cr_expect_null(strstr(strbuf_str(&out), "10.0.0.2"), "nobody knows what the other is called");
}

/* ---- node_address ---- */

Test(names, a_node_has_an_address)
{
    static const char *const nodes[] = {"", "no-such-node.invalid", "localhost"};
    for (size_t i = 0; i < N(nodes); i++) {
        struct node_address a;
        node_address_read(&a, nodes[i]);
        cr_expect(*a.ip && strncmp(a.ips, a.ip, strlen(a.ip)) == 0, "%s: %s %s", nodes[i], a.ip,
                  a.ips);
    }
}
