/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_job.h"

#include <stdio.h>
#include <string.h>

#include "label_match.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"
#include "validate_pod.h"

#define MAX_INDEXED_PARALLELISM 100000
#define MAX_INDEXED_FAILED      100000
#define SOFT_COMPLETIONS        100000
#define HIGH_COMPLETIONS_MAX    10000 /* parallelism and maxFailedIndexes above the soft limit */
#define MAX_MANAGED_BY          63

void validate_nonnegative(const json_t *obj, const char *name, const struct path *path,
                          struct field_errors *errs)
{
    if (tree_int(obj, name) < 0)
        field_error_int(errs, PATH_FIELD(path, name), FIELD_INVALID, tree_int(obj, name),
                        "must be greater than or equal to 0");
}

static void scalars(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const nonnegative[] = {
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    };
    for (size_t i = 0; i < sizeof nonnegative / sizeof *nonnegative; i++)
        validate_nonnegative(spec, nonnegative[i], path, errs);
    if (tree_has(spec, "maxFailedIndexes") && !tree_has(spec, "backoffLimitPerIndex"))
        field_error(errs, PATH_FIELD(path, "backoffLimitPerIndex"), FIELD_REQUIRED, NULL,
                    "when maxFailedIndexes is specified");
}

static void managed_by(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *v = tree_get(spec, "managedBy");
    if (!v)
        return;
    const struct path *p = PATH_FIELD(path, "managedBy");
    if (!json_string_length(v))
        field_error(errs, p, FIELD_REQUIRED, NULL, NULL);
    else
        names_validate(names_domain_prefixed_path, json_string_value(v), errs, p);
    if (json_string_length(v) > MAX_MANAGED_BY)
        field_error(errs, p, FIELD_TOO_LONG, NULL, "may not be more than %d bytes", MAX_MANAGED_BY);
}

static void at_most(const json_t *spec, const char *name, long long max, const char *when,
                    const struct path *path, struct field_errors *errs)
{
    if (tree_int(spec, name) > max)
        field_error_int(errs, PATH_FIELD(path, name), FIELD_INVALID, tree_int(spec, name),
                        "must be less than or equal to %lld%s", max, when);
}

static void many_completions(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    char when[96];
    snprintf(when, sizeof when,
             " when completions are above %d and used with backoff limit per index",
             SOFT_COMPLETIONS);
    if (!tree_has(spec, "maxFailedIndexes"))
        field_error(errs, PATH_FIELD(path, "maxFailedIndexes"), FIELD_REQUIRED, NULL,
                    "must be specified when completions is above %d", SOFT_COMPLETIONS);
    at_most(spec, "parallelism", HIGH_COMPLETIONS_MAX, when, path, errs);
    at_most(spec, "maxFailedIndexes", HIGH_COMPLETIONS_MAX, when, path, errs);
}

static void indexed(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *completions = tree_get(spec, "completions");
    if (!completions)
        field_error(errs, PATH_FIELD(path, "completions"), FIELD_REQUIRED, NULL,
                    "when completion mode is Indexed");
    at_most(spec, "parallelism", MAX_INDEXED_PARALLELISM, " when completion mode is Indexed", path,
            errs);
    long long failed = tree_int(spec, "maxFailedIndexes");
    if (completions && tree_has(spec, "maxFailedIndexes") &&
        failed > json_integer_value(completions))
        field_error_int(errs, PATH_FIELD(path, "maxFailedIndexes"), FIELD_INVALID, failed,
                        "must be less than or equal to completions");
    at_most(spec, "maxFailedIndexes", MAX_INDEXED_FAILED, "", path, errs);
    if (tree_int(spec, "completions") > SOFT_COMPLETIONS && tree_has(spec, "backoffLimitPerIndex"))
        many_completions(spec, path, errs);
}

static void not_indexed(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"backoffLimitPerIndex", "maxFailedIndexes"};
    for (size_t i = 0; i < 2; i++)
        if (tree_has(spec, names[i]))
            field_error(errs, PATH_FIELD(path, names[i]), FIELD_INVALID, tree_get(spec, names[i]),
                        "requires indexed completion mode");
}

