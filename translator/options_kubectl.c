/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options_kubectl.h"

#include <stddef.h>
#include <string.h>

#define NO_SERVER                                                                                  \
    "there is no API server; the cluster is that of slurm.conf, and SLURM_CONF names another one"
#define NO_LOGIN   "there is no login; Slurm knows you by your user's name"
#define NO_MANAGER "one user owns an object, so no field has a manager"
#define NO_TTY     "a pod on Slurm has no terminal; srun --pty starts an interactive job"

static const struct {
    const char *names; /* of options, each between blanks */
    const char *why;
} rows[] = {
    {" context cluster kubeconfig kuberc server s certificate-authority insecure-skip-tls-verify "
     "tls-server-name disable-compression match-server-version cache-dir ",
     NO_SERVER},
    {" insecure-skip-tls-verify-backend raw server-print use-openapi-print-columns openapi-patch ",
     NO_SERVER},
    {" user username password token as as-group as-uid as-user-extra client-certificate "
     "client-key ",
     NO_LOGIN},
    {" request-timeout ", "how long slurmctld is waited for is slurm.conf's MessageTimeout"},
    {" chunk-size ", "objects are files of your own: they are all read at once"},
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
    {" expose port ", "Slurm has no Services; pods of a Job find each other by name"},
    {" overrides override-type ", "write the manifest: --dry-run=client -o yaml prints it"},
    {" pod-running-timeout ", "logs -f waits until a pod has begun, and ends with the Job"},
    {" profile profile-output log-flush-frequency vmodule ", "-v=6 shows what slurmctld is asked"},
};

const char *options_kubectl_why(const char *word)
{
    char name[64] = " ";
    const char *p = word + strspn(word, "-");
    size_t n = word[1] == '-' ? strcspn(p, "=") : 1;
    if (!*p || n + 3 > sizeof name)
        return NULL;
    memcpy(name + 1, p, n);
    name[n + 1] = ' ';
    name[n + 2] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(rows[i].names, name))
            return rows[i].why;
    return NULL;
}
