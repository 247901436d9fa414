/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "node_facts.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include "runtime.h"

#define MIB ((int64_t)1 << 20)

static const char *value_of(char *const env[], const char *name)
{
    const char *value = env ? runtime_getenv(env, name) : NULL;
    return value ? value : "";
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
    cpus = cpus ? cpus : sysconf(_SC_NPROCESSORS_ONLN);
    out->allocation = (struct pod_allocation){cpus, memory_of(env, cpus), storage_of(env)};
}
