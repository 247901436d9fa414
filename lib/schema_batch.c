/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * batch/v1 and the parts of meta/v1 that it needs, as tables (k8s.io/api/batch/v1/types.go,
 * k8s.io/apimachinery/pkg/apis/meta/v1/types.go, v1.36).
 */
#include "schema.h"

#include <string.h>

#define END                                                                                        \
    {                                                                                              \
        .name = 0                                                                                  \
    }
#define STR(n)          {.name = n, .type = F_STRING}
#define STRP(n)         {.name = n, .type = F_STRING, .flags = FIELD_PTR}
#define STRK(n)         {.name = n, .type = F_STRING, .flags = FIELD_KEEP}
#define ENUM(n, t)      {.name = n, .type = F_STRING, .go_type = t}
#define ENUMP(n, t)     {.name = n, .type = F_STRING, .flags = FIELD_PTR, .go_type = t}
#define ENUMK(n, t)     {.name = n, .type = F_STRING, .flags = FIELD_KEEP, .go_type = t}
#define I32(n)          {.name = n, .type = F_INT32}
#define I32P(n)         {.name = n, .type = F_INT32, .flags = FIELD_PTR}
#define I64(n)          {.name = n, .type = F_INT64}
#define I64P(n)         {.name = n, .type = F_INT64, .flags = FIELD_PTR}
#define BOOLP(n)        {.name = n, .type = F_BOOL, .flags = FIELD_PTR}
#define BOOLK(n)        {.name = n, .type = F_BOOL, .flags = FIELD_KEEP}
#define TIME(n)         {.name = n, .type = F_TIME, .flags = FIELD_PTR}
#define MAP(n)          {.name = n, .type = F_MAP}
#define ANY(n)          {.name = n, .type = F_ANY}
#define OBJ(n, s)       {.name = n, .type = F_OBJECT, .sub = &s}
#define OBJK(n, s)      {.name = n, .type = F_OBJECT, .sub = &s, .flags = FIELD_KEEP}
#define LIST(n, e)      {.name = n, .type = F_LIST, .elem = e}
#define LISTK(n, e)     {.name = n, .type = F_LIST, .elem = e, .flags = FIELD_KEEP}
#define LISTOF(n, s)    {.name = n, .type = F_LIST, .elem = F_OBJECT, .sub = &s}
#define LISTOFK(n, s)   {.name = n, .type = F_LIST, .elem = F_OBJECT, .sub = &s, .flags = FIELD_KEEP}
#define SCHEMA(var, go, ...)                                                                       \
    static const struct field var##_fields[] = {__VA_ARGS__, END};                                 \
    static const struct schema var = {go, var##_fields}
#define PUBLIC_SCHEMA(var, go, ...)                                                                \
    static const struct field var##_fields[] = {__VA_ARGS__, END};                                 \
    const struct schema var = {go, var##_fields}

const struct field *schema_field(const struct schema *s, const char *name)
{
    for (const struct field *f = s->fields; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

/* clang-format off */
SCHEMA(owner_reference, "OwnerReference",
    STRK("apiVersion"), STRK("kind"), STRK("name"),
    {.name = "uid", .type = F_STRING, .flags = FIELD_KEEP, .go_type = "types.UID"},
    BOOLP("controller"), BOOLP("blockOwnerDeletion"));

PUBLIC_SCHEMA(schema_object_meta, "ObjectMeta",
    STR("name"), STR("generateName"), STR("namespace"), STR("selfLink"),
    ENUM("uid", "types.UID"), STR("resourceVersion"), I64("generation"),
    TIME("creationTimestamp"), TIME("deletionTimestamp"), I64P("deletionGracePeriodSeconds"),
    MAP("labels"), MAP("annotations"), LISTOF("ownerReferences", owner_reference),
    LIST("finalizers", F_STRING), LIST("managedFields", F_ANY));

SCHEMA(label_selector_requirement, "LabelSelectorRequirement",
    STRK("key"), ENUMK("operator", "v1.LabelSelectorOperator"), LIST("values", F_STRING));

PUBLIC_SCHEMA(schema_label_selector, "LabelSelector",
    MAP("matchLabels"), LISTOF("matchExpressions", label_selector_requirement));

SCHEMA(on_exit_codes, "PodFailurePolicyOnExitCodesRequirement",
    STRP("containerName"), ENUMK("operator", "v1.PodFailurePolicyOnExitCodesOperator"),
    LISTK("values", F_INT32));

SCHEMA(on_pod_condition, "PodFailurePolicyOnPodConditionsPattern",
    ENUMK("type", "v1.PodConditionType"), ENUMK("status", "v1.ConditionStatus"));

SCHEMA(pod_failure_rule, "PodFailurePolicyRule",
    ENUMK("action", "v1.PodFailurePolicyAction"), OBJ("onExitCodes", on_exit_codes),
    LISTOF("onPodConditions", on_pod_condition));

SCHEMA(pod_failure_policy, "PodFailurePolicy", LISTOFK("rules", pod_failure_rule));

SCHEMA(success_rule, "SuccessPolicyRule", STRP("succeededIndexes"), I32P("succeededCount"));

SCHEMA(success_policy, "SuccessPolicy", LISTOFK("rules", success_rule));

SCHEMA(job_spec, "JobSpec",
    I32P("parallelism"), I32P("completions"), I64P("activeDeadlineSeconds"),
    OBJ("podFailurePolicy", pod_failure_policy), OBJ("successPolicy", success_policy),
    I32P("backoffLimit"), I32P("backoffLimitPerIndex"), I32P("maxFailedIndexes"),
    OBJ("selector", schema_label_selector), BOOLP("manualSelector"),
    {.name = "template", .type = F_OBJECT, .sub = &schema_pod_template_spec, .flags = FIELD_KEEP},
    I32P("ttlSecondsAfterFinished"), ENUMP("completionMode", "v1.CompletionMode"),
    BOOLP("suspend"), ENUMP("podReplacementPolicy", "v1.PodReplacementPolicy"),
    STRP("managedBy"));

SCHEMA(job_condition, "JobCondition",
    ENUMK("type", "v1.JobConditionType"), ENUMK("status", "v1.ConditionStatus"),
    TIME("lastProbeTime"), TIME("lastTransitionTime"), STR("reason"), STR("message"));

SCHEMA(uncounted_pods, "UncountedTerminatedPods",
    LIST("succeeded", F_STRING), LIST("failed", F_STRING));

SCHEMA(job_status, "JobStatus",
    LISTOF("conditions", job_condition), TIME("startTime"), TIME("completionTime"),
    I32("active"), I32("succeeded"), I32("failed"), I32P("terminating"), STR("completedIndexes"),
    STRP("failedIndexes"), OBJ("uncountedTerminatedPods", uncounted_pods), I32P("ready"));

PUBLIC_SCHEMA(schema_job, "Job",
    STR("kind"), STR("apiVersion"), OBJK("metadata", schema_object_meta), OBJK("spec", job_spec),
    OBJ("status", job_status));

SCHEMA(job_template_spec, "JobTemplateSpec",
    OBJK("metadata", schema_object_meta), OBJK("spec", job_spec));

SCHEMA(cron_job_spec, "CronJobSpec",
    STRK("schedule"), STRP("timeZone"), I64P("startingDeadlineSeconds"),
    ENUM("concurrencyPolicy", "v1.ConcurrencyPolicy"), BOOLP("suspend"),
    OBJK("jobTemplate", job_template_spec), I32P("successfulJobsHistoryLimit"),
    I32P("failedJobsHistoryLimit"));

SCHEMA(object_reference, "ObjectReference",
    STR("kind"), STR("namespace"), STR("name"), ENUM("uid", "types.UID"), STR("apiVersion"),
    STR("resourceVersion"), STR("fieldPath"));

SCHEMA(cron_job_status, "CronJobStatus",
    LISTOF("active", object_reference), TIME("lastScheduleTime"), TIME("lastSuccessfulTime"));

PUBLIC_SCHEMA(schema_cron_job, "CronJob",
    STR("kind"), STR("apiVersion"), OBJK("metadata", schema_object_meta),
    OBJK("spec", cron_job_spec), OBJ("status", cron_job_status));
/* clang-format on */
