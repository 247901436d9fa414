/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapping.h"

#include <string.h>

#define RETRIED    "a failed pod is retried by requeueing its array task, after a back-off"
#define ENDS_JOB   "ends the Job: its other tasks are cancelled"
#define NO_CLUSTER "has no meaning without a Kubernetes cluster"
#define USER       "the pod runs as the user who submits it, with that user's rights"
#define HOST_NET   "pods share the node's network"
#define NODE_DNS   "the node's name servers are asked"
#define ONE_HOST   "runs on the host, by the site's choice: images are not used"
#define NO_VOLUME                                                                                  \
    "this kind of volume is not supported: use hostPath, nfs or a claim that the site maps"
#define WRITTEN   "files, written when the pod starts; not updated while it runs"
#define IN_MEMORY "files in memory, written when the pod starts; not updated while it runs"
#define MAPPED                                                                                     \
    "the folder of the nodes that the site's skjob.conf maps it to; without an entry the pod "     \
    "fails"
#define SOURCES    "read at each start; a pod waits for an object that is missing"
#define PROBED     "run by the pod runner; httpGet needs curl on the nodes"
#define IN_PLACE   "the pod runner restarts the container in its task"
#define MESSAGE    "read when the container ends, and kept with its log"
#define SCHEDULING "Slurm schedules the pod"
#define NO_ENTRY   "no entry of skjob.conf maps it"
#define NO_CLAIMS  "no counterpart in Slurm: use resources"
#define KEPT       "kept with the Job"
#define GENERATED  "set by skjob when the Job is created"

