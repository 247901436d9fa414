/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foreign.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "printable.h"

/* ---- verbs ---- */

/* %s: the node that was named, or NODE. */
static const struct {
    const char *verb;
    const char *instead;
} verbs[] = {
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
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].verb, argv[0]) != 0)
            continue;
        cleanup_free char *node = printable_copy(node_of(argc, argv));
        fprintf(stderr, "error: %s: ", verbs[i].verb);
        print_instead(verbs[i].instead, node ? node : "NODE");
        return true;
    }
    return false;
}

/* ---- options ---- */

#define NO_SERVER                                                                                  \
    "there is no API server; the cluster is that of slurm.conf, and SLURM_CONF names another one"
#define NO_LOGIN   "there is no login; Slurm knows you by your user's name"
#define NO_MANAGER "one user owns an object, so no field has a manager"
#define NO_TTY     "a pod on Slurm has no terminal; srun --pty starts an interactive job"

static const struct {
    const char *names; /* of options, each between blanks */
    const char *why;
} options[] = {
    {" context cluster kubeconfig kuberc server s certificate-authority insecure-skip-tls-verify "
     "tls-server-name disable-compression match-server-version cache-dir ",
     NO_SERVER},
    {" insecure-skip-tls-verify-backend raw server-print use-openapi-print-columns openapi-patch ",
     NO_SERVER},
    {" user username password token as as-group as-uid as-user-extra client-certificate "
     "client-key ",
     NO_LOGIN},
    {" request-timeout ",
     "what only looks waits 5 s for slurmctld, what changes something as long as "
     "slurm.conf's MessageTimeout says"},
    {" chunk-size ", "objects are files of your own, and are read one after another"},
    {" field-manager force-conflicts show-managed-fields ", NO_MANAGER},
    {" server-side ",
     "apply merges what is there, what was applied and what the file says, itself"},
    {" kustomize k ", "build first: kustomize build DIR | skjob create -f -"},
    {" save-config ", "skjob apply keeps what was applied"},
    {" prune prune-allowlist applyset ", "skjob delete -l SELECTOR removes what is not wanted"},
    {" force ", "skjob delete -f FILE, then skjob create -f FILE, is what it does"},
    {" recursive R ", "-f takes the files of a folder; name the folders in it as well"},
    {" record ", "it is gone from Kubernetes, too; skjob annotate keeps a note"},
    {" template ", "go-templates are not there; -o jsonpath= and -o custom-columns= are"},
    {" tty t attach leave-stdin-open ", NO_TTY},
    {" expose port ", "pods have the ports of their node; a Service is made from a file: skjob "
                      "create -f"},
    {" overrides override-type ", "write the manifest: --dry-run=client -o yaml prints it"},
    {" pod-running-timeout ", "logs -f waits until a pod has begun, and ends with the Job"},
    {" profile profile-output log-flush-frequency vmodule ", "-v=6 shows what slurmctld is asked"},
};

const char *foreign_option_why(const char *word)
{
    char name[64] = " ";
    const char *p = word + strspn(word, "-");
    size_t n = word[1] == '-' ? strcspn(p, "=") : 1;
    if (!*p || n + 3 > sizeof name)
        return NULL;
    memcpy(name + 1, p, n);
    name[n + 1] = ' ';
    name[n + 2] = '\0';
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strstr(options[i].names, name))
            return options[i].why;
    return NULL;
}
