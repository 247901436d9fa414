/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sbatch_options.h"

#include <slurm/slurm.h>
#include <string.h>

#define NO      SBATCH_VALUE_NONE
#define VALUE   SBATCH_VALUE_NEEDED
#define MAYBE   SBATCH_VALUE_POSSIBLE
#define V(a, b) SLURM_VERSION_NUM(a, b, 0)

static const struct sbatch_option table[] = {
    /* clang-format off */
    {"account", 'A', VALUE, false, 0, 0},
    {"acctg-freq", 0, VALUE, false, 0, 0},
    {"active-deadline", 0, VALUE, false, 0, 0},
    {"array", 'a', VALUE, false, 0, 0},
    {"autocomplete", 0, VALUE, true, V(23, 2), 0},
    {"backoff-limit", 0, VALUE, false, 0, 0},
    {"backoff-limit-per-index", 0, VALUE, false, 0, 0},
    {"batch", 0, VALUE, false, 0, 0},
    {"bb", 0, VALUE, false, 0, 0},
    {"bbf", 0, VALUE, false, 0, 0},
    {"begin", 'b', VALUE, false, 0, 0},
    {"chdir", 'D', VALUE, false, 0, 0},
    {"cluster", 0, VALUE, false, 0, 0},
    {"cluster-constraint", 0, VALUE, false, 0, 0},
    {"clusters", 'M', VALUE, false, 0, 0},
    {"comment", 0, VALUE, false, 0, 0},
    {"completion-index", 0, NO, false, 0, 0},
    {"consolidate-segments", 0, NO, false, V(25, 11), 0},
    {"constraint", 'C', VALUE, false, 0, 0},
    {"container", 0, VALUE, false, 0, 0},
    {"container-id", 0, VALUE, false, V(23, 2), 0},
    {"container-type", 0, VALUE, false, V(26, 5), 0},
    {"context", 0, VALUE, false, 0, 0},
    {"contiguous", 0, NO, false, 0, 0},
    {"core-spec", 'S', VALUE, false, 0, 0},
    {"cores-per-socket", 0, VALUE, false, 0, 0},
    {"cpu-freq", 0, VALUE, false, 0, 0},
    {"cpus-per-gpu", 0, VALUE, false, 0, 0},
    {"cpus-per-task", 'c', VALUE, false, 0, 0},
    {"deadline", 0, VALUE, false, 0, 0},
    {"delay-boot", 0, VALUE, false, 0, 0},
    {"dependency", 'd', VALUE, false, 0, 0},
    {"distribution", 'm', VALUE, false, 0, 0},
    {"error", 'e', VALUE, false, 0, 0},
    {"exclude", 'x', VALUE, false, 0, 0},
    {"exclusive", 0, MAYBE, false, 0, 0},
    {"export", 0, VALUE, false, 0, 0},
    {"export-file", 0, VALUE, false, 0, V(23, 11)},
    {"export-file", 0, VALUE, false, V(24, 5), 0},
    {"external", 0, NO, true, V(25, 5), 0},
    {"extra", 0, VALUE, false, V(23, 2), 0},
    {"extra-node-info", 'B', VALUE, false, 0, 0},
    {"get-user-env", 0, MAYBE, false, 0, V(25, 5)},
    {"get-user-env", 0, NO, false, V(25, 5), 0},
    {"gid", 0, VALUE, false, 0, 0},
    {"gpu-bind", 0, VALUE, false, 0, 0},
    {"gpu-freq", 0, VALUE, false, 0, 0},
    {"gpus", 'G', VALUE, false, 0, 0},
    {"gpus-per-node", 0, VALUE, false, 0, 0},
    {"gpus-per-socket", 0, VALUE, false, 0, 0},
    {"gpus-per-task", 0, VALUE, false, 0, 0},
    {"gres", 0, VALUE, false, 0, 0},
    {"gres-flags", 0, VALUE, false, 0, 0},
    {"help", 'h', NO, true, 0, 0},
    {"hint", 0, VALUE, false, 0, 0},
    {"hold", 'H', NO, false, 0, 0},
    {"ignore-pbs", 0, NO, false, 0, 0},
    {"input", 'i', VALUE, false, 0, 0},
    {"job-name", 'J', VALUE, false, 0, 0},
    {"kill-on-invalid-dep", 0, VALUE, false, 0, 0},
    {"licenses", 'L', VALUE, false, 0, 0},
    {"mail-type", 0, VALUE, false, 0, 0},
    {"mail-user", 0, VALUE, false, 0, 0},
    {"max-failed-indexes", 0, VALUE, false, 0, 0},
    {"mcs-label", 0, VALUE, false, 0, 0},
    {"mem", 0, VALUE, false, 0, 0},
    {"mem-bind", 0, VALUE, false, 0, 0},
    {"mem-per-cpu", 0, VALUE, false, 0, 0},
    {"mem-per-gpu", 0, VALUE, false, 0, 0},
    {"mem-update", 0, VALUE, false, V(26, 5), 0},
    {"mincpus", 0, VALUE, false, 0, 0},
    {"network", 0, VALUE, false, 0, 0},
    {"nice", 0, MAYBE, false, 0, 0},
    {"no-kill", 'k', MAYBE, false, 0, 0},
    {"no-requeue", 0, NO, false, 0, 0},
    {"nodefile", 'F', VALUE, false, 0, 0},
    {"nodelist", 'w', VALUE, false, 0, 0},
    {"nodes", 'N', VALUE, false, 0, 0},
    {"ntasks", 'n', VALUE, false, 0, 0},
    {"ntasks-per-core", 0, VALUE, false, 0, 0},
    {"ntasks-per-gpu", 0, VALUE, false, 0, 0},
    {"ntasks-per-node", 0, VALUE, false, 0, 0},
    {"ntasks-per-socket", 0, VALUE, false, 0, 0},
    {"ntasks-per-tres", 0, VALUE, false, 0, 0},
    {"oom-kill-step", 0, MAYBE, false, V(24, 11), 0},
    {"open-mode", 0, VALUE, false, 0, 0},
    {"output", 'o', VALUE, false, 0, 0},
    {"overcommit", 'O', NO, false, 0, 0},
    {"oversubscribe", 's', NO, false, 0, 0},
    {"parsable", 0, NO, false, 0, 0},
    {"partition", 'p', VALUE, false, 0, 0},
    {"pod-failure-policy", 0, VALUE, false, 0, 0},
    {"power", 0, VALUE, false, 0, V(24, 5)},
    {"prefer", 0, VALUE, false, 0, 0},
    {"priority", 0, VALUE, false, 0, 0},
    {"profile", 0, VALUE, false, 0, 0},
    {"propagate", 0, MAYBE, false, 0, 0},
    {"qos", 'q', VALUE, false, 0, 0},
    {"quiet", 'Q', NO, false, 0, 0},
    {"reboot", 0, NO, false, 0, 0},
    {"requeue", 0, NO, false, 0, V(25, 11)},
    {"requeue", 0, MAYBE, false, V(25, 11), 0},
    {"reservation", 0, VALUE, false, 0, 0},
    {"resources", 0, VALUE, false, V(25, 11), 0},
    {"resv-ports", 0, MAYBE, false, V(24, 5), 0},
    {"segment", 0, VALUE, false, V(24, 5), 0},
    {"signal", 0, VALUE, false, 0, 0},
    {"sockets-per-node", 0, VALUE, false, 0, 0},
    {"spread-job", 0, NO, false, 0, 0},
    {"spread-segments", 0, NO, false, V(25, 11), 0},
    {"stepmgr", 0, NO, false, V(24, 5), 0},
    {"success-policy", 0, VALUE, false, 0, 0},
    {"switches", 0, VALUE, false, 0, 0},
    {"tasks-per-node", 0, VALUE, false, 0, 0},
    {"test-only", 0, NO, false, 0, 0},
    {"thread-spec", 0, VALUE, false, 0, 0},
    {"threads-per-core", 0, VALUE, false, 0, 0},
    {"time", 't', VALUE, false, 0, 0},
    {"time-min", 0, VALUE, false, 0, 0},
    {"tmp", 0, VALUE, false, 0, 0},
    {"tres-bind", 0, VALUE, false, V(23, 11), 0},
    {"tres-per-task", 0, VALUE, false, V(23, 2), 0},
    {"uid", 0, VALUE, false, 0, 0},
    {"usage", 0, NO, true, 0, 0},
    {"use-min-nodes", 0, NO, false, 0, 0},
    {"verbose", 'v', NO, false, 0, 0},
    {"version", 'V', NO, true, 0, 0},
    {"wait", 'W', NO, false, 0, 0},
    {"wait-all-nodes", 0, VALUE, false, 0, 0},
    {"wckey", 0, VALUE, false, 0, 0},
    {"wrap", 0, VALUE, true, 0, 0},
    /* clang-format on */
};

#define N (sizeof table / sizeof *table)

static bool is_in(const struct sbatch_option *o, uint32_t version)
{
    return version >= o->since && (!o->until || version < o->until);
}

const struct sbatch_option *sbatch_option_long(const char *name, size_t len, uint32_t version)
{
    const struct sbatch_option *found = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < N; i++) {
        if (!is_in(&table[i], version) || strncmp(table[i].name, name, len) != 0)
            continue;
        if (!table[i].name[len])
            return &table[i];
        found = &table[i];
        matches++;
    }
    return matches == 1 ? found : NULL;
}

const struct sbatch_option *sbatch_option_letter(char letter, uint32_t version)
{
    for (size_t i = 0; letter && i < N; i++)
        if (table[i].letter == letter && is_in(&table[i], version))
            return &table[i];
    return NULL;
}