static void completion_mode(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const modes[] = {"NonIndexed", "Indexed", NULL};
    const json_t *mode = tree_get(spec, "completionMode");
    if (!mode || tree_is(spec, "completionMode", "NonIndexed"))
        not_indexed(spec, path, errs);
    else if (tree_is(spec, "completionMode", "Indexed"))
        indexed(spec, path, errs);
    else
        field_unsupported(errs, PATH_FIELD(path, "completionMode"), mode, modes);
}

static void policies(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const struct path *success = PATH_FIELD(path, "successPolicy");
    if (tree_has(spec, "podFailurePolicy"))
        validate_pod_failure_policy(spec, PATH_FIELD(path, "podFailurePolicy"), errs);
    if (!tree_has(spec, "successPolicy"))
        return;
    if (tree_is(spec, "completionMode", "Indexed"))
        validate_success_policy(spec, success, errs);
    else
        field_error(errs, success, FIELD_INVALID, tree_get(spec, "successPolicy"),
                    "requires indexed completion mode");
}

static void replacement_policy(const json_t *spec, const struct path *path,
                               struct field_errors *errs)
{
    static const char *const any[] = {"Failed", "TerminatingOrFailed", NULL};
    static const char *const with_policy[] = {"Failed", NULL};
    const char *const *allowed = tree_has(spec, "podFailurePolicy") ? with_policy : any;
    const json_t *v = tree_get(spec, "podReplacementPolicy");
    if (!v)
        return;
    for (size_t i = 0; allowed[i]; i++)
        if (strcmp(allowed[i], json_string_value(v)) == 0)
            return;
    field_unsupported(errs, PATH_FIELD(path, "podReplacementPolicy"), v, allowed);
}

static void restart_policy(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const allowed[] = {"OnFailure", "Never", NULL};
    const json_t *pod = tree_at(spec, "template", "spec", NULL);
    const char *policy = tree_str(pod, "restartPolicy");
    const struct path *p =
        PATH_FIELD(PATH_FIELD(PATH_FIELD(path, "template"), "spec"), "restartPolicy");
    if (!*policy || strcmp(policy, "Always") == 0)
        field_error(errs, p, FIELD_REQUIRED, NULL, "valid values: \"OnFailure\", \"Never\"");
    else if (strcmp(policy, "OnFailure") != 0 && strcmp(policy, "Never") != 0)
        field_unsupported(errs, p, tree_get(pod, "restartPolicy"), allowed);
    else if (tree_has(spec, "podFailurePolicy") && strcmp(policy, "Never") != 0)
        field_error_str(errs, p, FIELD_INVALID, policy,
                        "only \"Never\" is supported when podFailurePolicy is specified");
}

void validate_job_spec_common(const json_t *spec, const struct path *path,
                              struct field_errors *errs)
{
    scalars(spec, path, errs);
    managed_by(spec, path, errs);
    completion_mode(spec, path, errs);
    policies(spec, path, errs);
    replacement_policy(spec, path, errs);
    validate_pod_template_spec(tree_get(spec, "template"), PATH_FIELD(path, "template"), errs);
    restart_policy(spec, path, errs);
}

static void has_label(const json_t *labels, const char *key, const char *expected,
                      struct field_errors *errs)
{
    const struct path *p = PATH_KEY(
        PATH_FIELD(PATH_FIELD(PATH_FIELD(PATH_FIELD(NULL, "spec"), "template"), "metadata"),
                   "labels"),
        key);
    const json_t *v = tree_get(labels, key);
    if (!v)
        field_error(errs, p, FIELD_REQUIRED, NULL, "must be '%s'", expected);
    else if (strcmp(json_string_value(v), expected) != 0)
        field_error(errs, p, FIELD_INVALID, labels, "must be '%s'", expected);
}

