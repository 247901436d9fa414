/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexset.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Text in, text out. */
static const struct {
    const char *what;
    const char *text;
    uint32_t limit;
    const char *want;
} texts[] = {
    {"empty", "", 10, ""},
    {"one", "3", 10, "3"},
    {"run of two", "3-4", 10, "3,4"},
    {"run of three", "3,4,5", 10, "3-5"},
    {"mixed", "1,3-5,7", 10, "1,3-5,7"},
    {"neighbours join", "0-2,3-5", 10, "0-5"},
    {"overlap", "0-3,2-5", 10, "0-5"},
    {"77 clipped at 8", "0-5,8-10", 8, "0-5"},
    {"77 clipped at 10", "0-5,8-10", 10, "0-5,8,9"},
    {"78 corrupt parts", "0,1-foo,bar", 10, "0"},
    {"not a number", "x,2", 10, "2"},
    {"negative", "-1,2", 10, "2"},
    {"empty parts", ",,2,", 10, "2"},
    {"a plus sign, as Go's Atoi takes it", "+2", 10, "2"},
    {"blanks, as Go's Atoi refuses them", " 1,2", 10, "2"},
    {"a third part is not looked at", "1-2-9", 10, "1,2"},
    {"backwards", "5-3,7", 10, "7"},
    {"beyond int64", "1,99999999999999999999999,2", 10, "1,2"},
    {"beyond uint32 wraps nowhere", "4294967296-4294967299", 10, ""},
    {"limit 0", "0-5", 0, ""},
    {"the largest index", "2147483646", 2147483647u, "2147483646"},
    {"a chunk's border", "4095-4097", 100000, "4095-4097"},
    {"large", "0-999999999", 1000000000u, "0-999999999"},
};

Test(indexset, text)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cleanup_indexset struct indexset s = INDEXSET_INIT;
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        cr_assert_eq(indexset_parse(&s, texts[i].text, texts[i].limit), 0);
        indexset_print(&s, &b);
        cr_expect_str_eq(strbuf_str(&b), texts[i].want, "%s: %s", texts[i].what, strbuf_str(&b));
    }
}

