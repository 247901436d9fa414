/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "printable.h"

/* %s: the node that was named, or NODE. */
static const struct {
    const char *verb;
    const char *instead;
} foreign[] = {
    {"drain", "nodes are Slurm's: scontrol update NodeName=%s State=DRAIN Reason=..., and scontrol "
              "requeue for the Jobs' tasks that run there (squeue -w %s)"},
    {"cordon", "nodes are Slurm's: scontrol update NodeName=%s State=DRAIN Reason=..."},
    {"uncordon", "nodes are Slurm's: scontrol update NodeName=%s State=RESUME"},
    {"taint", "nodes are Slurm's: scontrol update NodeName=%s State=DRAIN Reason=..., or a "
              "reservation (scontrol create reservation)"},
    {"exec",
     "no daemon lets others into a pod: srun --jobid=ID --overlap COMMAND runs beside it on "
     "its node (the id: skjob get pods -o wide)"},
    {"attach", "no daemon lets others into a pod: skjob logs -f follows its output"},
    {"debug",
     "no daemon lets others into a pod: srun --jobid=ID --overlap --pty bash is a shell on "
     "its node (the id: skjob get pods -o wide)"},
    {"cp", "pods see the file systems of their node: cp, or sbcast inside of the Job"},
    {"port-forward", "pods have their node's network: ssh -L 8080:NODE:PORT (the node: skjob get "
                     "pods -o wide)"},
    {"proxy", "there is no API server: skjob get ... -o json reads what it would serve"},
    {"expose", "a Service is a name for a Job's pods, and is made from a file: skjob create -f"},
    {"autoscale", "skjob scale NAME --parallelism=N sets how many pods run at once"},
    {"rollout", "there are no Deployments: skjob suspend, resume and retry manage Jobs"},
    {"set", "skjob patch, edit and apply change what may change of a Job"},
    {"auth", "rights are those of files and of Slurm: sacctmgr show user, scontrol show config"},
    {"config", "there are no contexts: SLURM_CONF chooses the cluster, -n the namespace"},
    {"cluster-info", "the cluster is Slurm's: sinfo, scontrol ping, skjob get nodes"},
    {"api-resources",
     "skjob get takes jobs, pods, events, configmaps, secrets, services, nodes and "
     "cronjobs; skjob explain tells of their fields"},
    {"api-versions", "Jobs and CronJobs are batch/v1, all else is v1"},
};

/* "nodes/node1", "node/node1", "node node1", "node1"; options aside. */
static const char *node_of(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *slash = strchr(argv[i], '/');
        bool is_kind = strcmp(argv[i], "node") == 0 || strcmp(argv[i], "nodes") == 0;
        if (argv[i][0] != '-' && !is_kind)
            return slash ? slash + 1 : argv[i];
    }
    return "NODE";
}

static void print_instead(const char *text, const char *node)
{
    for (const char *p; (p = strstr(text, "%s")); text = p + 2)
        fprintf(stderr, "%.*s%s", (int)(p - text), text, node);
    fprintf(stderr, "%s\n", text);
}

bool foreign_refuse(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (strcmp(foreign[i].verb, argv[0]) != 0)
            continue;
        cleanup_free char *node = printable_copy(node_of(argc, argv));
        fprintf(stderr, "error: %s: ", foreign[i].verb);
        print_instead(foreign[i].instead, node ? node : "NODE");
        return true;
    }
    return false;
}