static void generated_selector(const json_t *job, const char *uid, struct field_errors *errs)
{
    const json_t *spec = tree_get(job, "spec");
    if (tree_bool(spec, "manualSelector") || !tree_has(spec, "selector"))
        return;
    const char *name = tree_str(tree_get(job, "metadata"), "name");
    const json_t *labels = tree_at(spec, "template", "metadata", "labels", NULL);
    const char *const expected[][2] = {
        {"controller-uid", uid},
        {"job-name", name},
        {"batch.kubernetes.io/controller-uid", uid},
        {"batch.kubernetes.io/job-name", name},
    };
    json_t *generated = json_object();
    for (size_t i = 0; i < 4; i++) {
        has_label(labels, expected[i][0], expected[i][1], errs);
        json_object_set_new(generated, expected[i][0], json_string_nocheck(expected[i][1]));
    }
    if (label_selector_matches(tree_get(spec, "selector"), generated) == 0)
        field_error(errs, PATH_FIELD(PATH_FIELD(NULL, "spec"), "selector"), FIELD_INVALID,
                    tree_get(spec, "selector"), "`selector` not auto-generated");
    json_decref(generated);
}

static void selector(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *sel = tree_get(spec, "selector");
    const json_t *labels = tree_at(spec, "template", "metadata", "labels", NULL);
    if (!sel)
        field_error(errs, PATH_FIELD(path, "selector"), FIELD_REQUIRED, NULL, NULL);
    else
        validate_label_selector(sel, PATH_FIELD(path, "selector"), errs);
    if (label_selector_matches(sel, labels) == 0)
        field_error(errs,
                    PATH_FIELD(PATH_FIELD(PATH_FIELD(path, "template"), "metadata"), "labels"),
                    FIELD_INVALID, labels, "`selector` does not match template `labels`");
}

static void pod_hostname(const json_t *job, struct field_errors *errs)
{
    const json_t *spec = tree_get(job, "spec");
    long long completions = tree_int(spec, "completions");
    if (!tree_is(spec, "completionMode", "Indexed") || completions <= 0)
        return;
    const struct path *p = PATH_FIELD(PATH_FIELD(NULL, "metadata"), "name");
    const char *name = tree_str(tree_get(job, "metadata"), "name");
    cleanup_strbuf struct strbuf host = STRBUF_INIT;
    strbuf_addf(&host, "%s-%lld", name, completions - 1);
    if (!names_dns_label(strbuf_str(&host), NULL, NULL))
        field_error_str(errs, p, FIELD_INVALID, name,
                        "will not able to create pod with invalid DNS label: %s",
                        strbuf_str(&host));
}

static void list_message(void *arg, const char *bad, const char *message)
{
    struct strbuf *list = arg;
    (void)bad;
    strbuf_addf(list, "%s%s", list->len ? " " : "", message);
}

void warn_job(const json_t *meta, const json_t *spec, const struct path *path,
              struct field_errors *errs)
{
    cleanup_strbuf struct strbuf why = STRBUF_INIT;
    if (!names_dns_label(tree_str(meta, "name"), list_message, &why))
        field_warning(errs, PATH_FIELD(PATH_FIELD(NULL, "metadata"), "name"),
                      "this is used in Pod names and hostnames, which can result in surprising "
                      "behavior; a DNS label is recommended: [%s]",
                      strbuf_str(&why));
    if (tree_is(spec, "completionMode", "Indexed") &&
        tree_int(spec, "completions") > SOFT_COMPLETIONS &&
        tree_int(spec, "parallelism") > HIGH_COMPLETIONS_MAX)
        field_warning(errs, path,
                      "In Indexed Jobs with a number of completions higher than 10^5 and a "
                      "parallelism higher than 10^4, Kubernetes might not be able to track "
                      "completedIndexes when a big number of indexes fail");
    warn_pod_template(tree_get(spec, "template"), PATH_FIELD(path, "template"), errs);
}

void validate_job(const json_t *job, const char *uid, struct field_errors *errs)
{
    const json_t *spec = tree_get(job, "spec");
    const struct path *path = PATH_FIELD(NULL, "spec");
    validate_object_meta(tree_get(job, "metadata"), PATH_FIELD(NULL, "metadata"), true, errs);
    generated_selector(job, uid, errs);
    validate_job_spec_common(spec, path, errs);
    selector(spec, path, errs);
    pod_hostname(job, errs);
    warn_job(tree_get(job, "metadata"), spec, path, errs);
}
