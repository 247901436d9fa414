/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "node_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB ((int64_t)1 << 20)

/* ---- addresses ---- */

/* Whether others can reach the node by it: up, no loopback, not of one link only. */
static bool is_useful(const struct ifaddrs *a)
{
    if (!a->ifa_addr || !(a->ifa_flags & IFF_UP) || (a->ifa_flags & IFF_LOOPBACK))
        return false;
    if (a->ifa_addr->sa_family != AF_INET6)
        return a->ifa_addr->sa_family == AF_INET;
    const struct sockaddr_in6 *v6 = (const void *)a->ifa_addr;
    return !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
}

static void first_of(const struct ifaddrs *list, int family, char out[INET6_ADDRSTRLEN])
{
    *out = '\0';
    for (const struct ifaddrs *a = list; a && !*out; a = a->ifa_next) {
        if (!is_useful(a) || a->ifa_addr->sa_family != family)
            continue;
        const struct sockaddr_in *v4 = (const void *)a->ifa_addr;
        const struct sockaddr_in6 *v6 = (const void *)a->ifa_addr;
        const void *bytes =
            family == AF_INET ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr;
        if (!inet_ntop(family, bytes, out, INET6_ADDRSTRLEN))
            *out = '\0';
    }
}

static void read_addresses(struct node_facts *out)
{
    char v4[INET6_ADDRSTRLEN] = "", v6[INET6_ADDRSTRLEN] = "";
    struct ifaddrs *list;
    if (getifaddrs(&list) == 0) {
        first_of(list, AF_INET, v4);
        first_of(list, AF_INET6, v6);
        freeifaddrs(list);
    }
    if (!*v4 && !*v6)
        strcpy(v4, "127.0.0.1");
    snprintf(out->ip, sizeof out->ip, "%s", *v4 ? v4 : v6);
    snprintf(out->ips, sizeof out->ips, "%s%s%s", v4, *v4 && *v6 ? "," : "", v6);
}

/* ---- amounts ---- */

static const char *value_of(char *const env[], const char *name)
{
    size_t n = strlen(name);
    for (char *const *p = env; p && *p; p++)
        if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
            return *p + n + 1;
    return "";
}

/* 0 for what is not a positive number. */
static int64_t number_of(char *const env[], const char *name)
{
    int64_t n = 0;
    for (const char *p = value_of(env, name); *p; p++)
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, *p - '0', &n))
            return 0;
    return n;
}

static int64_t product(int64_t a, int64_t b)
{
    int64_t n;
    return __builtin_mul_overflow(a, b, &n) ? INT64_MAX : n;
}

static int64_t memory_of(char *const env[], int64_t cpus)
{
    int64_t mib = number_of(env, "SLURM_MEM_PER_NODE");
    mib = mib ? mib : product(number_of(env, "SLURM_MEM_PER_CPU"), cpus);
    return mib ? product(mib, MIB) : product(sysconf(_SC_PHYS_PAGES), sysconf(_SC_PAGESIZE));
}

static int64_t storage_of(char *const env[])
{
    struct statvfs st;
    const char *dir = value_of(env, "TMPDIR");
    if (statvfs(*dir ? dir : "/tmp", &st) < 0)
        return 0;
    return product((int64_t)st.f_bavail, (int64_t)st.f_frsize);
}

void node_facts_read(struct node_facts *out, char *const env[])
{
    int64_t cpus = number_of(env, "SLURM_CPUS_ON_NODE");
    *out = (struct node_facts){0};
    read_addresses(out);
    cpus = cpus ? cpus : sysconf(_SC_NPROCESSORS_ONLN);
    out->allocation = (struct pod_allocation){cpus, memory_of(env, cpus), storage_of(env)};
}
