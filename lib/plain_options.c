/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain_options.h"

#include <stddef.h>
#include <string.h>

#include "plain_time.h"

#define MAX_FAILED_INDEXES 100000

const struct plain_option plain_option_table[PLAIN_OPTIONS] = {
    [PLAIN_BACKOFF_LIMIT] = {"backoff-limit", "N",
                             "retries of failed tasks before the whole array fails (default 6, "
                             "when another option of these is given)",
                             "spec.backoffLimit"},
    [PLAIN_BACKOFF_LIMIT_PER_INDEX] = {"backoff-limit-per-index", "N",
                                       "retries of each array task before its index fails",
                                       "spec.backoffLimitPerIndex"},
    [PLAIN_MAX_FAILED_INDEXES] = {"max-failed-indexes", "N",
                                  "failed indexes that the array bears "
                                  "(with --backoff-limit-per-index)",
                                  "spec.maxFailedIndexes"},
    [PLAIN_POD_FAILURE_POLICY] = {"pod-failure-policy", "RULES",
                                  "what a failure means, e.g. 'FailJob:In(42);Ignore:Disruption'",
                                  "spec.podFailurePolicy"},
    [PLAIN_SUCCESS_POLICY] = {"success-policy", "RULES",
                              "when the array has succeeded, e.g. 'indexes=0,2-5&count=3;count=9'",
                              "spec.successPolicy"},
    [PLAIN_ACTIVE_DEADLINE] = {"active-deadline", "TIME",
                               "time for the whole array from its first start: minutes as for "
                               "--time, or 90s, 1h30m",
                               "spec.activeDeadlineSeconds"},
    [PLAIN_COMPLETION_INDEX] = {"completion-index", NULL,
                                "set JOB_COMPLETION_INDEX to the array task id",
                                "spec.completionMode"},
};

static int number(struct plain_options *o, size_t offset, const char *value, int64_t max,
                  struct error *err)
{
    struct plain_scan s = {value, value, err};
    int64_t *out = (int64_t *)(void *)((char *)o + offset);
    if (plain_scan_number(&s, "a number", 0, max, out))
        return -1;
    return *s.at ? plain_scan_expected(&s, "the end of the number") : 0;
}

#define NUMBER(option_, field_, max_)                                                              \
    static int option_(struct plain_options *o, const char *value, struct error *err)              \
    {                                                                                              \
        return number(o, offsetof(struct plain_options, field_), value, max_, err);                \
    }

NUMBER(backoff_limit, backoff_limit, INT32_MAX)
NUMBER(backoff_limit_per_index, backoff_limit_per_index, INT32_MAX)
NUMBER(max_failed_indexes, max_failed_indexes, MAX_FAILED_INDEXES)

static int failure(struct plain_options *o, const char *value, struct error *err)
{
    return plain_failure_policy_parse(value, &o->failure, err);
}

static int success(struct plain_options *o, const char *value, struct error *err)
{
    return plain_success_policy_parse(value, &o->success, err);
}

static int deadline(struct plain_options *o, const char *value, struct error *err)
{
    return plain_time_parse(value, &o->active_deadline, err);
}

static int completion_index(struct plain_options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->completion_index = true;
    return 0;
}

static int (*const parse[PLAIN_OPTIONS])(struct plain_options *o, const char *value,
                                         struct error *err) = {
    [PLAIN_BACKOFF_LIMIT] = backoff_limit,
    [PLAIN_BACKOFF_LIMIT_PER_INDEX] = backoff_limit_per_index,
    [PLAIN_MAX_FAILED_INDEXES] = max_failed_indexes,
    [PLAIN_POD_FAILURE_POLICY] = failure,
    [PLAIN_SUCCESS_POLICY] = success,
    [PLAIN_ACTIVE_DEADLINE] = deadline,
    [PLAIN_COMPLETION_INDEX] = completion_index,
};

void plain_options_init(struct plain_options *o)
{
    *o = (struct plain_options){
        .backoff_limit = PLAIN_UNSET,
        .backoff_limit_per_index = PLAIN_UNSET,
        .max_failed_indexes = PLAIN_UNSET,
        .active_deadline = PLAIN_UNSET,
    };
}

int plain_options_set(struct plain_options *o, enum plain_option_id id, const char *value,
                      struct error *err)
{
    const struct plain_option *option = &plain_option_table[id];
    int rc;
    if (!value)
        value = "";
    if (strlen(value) > PLAIN_VALUE_MAX)
        rc = error_set(err, "longer than %d bytes", PLAIN_VALUE_MAX);
    else
        rc = parse[id](o, value, err);
    return rc ? error_prefix(err, "--%s", option->name) : 0;
}

int plain_options_word(const char *word, const char **value)
{
    if (strncmp(word, "--", 2) != 0)
        return -1;
    const char *name = word + 2;
    size_t len = strcspn(name, "=");
    for (int i = 0; i < PLAIN_OPTIONS; i++) {
        const struct plain_option *o = &plain_option_table[i];
        if (strlen(o->name) != len || memcmp(o->name, name, len) != 0 || !name[len] != !o->value)
            continue;
        *value = o->value ? name + len + 1 : NULL;
        return i;
    }
    return -1;
}

int plain_options_check(const struct plain_options *o, struct error *err)
{
    if (o->backoff_limit_per_index != PLAIN_UNSET)
        return 0;
    if (o->max_failed_indexes != PLAIN_UNSET)
        return error_set(err, "--max-failed-indexes needs --backoff-limit-per-index");
    for (size_t i = 0; i < o->failure.n; i++)
        if (strcmp(o->failure.rules[i].action, "FailIndex") == 0)
            return error_set(err,
                             "--pod-failure-policy: rule %zu: FailIndex needs "
                             "--backoff-limit-per-index",
                             i + 1);
    return 0;
}