#define C                "spec.template.spec.containers"
#define I                "spec.template.spec.initContainers"
#define P                "spec.template.spec"
#define MAPPING_PATH_MAX 512

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
    {"metadata.ownerReferences",       FA, "goes with a CronJob that owns it; other owners mean nothing here", NULL, NULL},
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
    {"spec.ttlSecondsAfterFinished",   FA, "removed by the next skjob command that reads the Job, or by skjob gc", NULL, NULL},
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
    {P ".overhead",                    FI, "no sandbox costs anything besides the containers", NULL, NULL},
    {P ".resourceClaims",              FR, NO_CLAIMS, NULL, NULL},
    {P ".hostNetwork",                 FH, "pods share the node's network, and then its host name", NULL, NULL},
    {P ".hostPID",                     FA, "pods share the node's processes", NULL, NULL},
    {P ".hostIPC",                     FA, "pods share the node's IPC", NULL, NULL},
    {P ".hostUsers",                   FI, USER, NULL, NULL},
    {P ".shareProcessNamespace",       FA, "pods share the node's processes", NULL, NULL},
    {P ".hostname",                    FH, "the pod's own, in a UTS namespace; pods of an Indexed Job are called <job>-<index>", NULL, NULL},
    {P ".hostnameOverride",            FH, "the pod's own, in a UTS namespace", NULL, NULL},
    {P ".subdomain",                   FA, "the Job's pods find each other by the pod's own /etc/hosts; nobody else finds them", NULL, NULL},
    {P ".setHostnameAsFQDN",           FH, "the pod's own, in a UTS namespace", NULL, NULL},
    {P ".hostAliases",                 FH, "in the pod's own /etc/hosts", NULL, NULL},
    {P ".dnsPolicy",                   FI, NODE_DNS, NULL, NULL},
    {P ".dnsConfig",                   FI, NODE_DNS, NULL, NULL},
    {P ".serviceAccountName",          FI, NO_CLUSTER, NULL, NULL},
    {P ".serviceAccount",              FI, NO_CLUSTER, NULL, NULL},
    {P ".automountServiceAccountToken", FI, NO_CLUSTER, NULL, NULL},
    {P ".enableServiceLinks",          FI, NO_CLUSTER, NULL, NULL},
    {P ".imagePullSecrets",            FI, "the runtime pulls with the logins that the user has on the nodes", NULL, NULL},
    {P ".readinessGates",              FI, NO_CLUSTER, NULL, NULL},
    {P ".os",                          FI, "Slurm's nodes run Linux", NULL, NULL},
    {P ".securityContext",             FI, USER, NULL, NULL},
    {P ".volumes",                     FR, NO_VOLUME, NULL, NULL},
    {P ".volumes.name",                FH, "names its folder", NULL, NULL},
    {P ".volumes.emptyDir",            FH, "a folder of the pod on its node", NULL, NULL},
    {P ".volumes.emptyDir.medium",     FA, "a folder in /dev/shm, which counts as the job's memory", map_medium, NULL},
    {P ".volumes.emptyDir.sizeLimit",  FH, "watched: a pod that exceeds it is evicted", NULL, NULL},
    {P ".volumes.hostPath",            FH, "the node's own, with the rights of the user", NULL, NULL},
    {P ".volumes.configMap",           FA, WRITTEN, NULL, NULL},
    {P ".volumes.secret",              FA, IN_MEMORY, NULL, NULL},
    {P ".volumes.downwardAPI",         FA, WRITTEN, NULL, NULL},
    {P ".volumes.projected",           FA, IN_MEMORY, NULL, NULL},
    {P ".volumes.projected.sources.serviceAccountToken", FR, NO_CLUSTER, NULL, NULL},
    {P ".volumes.projected.sources.clusterTrustBundle", FR, NO_CLUSTER, NULL, NULL},
    {P ".volumes.projected.sources.podCertificate", FR, NO_CLUSTER, NULL, NULL},
    {P ".volumes.nfs",                 FA, MAPPED, NULL, NULL},
    {P ".volumes.persistentVolumeClaim", FA, MAPPED, NULL, NULL},
    {P ".initContainers",              FH, "run before the other containers, one after the other; sidecars run on", NULL, NULL},
    {P ".ephemeralContainers",         FR, "not allowed in a pod template", NULL, NULL},

    {C,                                FH, "an array task each", NULL, NULL},
    {C ".name",                        FH, "names the log", NULL, NULL},
    {C ".image",                       FA, ONE_HOST, map_image, NULL},
    {C ".imagePullPolicy",             FI, ONE_HOST, map_image, NULL},
    {C ".command",                     FH, "run by the pod runner", NULL, NULL},
    {C ".args",                        FH, "run by the pod runner", NULL, NULL},
    {C ".workingDir",                  FH, "set by the pod runner", NULL, NULL},
    {C ".env.name",                    FH, "set by the pod runner", NULL, NULL},
    {C ".env.value",                   FH, "set by the pod runner", NULL, NULL},
    {C ".env.valueFrom",               FH, SOURCES, NULL, NULL},
    {C ".env.valueFrom.fieldRef",      FH, "what the pod is told of itself; its IPs are the node's", NULL, NULL},
    {C ".env.valueFrom.resourceFieldRef", FH, "a limit that is not set reads as what Slurm allocated", NULL, NULL},
    {C ".env.valueFrom.fileKeyRef",    FH, "read when the container starts; a pod waits for a key that is missing", NULL, NULL},
    {C ".envFrom",                     FH, SOURCES, NULL, NULL},
    {C ".resources",                   FH, "asked from Slurm", map_mapped_resources, NULL},
    {C ".resources.requests",          FH, "asked from Slurm", NULL, request_verdict},
    {C ".resources.limits",            FA, "asked from Slurm", NULL, limit_verdict},
    {C ".resources.claims",            FR, NO_CLAIMS, NULL, NULL},
    {C ".resizePolicy",                FI, SCHEDULING, NULL, NULL},
    {C ".volumeMounts",                FH, "at any path, by bubblewrap in a user namespace", NULL, NULL},
    {C ".volumeMounts.mountPropagation", FI, "mounts that the node or the container makes later are not passed on", NULL, NULL},
    {C ".volumeDevices",               FR, "raw block devices are not supported", NULL, NULL},
    {C ".restartPolicy",               FH, IN_PLACE, NULL, NULL},
    {C ".restartPolicyRules",          FH, IN_PLACE, NULL, NULL},
    {C ".lifecycle",                   FH, "hooks are run by the pod runner; httpGet needs curl on the nodes", NULL, NULL},
    {C ".lifecycle.stopSignal",        FI, "off in Kubernetes, too, by default: SIGTERM ends a container", NULL, NULL},
    {C ".livenessProbe",               FH, PROBED, map_liveness, NULL},
    {C ".readinessProbe",              FI, "no service sends requests to the pod: a running container counts as ready", NULL, NULL},
    {C ".startupProbe",                FH, PROBED, map_startup, NULL},
    {C ".terminationMessagePath",      FH, MESSAGE, NULL, NULL},
    {C ".terminationMessagePolicy",    FH, MESSAGE, NULL, NULL},
    {C ".securityContext",             FI, USER, NULL, NULL},
    {C ".securityContext.readOnlyRootFilesystem", FH, "by bubblewrap; /dev and /proc stay as they are", NULL, NULL},
    {C ".ports",                       FI, HOST_NET, NULL, NULL},
    {C ".stdin",                       FI, "standard input is /dev/null", NULL, NULL},
    {C ".stdinOnce",                   FI, "standard input is /dev/null", NULL, NULL},
    {C ".tty",                         FI, "standard output is a file", NULL, NULL},

    /* The last one: what is asked for by name prevails. */
    {"metadata.annotations",           FH, KEPT, map_annotations, annotation_verdict},
};
/* clang-format on */

const size_t mapping_len = sizeof mapping / sizeof *mapping;

/* Below initContainers everything is as below containers, which alone have rows. */
static const char *row_path(const char *path, char buf[MAPPING_PATH_MAX])
{
    size_t n = strlen(I);
    if (strncmp(path, I ".", n + 1) != 0 || strlen(path) >= MAPPING_PATH_MAX)
        return path;
    stpcpy(stpcpy(buf, C), path + n);
    return buf;
}

long mapping_find(const char *path)
{
    char buf[MAPPING_PATH_MAX];
    path = row_path(path, buf);
    for (size_t i = 0; i < mapping_len; i++)
        if (strcmp(mapping[i].path, path) == 0)
            return (long)i;
    return -1;
}

bool mapping_is_deeper(const char *path)
{
    char buf[MAPPING_PATH_MAX];
    const char *of = strcmp(path, I) == 0 ? C : row_path(path, buf);
    size_t n = strlen(of);
    for (size_t i = 0; i < mapping_len; i++)
        if (strncmp(mapping[i].path, of, n) == 0 && mapping[i].path[n] == '.')
            return true;
    return false;
}