/* 78 */
Test(indexset, text_and_inserts)
{
    static const struct {
        const char *text;
        uint32_t add[5];
        size_t n;
        const char *want;
    } rows[] = {
        {"2-7", {0, 3, 5, 9}, 4, "0,2-7,9"},
        {"3,4,6", {2, 7, 8}, 3, "2-4,6-8"},
        {"0,1-foo,bar", {3}, 1, "0,3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_indexset struct indexset s = INDEXSET_INIT;
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        indexset_parse(&s, rows[i].text, 100);
        for (size_t k = 0; k < rows[i].n; k++)
            indexset_insert(&s, rows[i].add[k]);
        indexset_print(&s, &b);
        cr_expect_str_eq(strbuf_str(&b), rows[i].want);
    }
}

Test(indexset, ranges_are_checked)
{
    cleanup_indexset struct indexset s = INDEXSET_INIT;
    cr_expect_eq(indexset_insert(&s, INDEXSET_MAX), 1);
    cr_expect_eq(indexset_insert(&s, INDEXSET_MAX + 1), -1);
    cr_expect_eq(indexset_insert(&s, UINT32_MAX), -1);
    cr_expect_eq(indexset_insert_range(&s, 5, UINT32_MAX), -1);
    cr_expect_eq(indexset_insert_range(&s, 5, 4), 0);
    cr_expect_eq(indexset_remove(&s, UINT32_MAX), -1);
    cr_expect_not(indexset_contains(&s, UINT32_MAX));
    cr_expect_eq(indexset_count(&s), 1);
    cr_expect_eq(indexset_insert_range(&s, 0, INDEXSET_MAX), 1);
    cr_expect_eq(indexset_count(&s), (uint64_t)INDEXSET_MAX + 1);
    const struct indexset *all = &s;
    cr_expect_eq(indexset_next_free(&all, 1, 0), INDEXSET_NONE);
    cr_expect_eq(indexset_insert_range(&s, 0, INDEXSET_MAX), 0);
    cr_expect_eq(indexset_remove_from(&s, 0), 0);
    cr_expect_eq(indexset_count(&s), 0);
}

Test(indexset, next_free_of_several_sets)
{
    static const struct {
        const char *a, *b;
        uint32_t from, want;
    } rows[] = {
        {"", "", 0, 0},
        {"0-4", "", 0, 5},
        {"0-4", "5,6", 0, 7},
        {"0-4", "5,6", 6, 7},
        {"0-4", "5,6", 100, 100},
        {"1", "0", 0, 2},
        {"0-8191", "8192", 0, 8193},
        {"0-4095,8192-20000", "4096-8191", 0, 20001},
        {"0-62", "64", 0, 63},
        {"0-62", "63,64", 0, 65},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_indexset struct indexset a = INDEXSET_INIT, b = INDEXSET_INIT;
        indexset_parse(&a, rows[i].a, 100000);
        indexset_parse(&b, rows[i].b, 100000);
        const struct indexset *sets[] = {&a, NULL, &b};
        cr_expect_eq(indexset_next_free(sets, 3, rows[i].from), rows[i].want, "row %zu", i);
    }
}

/* A plain array of flags to compare with. */
#define SPACE 20000u

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void step(struct indexset *s, bool *flags, uint64_t *rng)
{
    uint32_t a = next_random(rng) % SPACE, b = a + next_random(rng) % 300;
    if (b >= SPACE)
        b = SPACE - 1;
    switch (next_random(rng) % 16) {
    case 0:
        indexset_insert_range(s, a, b);
        memset(flags + a, 1, b - a + 1);
        break;
    case 1:
        if (a < SPACE / 2)
            break;
        indexset_remove_from(s, a);
        memset(flags + a, 0, SPACE - a);
        break;
    case 2:
    case 3:
    case 4:
        cr_assert_eq(indexset_remove(s, a), flags[a]);
        flags[a] = false;
        break;
    default:
        cr_assert_eq(indexset_insert(s, a), !flags[a]);
        flags[a] = true;
    }
}

static void compare(const struct indexset *s, const bool *flags)
{
    uint64_t n = 0;
    uint32_t a, b, at = 0, free_at = SPACE;
    for (uint32_t i = SPACE; i-- > 0;) {
        n += flags[i];
        free_at = flags[i] ? free_at : i;
        cr_assert_eq(indexset_contains(s, i), flags[i], "%u", i);
    }
    cr_assert_eq(indexset_count(s), n);
    cr_assert_eq(indexset_next_free(&s, 1, 0), free_at);
    for (uint32_t i = 0; indexset_next(s, i, &a, &b); i = b + 1) {
        for (; at < a; at++)
            cr_assert_not(flags[at]);
        for (; at <= b; at++)
            cr_assert(flags[at]);
    }
}

Test(indexset, behaves_as_an_array_of_flags)
{
    static bool flags[SPACE];
    cleanup_indexset struct indexset s = INDEXSET_INIT, copy = INDEXSET_INIT;
    uint64_t rng = 42;
    for (int i = 0; i < 20000; i++) {
        step(&s, flags, &rng);
        if (i % 500 == 0)
            compare(&s, flags);
    }
    cr_assert_eq(indexset_merge(&copy, &s), 0);
    compare(&copy, flags);
    cr_assert_eq(indexset_count_common(&copy, &s), indexset_count(&s));
    indexset_remove_from(&copy, SPACE / 2);
    cr_assert_eq(indexset_count_common(&copy, &s), indexset_count(&copy));
}

Test(indexset, a_million_in_disorder)
{
    cleanup_indexset struct indexset s = INDEXSET_INIT;
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (uint32_t i = 0; i < 1000000; i++)
        indexset_insert(&s, (uint32_t)((uint64_t)i * 7919993 % 1000000));
    indexset_print(&s, &b);
    cr_expect_str_eq(strbuf_str(&b), "0-999999");
}
