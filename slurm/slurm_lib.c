/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_lib.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster_name.h"

/* The library that belongs to the headers at hand: libslurm.so.38 is 22.05's. */
#ifndef LIBSLURM
#define LIBSLURM "libslurm.so"
#endif

static int resolve(void *lib, const char *name, void **address, struct error *err)
{
    *address = dlsym(lib, name);
    return *address ? 0
                    : error_set(err, "%s lacks %s: it is not the Slurm that skjob was built for",
                                LIBSLURM, name);
}

/* Whether there is a slurm.conf where libslurm looks for it first: without one, asking slurmctld
 * may end the process. */
static bool is_configured(void)
{
    const char *conf = getenv("SLURM_CONF");
    if (conf && *conf)
        return access(conf, R_OK) == 0;
    return access("/etc/slurm/slurm.conf", R_OK) == 0 ||
           access("/run/slurm/conf/slurm.conf", R_OK) == 0;
}

/* libslurm keeps its state in globals of its own and is loaded once for the process. Its plugins
 * look up its symbols: hence RTLD_GLOBAL. */
static void *library(struct error *err)
{
    static void *lib;
    void (*init)(const char *conf);
    void *address;
    char cluster[CLUSTER_NAME_MAX + 1];
    if (lib)
        return lib;
    void *opened = dlopen(LIBSLURM, RTLD_NOW | RTLD_GLOBAL);
    if (!opened)
        error_set(err, "Slurm is not installed here: %s", dlerror());
    if (!opened || resolve(opened, "slurm_init", &address, err) < 0)
        return NULL;
    memcpy(&init, &address, sizeof init);
    if (!is_configured() && cluster_name_ask(cluster) < 0) {
        error_set(err, "Slurm has no configuration here (SLURM_CONF, /etc/slurm/slurm.conf)");
        return NULL;
    }
    /* Before the first job is loaded: else the list of an array's pending tasks is cut short. */
    setenv("SLURM_BITSTR_LEN", "0", 0);
    init(NULL);
    lib = opened;
    return lib;
}

int slurm_lib_load(const struct slurm_symbol *symbols, size_t n, void *calls, struct error *err)
{
    void *lib = library(err);
    for (size_t i = 0; lib && i < n; i++) {
        void *address;
        if (resolve(lib, symbols[i].name, &address, err) < 0)
            return -1;
        memcpy((char *)calls + symbols[i].offset, &address, sizeof address);
    }
    return lib ? 0 : -1;
}
