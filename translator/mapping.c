/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapping.h"

#include <string.h>

#define LATER      FATE_IGNORED
#define RETRIED    "a failed pod is retried by requeueing its array task, after a back-off"
#define ENDS_JOB   "ends the Job: its other tasks are cancelled"
#define NOT_YET    "not enforced yet"
#define NO_RETRY   "failed pods are not retried yet"
#define NO_CLUSTER "has no meaning without a Kubernetes cluster"
#define USER       "the pod runs as the user who submits it, with that user's rights"
#define HOST_NET   "pods share the node's network"
#define ONE_HOST   "runs on the host, by the site's choice: images are not used"
#define MANY       "one container per pod is supported so far"
#define NO_VOLUMES "volumes are not supported yet"
#define NO_SOURCES "environment from other objects is not supported yet"
#define NO_PROBES  "probes are not run yet"
#define SCHEDULING "Slurm schedules the pod"
#define NO_ENTRY   "no entry of skjob.conf maps it"
#define NO_CLAIMS  "no counterpart in Slurm: use resources"
#define KEPT       "kept with the Job"
#define GENERATED  "set by skjob when the Job is created"

#define C  "spec.template.spec.containers"
#define P  "spec.template.spec"
#define FH FATE_HONOURED
#define FA FATE_APPROXIMATED
#define FI FATE_IGNORED
#define FR FATE_REFUSED

