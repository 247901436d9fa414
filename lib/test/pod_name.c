/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../pod_name.h"

#define UID  "0f8fad5b-d9cb-469f-a165-70867728950e"
#define UID2 "0f8fad5b-d9cb-469f-a165-70867728950f"
#define N63  "a23456789-123456789-123456789-123456789-123456789-123456789-123"

static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

/* The five characters are checked apart: here they are cut off. */
static const struct {
    const char *job;
    bool indexed;
    uint32_t index;
    const char *prefix;
    const char *proves;
} names[] = {
    {"pi", false, 0, "pi-", "NonIndexed"},
    {"pi", false, 7, "pi-", "NonIndexed: the index is not shown"},
    {"pi", true, 7, "pi-7-", "Indexed"},
    {"pi", true, 4294967295u, "pi-4294967295-", "largest index"},
    {N63, false, 0, "a23456789-123456789-123456789-123456789-123456789-12345678",
     "NonIndexed: name and dash cut to 58"},
    {N63, true, 12, "a23456789-123456789-123456789-123456789-123456789-1234-12-",
     "Indexed: the name is cut, -index- kept"},
    {"a23456789-123456789-123456789-123456789-123456789-1234567", false, 0,
     "a23456789-123456789-123456789-123456789-123456789-1234567-",
     "57 characters fit with the dash"},
    {"a23456789-123456789-123456789-123456789-123456789-12345678", false, 0,
     "a23456789-123456789-123456789-123456789-123456789-12345678", "58 lose the dash"},
};

Test(pod_name, names)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[POD_NAME_MAX + 1];
        char suffix[POD_NAME_SUFFIX + 1];
        cr_assert_eq(
            pod_name_make(name, names[i].job, UID, names[i].indexed, names[i].index, 3, NULL), 0);
        pod_name_suffix(suffix, UID, names[i].index, 3);
        size_t prefix = strlen(names[i].prefix);
        cr_expect_eq(strlen(name), prefix + POD_NAME_SUFFIX, "%s: %s", names[i].proves, name);
        cr_expect(!strncmp(name, names[i].prefix, prefix), "%s: %s", names[i].proves, name);
        cr_expect_str_eq(name + prefix, suffix, "%s", names[i].proves);
    }
}

Test(pod_name, empty_job_is_refused)
{
    char name[POD_NAME_MAX + 1];
    struct error err;
    cr_expect_eq(pod_name_make(name, "", UID, true, 0, 0, &err), -1);
    cr_expect_str_eq(err.text, "the Job has no name");
}

/* The names are on disk and in other tools' output: a change of the function is a change of format.
 */
Test(pod_name, the_characters_never_change)
{
    static const struct {
        const char *uid;
        uint32_t index, attempt;
        const char *suffix;
    } rows[] = {
        {UID, 0, 0, "xskv8"},
        {UID, 1, 0, "fndhn"},
        {UID, 0, 1, "dq9vc"},
        {UID2, 0, 0, "mqn4v"},
        {UID, 4294967295u, 4294967295u, "lcb6t"},
        {"", 0, 0, "vldmw"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char suffix[POD_NAME_SUFFIX + 1];
        pod_name_suffix(suffix, rows[i].uid, rows[i].index, rows[i].attempt);
        cr_expect_str_eq(suffix, rows[i].suffix, "row %zu", i);
    }
}

static uint32_t number_of(const char *suffix)
{
    uint32_t n = 0;
    for (const char *p = suffix; *p; p++) {
        const char *at = strchr(alphabet, *p);
        cr_assert_not_null(at, "%s is not in the alphabet", suffix);
        n = n * 27 + (uint32_t)(at - alphabet);
    }
    return n;
}

/* What the header promises: distinct names for indexes x attempts < 6,000,000. */
Test(pod_name, names_of_one_job_differ)
{
    static const struct {
        uint32_t indexes, attempts;
    } shapes[] = {{1, 300000}, {7, 40000}, {1000, 300}, {100000, 3}, {6000, 50}, {300000, 1}};
    size_t bytes = 14348907 / 8 + 1;
    unsigned char *seen = malloc(bytes);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        memset(seen, 0, bytes);
        unsigned twice = 0;
        for (uint32_t i = 0; i < shapes[s].indexes; i++) {
            for (uint32_t a = 0; a < shapes[s].attempts; a++) {
                char suffix[POD_NAME_SUFFIX + 1];
                pod_name_suffix(suffix, UID, i, a);
                uint32_t n = number_of(suffix);
                twice += seen[n / 8] >> (n % 8) & 1;
                seen[n / 8] |= (unsigned char)(1 << (n % 8));
            }
        }
        cr_expect_eq(twice, 0, "%u x %u: %u", shapes[s].indexes, shapes[s].attempts, twice);
    }
    free(seen);
}

/* Neighbours must not look alike: each character of the suffix changes about 26 times in 27. */
Test(pod_name, characters_are_spread)
{
    unsigned same[POD_NAME_SUFFIX] = {0};
    char last[POD_NAME_SUFFIX + 1];
    pod_name_suffix(last, UID, 0, 0);
    for (uint32_t i = 1; i <= 2700; i++) {
        char next[POD_NAME_SUFFIX + 1];
        pod_name_suffix(next, UID, i, 0);
        for (int c = 0; c < POD_NAME_SUFFIX; c++)
            same[c] += next[c] == last[c];
        memcpy(last, next, sizeof last);
    }
    for (int c = 0; c < POD_NAME_SUFFIX; c++)
        cr_expect(same[c] > 50 && same[c] < 160, "character %d: %u of 2700", c, same[c]);
}
