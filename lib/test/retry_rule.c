/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "retry_rule.h"
#include "cleanup.h"

#include <criterion/criterion.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *key, *value;
    int rc;
    const char *error;
    const char *proves;
} settings[] = {
    {"skjob/retry-exclude-node", "true", 0, NULL, "on"},
    {"skjob/retry-exclude-node", "false", 0, NULL, "off"},
    {"skjob/retry-exclude-node", "yes", -1, "\"yes\" is neither true nor false", "another word"},
    {"skjob/retry-exclude-node", "", -1, "\"\" is neither true nor false", "nothing"},
    {"skjob/retry-memory-factor", "1.5", 0, NULL, "a fraction"},
    {"skjob/retry-memory-factor", "1", 0, NULL, "the least"},
    {"skjob/retry-memory-factor", "100", 0, NULL, "the most"},
    {"skjob/retry-memory-factor", "0.9", -1, "\"0.9\" is not a number from 1 to 100", "less"},
    {"skjob/retry-memory-factor", "101", -1, "\"101\" is not a number from 1 to 100", "too much"},
    {"skjob/retry-memory-factor", "-2", -1, "\"-2\" is not a number from 1 to 100", "negative"},
    {"skjob/retry-memory-factor", "x", -1, "\"x\" is not a number from 1 to 100", "no number"},
    {"skjob/retry-memory-max", "8Gi", 0, NULL, "a quantity"},
    {"skjob/retry-memory-max", "0", -1, "\"0\": must be greater than 0", "none"},
    {"skjob/retry-memory-max", "8 GB", -1, NULL, "no quantity"},
    {"skjob/other", "x", 1, NULL, "another key"},
};

Test(retry_rule, settings)
{
    for (size_t i = 0; i < N(settings); i++) {
        struct error err;
        struct retry_rule r = {0};
        int rc = retry_rule_set(&r, settings[i].key, settings[i].value, &err);
        cr_expect_eq(rc, settings[i].rc, "%s: %d", settings[i].proves, rc);
        if (settings[i].error)
            cr_expect_str_eq(err.text, settings[i].error, "%s", settings[i].proves);
    }
}

Test(retry_rule, of_a_job)
{
    cleanup_json json_t *job =
        json_loads("{\"metadata\":{\"annotations\":{\"skjob/retry-exclude-node\":\"true\","
                   "\"skjob/retry-memory-factor\":\"1.5\",\"skjob/retry-memory-max\":\"1Gi\"}}}",
                   0, NULL);
    struct retry_rule r = retry_rule_of(job, NULL);
    cr_expect(r.exclude_node && r.memory_milli == 1500 && r.memory_max == 1024);
    cleanup_json json_t *none = json_loads("{\"metadata\":{}}", 0, NULL);
    r = retry_rule_of(none, NULL);
    cr_expect(!r.exclude_node && !r.memory_milli && !r.memory_max, "off by default");
}

Test(retry_rule, of_a_site)
{
    static const char text[] = "retry_exclude_node = yes\nretry_memory_factor = 2\n"
                               "retry_memory_max = 4G\n";
    cleanup_strbuf struct strbuf errors = STRBUF_INIT;
    cleanup_conf struct conf conf;
    cleanup_json json_t *none = json_loads("{\"metadata\":{}}", 0, NULL);
    cleanup_json json_t *job =
        json_loads("{\"metadata\":{\"annotations\":{\"skjob/retry-exclude-node\":\"false\","
                   "\"skjob/retry-memory-factor\":\"1\"}}}",
                   0, NULL);
    cleanup_json json_t *wrong =
        json_loads("{\"metadata\":{\"annotations\":{\"skjob/retry-exclude-node\":\"maybe\","
                   "\"skjob/retry-memory-factor\":\"much\"}}}",
                   0, NULL);
    cr_assert_eq(conf_init(&conf), 0);
    struct retry_rule r = retry_rule_of(none, &conf);
    cr_expect(!r.exclude_node && !r.memory_milli && !r.memory_max, "a site that says nothing");
    cr_assert_eq(conf_parse(&conf, "c", text, sizeof text - 1, &errors), 0);
    r = retry_rule_of(none, &conf);
    cr_expect(r.exclude_node && r.memory_milli == 2000 && r.memory_max == 4096, "the site's");
    r = retry_rule_of(job, &conf);
    cr_expect(!r.exclude_node && retry_rule_memory(&r, 100) == 100, "the Job has the last word");
    r = retry_rule_of(wrong, &conf);
    cr_expect(r.exclude_node && r.memory_milli == 2000, "unless its word is none");
}

static const struct {
    uint32_t milli;
    uint64_t max, before, next;
    const char *proves;
} memories[] = {
    {0, 0, 100, 0, "no rule"},
    {1500, 0, 0, 0, "nothing is known"},
    {1500, 0, 100, 150, "more"},
    {1500, 0, 101, 152, "rounded up"},
    {2000, 300, 200, 300, "up to the limit"},
    {2000, 300, 400, 400, "a limit takes nothing away"},
    {2000, 0, UINT64_MAX / 2, 0, "out of range"},
};

Test(retry_rule, memory)
{
    for (size_t i = 0; i < N(memories); i++) {
        const struct retry_rule r = {.memory_milli = memories[i].milli,
                                     .memory_max = memories[i].max};
        uint64_t next = retry_rule_memory(&r, memories[i].before);
        cr_expect_eq(next, memories[i].next, "%s: %llu", memories[i].proves,
                     (unsigned long long)next);
    }
}

static const struct {
    const char *before, *node, *after;
    const char *proves;
} excludes[] = {
    {NULL, "n1", "n1", "the first"},
    {"", "n1", "n1", "an empty list"},
    {"n2", "n1", "n2,n1", "one more"},
    {"n2,n1", "n1", NULL, "it is there already"},
    {"n1", "n11", "n1,n11", "a name that starts like another"},
    {"a[1-3]", "n1", "a[1-3],n1", "with what the user excludes"},
    {"n1", "", NULL, "the node is not known"},
    {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "n1", NULL, "enough is enough"},
};

Test(retry_rule, exclude)
{
    for (size_t i = 0; i < N(excludes); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        bool changed = retry_rule_exclude(excludes[i].before, excludes[i].node, &out);
        cr_expect_eq(changed, excludes[i].after != NULL, "%s", excludes[i].proves);
        if (excludes[i].after)
            cr_expect_str_eq(strbuf_str(&out), excludes[i].after, "%s", excludes[i].proves);
    }
}