/* clang-format off */
const struct mapping_row mapping[] = {
    {"apiVersion",                     FH, "batch/v1", NULL, NULL},
    {"kind",                           FH, "a Slurm job array", NULL, NULL},
    {"metadata.name",                  FH, "--job-name", map_job_name, NULL},
    {"metadata.generateName",          FH, "five characters are added", NULL, NULL},
    {"metadata.namespace",             FH, "a folder of the state; no isolation", NULL, NULL},
    {"metadata.labels",                FH, KEPT, NULL, NULL},
    {"metadata",                       FI, GENERATED, NULL, NULL},
    {"status",                         FI, GENERATED, NULL, NULL},

    {"spec.completions",               FH, "--array: index = array task", map_array, NULL},
    {"spec.parallelism",               FH, "the throttle of --array", NULL, NULL},
    {"spec.completionMode",            FH, "Indexed: JOB_COMPLETION_INDEX is the array index", NULL, NULL},
    {"spec.suspend",                   FH, "--hold", map_hold, NULL},
    {"spec.activeDeadlineSeconds",     FH, "counted from the first pod's start; running pods are ended, waiting ones do not start", NULL, NULL},
    {"spec.backoffLimit",              FH, RETRIED, NULL, NULL},
    {"spec.backoffLimitPerIndex",      FH, RETRIED, NULL, NULL},
    {"spec.maxFailedIndexes",          FH, ENDS_JOB, NULL, NULL},
    {"spec.podFailurePolicy",          FH, "each failed pod is judged by it", NULL, NULL},
    {"spec.successPolicy",             FH, ENDS_JOB, NULL, NULL},
    {"spec.podReplacementPolicy",      FA, "a replacement never overlaps the pod it replaces", NULL, NULL},
    {"spec.ttlSecondsAfterFinished",   LATER, NOT_YET, NULL, NULL},
    {"spec.selector",                  FI, "a Job's pods are its array tasks", NULL, NULL},
    {"spec.manualSelector",            FI, "a Job's pods are its array tasks", NULL, NULL},
    {"spec.managedBy",                 FR, "skjob manages every Job itself", NULL, NULL},

    {"spec.template.metadata.annotations", FH, KEPT, NULL, annotation_verdict},
    {"spec.template.metadata",         FH, KEPT, NULL, NULL},
    {P ".activeDeadlineSeconds",       FH, "--time, rounded up to minutes; the pod runner ends it to the second", map_time_limit, NULL},
    {P ".restartPolicy",               FH, RETRIED, map_restart_policy, NULL},
    {P ".terminationGracePeriodSeconds", FH, "TERM, then KILL by the pod runner", NULL, NULL},
    {P ".resources",                   FH, "--cpus-per-task, --mem, --gres, --tmp", map_resources, NULL},
    {P ".resources.requests",          FH, "asked from Slurm", NULL, request_verdict},
    {P ".resources.limits",            FA, "asked from Slurm", NULL, limit_verdict},
    {P ".resources.claims",            FR, NO_CLAIMS, NULL, NULL},
    {P ".nodeName",                    FH, "--nodelist", map_node_name, NULL},
    {P ".nodeSelector",                FI, NO_ENTRY, map_node_selector, node_selector_verdict},
    {P ".affinity",                    FI, SCHEDULING, map_affinity, NULL},
    {P ".tolerations",                 FI, NO_ENTRY, map_tolerations, NULL},
    {P ".topologySpreadConstraints",   FI, SCHEDULING, NULL, NULL},
    {P ".schedulerName",               FI, SCHEDULING, map_scheduler_name, NULL},
    {P ".schedulingGates",             FR, "a gated pod would wait for ever: use suspend", NULL, NULL},
    {P ".schedulingGroup",             FI, SCHEDULING, NULL, NULL},
    {P ".priorityClassName",           FI, NO_ENTRY, map_priority_class, NULL},
    {P ".priority",                    FI, "a number of a cluster: use priorityClassName", NULL, NULL},
    {P ".preemptionPolicy",            FI, SCHEDULING, NULL, NULL},
    {P ".runtimeClassName",            FI, NO_ENTRY, map_runtime_class, NULL},
    {P ".overhead",                    FI, ONE_HOST, NULL, NULL},
    {P ".resourceClaims",              FR, NO_CLAIMS, NULL, NULL},
    {P ".hostNetwork",                 FA, HOST_NET, NULL, NULL},
    {P ".hostPID",                     FA, "pods share the node's processes", NULL, NULL},
    {P ".hostIPC",                     FA, "pods share the node's IPC", NULL, NULL},
    {P ".hostUsers",                   FI, USER, NULL, NULL},
    {P ".shareProcessNamespace",       FA, "pods share the node's processes", NULL, NULL},
    {P ".hostname",                    FI, "the pod sees the node's name so far", NULL, NULL},
    {P ".hostnameOverride",            FI, "the pod sees the node's name so far", NULL, NULL},
    {P ".subdomain",                   FI, "pods have no names of their own so far", NULL, NULL},
    {P ".setHostnameAsFQDN",           FI, "the pod sees the node's name so far", NULL, NULL},
    {P ".hostAliases",                 FI, "the node's /etc/hosts is used so far", NULL, NULL},
    {P ".dnsPolicy",                   FI, HOST_NET, NULL, NULL},
    {P ".dnsConfig",                   FI, HOST_NET, NULL, NULL},
    {P ".serviceAccountName",          FI, NO_CLUSTER, NULL, NULL},
    {P ".serviceAccount",              FI, NO_CLUSTER, NULL, NULL},
    {P ".automountServiceAccountToken", FI, NO_CLUSTER, NULL, NULL},
    {P ".enableServiceLinks",          FI, NO_CLUSTER, NULL, NULL},
    {P ".imagePullSecrets",            FI, ONE_HOST, NULL, NULL},
    {P ".readinessGates",              FI, NO_CLUSTER, NULL, NULL},
    {P ".os",                          FI, "Slurm's nodes run Linux", NULL, NULL},
    {P ".securityContext",             FI, USER, NULL, NULL},
    {P ".volumes",                     FR, NO_VOLUMES, NULL, NULL},
    {P ".initContainers",              FR, "init containers are not supported yet", NULL, NULL},
    {P ".ephemeralContainers",         FR, "not allowed in a pod template", NULL, NULL},

    {C,                                FH, "an array task each", map_containers, NULL},
    {C ".name",                        FH, "names the log", NULL, NULL},
    {C ".image",                       FA, ONE_HOST, map_image, NULL},
    {C ".imagePullPolicy",             FI, ONE_HOST, map_image, NULL},
    {C ".command",                     FH, "run by the pod runner", NULL, NULL},
    {C ".args",                        FH, "run by the pod runner", NULL, NULL},
    {C ".workingDir",                  FH, "set by the pod runner", NULL, NULL},
    {C ".env.name",                    FH, "set by the pod runner", NULL, NULL},
    {C ".env.value",                   FH, "set by the pod runner", NULL, NULL},
    {C ".env.valueFrom",               FR, NO_SOURCES, NULL, NULL},
    {C ".envFrom",                     FR, NO_SOURCES, NULL, NULL},
    {C ".resources",                   FH, "asked from Slurm", map_mapped_resources, NULL},
    {C ".resources.requests",          FH, "asked from Slurm", NULL, request_verdict},
    {C ".resources.limits",            FA, "asked from Slurm", NULL, limit_verdict},
    {C ".resources.claims",            FR, NO_CLAIMS, NULL, NULL},
    {C ".resizePolicy",                FI, SCHEDULING, NULL, NULL},
    {C ".restartPolicy",               FR, NO_RETRY, NULL, NULL},
    {C ".restartPolicyRules",          FR, NO_RETRY, NULL, NULL},
    {C ".volumeMounts",                FR, NO_VOLUMES, NULL, NULL},
    {C ".volumeDevices",               FR, NO_VOLUMES, NULL, NULL},
    {C ".lifecycle",                   FR, "hooks are not run yet", NULL, NULL},
    {C ".livenessProbe",               FI, NO_PROBES, NULL, NULL},
    {C ".readinessProbe",              FI, NO_PROBES, NULL, NULL},
    {C ".startupProbe",                FI, NO_PROBES, NULL, NULL},
    {C ".terminationMessagePath",      FI, "termination messages are not read yet", NULL, NULL},
    {C ".terminationMessagePolicy",    FI, "termination messages are not read yet", NULL, NULL},
    {C ".securityContext",             FI, USER, NULL, NULL},
    {C ".ports",                       FI, HOST_NET, NULL, NULL},
    {C ".stdin",                       FI, "standard input is /dev/null", NULL, NULL},
    {C ".stdinOnce",                   FI, "standard input is /dev/null", NULL, NULL},
    {C ".tty",                         FI, "standard output is a file", NULL, NULL},

    /* The last one: what is asked for by name prevails. */
    {"metadata.annotations",           FH, KEPT, map_annotations, annotation_verdict},
};
/* clang-format on */

const size_t mapping_len = sizeof mapping / sizeof *mapping;

long mapping_find(const char *path)
{
    for (size_t i = 0; i < mapping_len; i++)
        if (strcmp(mapping[i].path, path) == 0)
            return (long)i;
    return -1;
}

bool mapping_is_deeper(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < mapping_len; i++)
        if (strncmp(mapping[i].path, path, n) == 0 && mapping[i].path[n] == '.')
            return true;
    return false;
}
