/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hostile input: limits are kept, and before the work is done. The times asserted are generous:
 * they tell linear from quadratic, not fast from slow.
 */
#include <time.h>

#include "reader_rows.h"

/* Repeats unit to about len bytes behind head. */
static void fill(struct strbuf *b, const char *head, const char *unit, size_t len)
{
    strbuf_adds(b, head);
    while (b->len < len)
        strbuf_adds(b, unit);
}

/* Reads all, the result or its error into out; returns the seconds it took. */
static double timed(const struct strbuf *b, const struct reader_limits *limits, char **out)
{
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    *out = read_all(strbuf_str(b), b->len, limits);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

Test(reader_limits, depth)
{
    static const struct {
        const char *head, *open, *leaf, *close;
        size_t count;
        const char *error; /* NULL = read */
    } rows[] = {
        {"", "[", "1", "]", 64, NULL},
        {"", "[", "1", "]", 65, YAML_ERROR("1", "65", "more than 64 levels of nesting")},
        {"", "- ", "1", "", 64, NULL},
        {"", "- ", "1", "", 65, YAML_ERROR("1", "129", "more than 64 levels of nesting")},
        {"", "? ", "1", "", 65, YAML_ERROR("1", "129", "more than 64 levels of nesting")},
        {"", "{a: ", "1", "}", 64, NULL},
        {"", "{a: ", "1", "}", 65, YAML_ERROR("1", "257", "more than 64 levels of nesting")},
        {"", "{\"a\":", "1", "}", 64, NULL},
        {"", "{\"a\":", "1", "}", 65, "! error parsing F:1:321: more than 64 levels of nesting"},
        {"{\"a\":", "[", "1", "]", 63, NULL},
        {"{\"a\":", "[", "1", "]", 64, "! error parsing F:1:69: more than 64 levels of nesting"},
        {"{\"a\":", "[", "1", "]", 3000,
         "! error parsing F:1:2053: maximum parsing depth reached "
         "near '['"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, rows[i].head);
        for (size_t k = 0; k < rows[i].count; k++)
            strbuf_adds(&b, rows[i].open);
        strbuf_adds(&b, rows[i].leaf);
        for (size_t k = 0; k < rows[i].count; k++)
            strbuf_adds(&b, rows[i].close);
        strbuf_adds(&b, *rows[i].head ? "}" : "");
        cleanup_free char *got = read_all(b.data, b.len, &reader_default_limits);
        if (rows[i].error)
            cr_expect_str_eq(got, rows[i].error, "row %zu: %s", i, got);
        else
            cr_expect(got[0] == '[' || got[0] == '{', "row %zu: %s", i, got);
    }
}

Test(reader_limits, bytes)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    fill(&b, "a: 1\n", "#", 1 << 20);
    cleanup_free char *fits = read_all(b.data, b.len, &reader_default_limits);
    cr_expect_str_eq(fits, "{\"a\":1}");
    strbuf_addc(&b, '#');
    cleanup_free char *too_long = read_all(b.data, b.len, &reader_default_limits);
    cr_expect_str_eq(too_long,
                     "! error parsing F: the file has 1048577 bytes, the limit is 1048576");
    struct reader_limits more = reader_default_limits;
    more.bytes = 1 << 21;
    cleanup_free char *settable = read_all(b.data, b.len, &more);
    cr_expect_str_eq(settable, "{\"a\":1}");
}

Test(reader_limits, nodes)
{
    /* A map, its key, a list, its values. */
    static const struct {
        const char *text;
        size_t nodes;
        const char *want;
    } rows[] = {
        {"a: [1, 2]", 5, "{\"a\":[1,2]}"},
        {"a: [1, 2]", 4,
         YAML_ERROR("1", "8", "more than 4 values (aliases count by what they expand to)")},
        {"{\"a\": [1, 2]}", 5, "{\"a\":[1,2]}"},
        {"{\"a\": [1, 2]}", 4, "! error parsing F:1:11: more than 4 values"},
        {"a: &x [1]\nb: *x", 7, "{\"a\":[1],\"b\":[1]}"},
        {"a: &x [1]\nb: *x", 6,
         YAML_ERROR("2", "4", "more than 6 values (aliases count by what they expand to)")},
        {"a: 1\n---\nb: 2", 3, "{\"a\":1}\n{\"b\":2}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reader_limits limits = reader_default_limits;
        limits.nodes = rows[i].nodes;
        cleanup_free char *got = read_all(rows[i].text, strlen(rows[i].text), &limits);
        cr_expect_str_eq(got, rows[i].want, "row %zu: %s", i, got);
    }
}

/* Ten levels of ten aliases each stand for 10^10 values. */
Test(reader_limits, alias_bomb)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    cleanup_free char *got = NULL;
    strbuf_adds(&b, "a0: &a0 x\n");
    for (int level = 1; level <= 10; level++) {
        strbuf_addf(&b, "a%d: &a%d [", level, level);
        for (int i = 0; i < 10; i++)
            strbuf_addf(&b, "%s*a%d", i ? ", " : "", level - 1);
        strbuf_adds(&b, "]\n");
    }
    double seconds = timed(&b, &reader_default_limits, &got);
    cr_expect_str_eq(
        got,
        YAML_ERROR("7", "25", "more than 500000 values (aliases count by what they expand to)"),
        "%s", got);
    cr_expect_lt(seconds, 1.0, "%f s", seconds);
}

/* The same with merges, whose keys are few, but whose work is the same. */
Test(reader_limits, merge_bomb)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    cleanup_free char *got = NULL;
    strbuf_adds(&b, "a: &a {");
    for (int i = 0; i < 20000; i++)
        strbuf_addf(&b, "%s%d: x", i ? ", " : "", i);
    fill(&b, "}\nb: {<<: [*a", ", *a", 900000);
    strbuf_adds(&b, "]}\n");
    double seconds = timed(&b, &reader_default_limits, &got);
    cr_expect(strstr(got, "more than 500000 values"), "%.200s", got);
    cr_expect_lt(seconds, 2.0, "%f s", seconds);
}

Test(reader_limits, many_anchors)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    cleanup_free char *got = NULL;
    for (int i = 0; i < 100000; i++)
        strbuf_addf(&b, "- &a%x\n", i);
    for (int i = 0; b.len < (1 << 20) - 10; i++)
        strbuf_addf(&b, "- *a%x\n", i % 100000);
    double seconds = timed(&b, &reader_default_limits, &got);
    cr_expect_eq(got[0], '[', "%.200s", got);
    cr_expect_lt(seconds, 5.0, "%f s", seconds);
}

/* What made one parser or another take minutes, or overflow its stack. */
Test(reader_limits, hostile_shapes)
{
    static const struct {
        const char *head, *unit;
        size_t len;
        const char *error; /* part of it; NULL = read */
    } rows[] = {
        {"", "[", 80000, "more than 64 levels of nesting"},
        {"", "{", 80000, "more than 64 levels of nesting"},
        {"", "- ", 80000, "more than 64 levels of nesting"},
        {"", "? ", 80000, "more than 64 levels of nesting"},
        {"", "[{", 80000, "more than 64 levels of nesting"},
        {"", "{\"a\":", 80000, "maximum parsing depth"},
        {"{\"a\":", "[", 80000, "maximum parsing depth"},
        {"", "-", 1000000, "invalid Yaml document separator"},
        {"x", "-", 1000000, NULL},
        {"", "%TAG !a! b\n", 1000000, "did not find expected <document start>"},
        {"", "\r%TAG !a! b\r", 1000000, "did not find expected <document start>"},
        {"", "---\n", 1000000, NULL},
        {"", "a: 1\n---\n", 1000000, NULL},
        {"", "{}", 1000000, NULL},
        {"", "{}\n", 1000000, NULL},
        {"[", "1,", 900000, "did not find expected node content"},
        {"", "- 1\n- 2\n- [,", 900000, "did not find expected node content"},
        {"", "- x\n", 1000000, NULL},
        {"", "&a ", 1000000, NULL},
        {"", "!a ", 1000000, NULL},
        {"", "*a ", 1000000, "unknown anchor"},
        {"a: \"", "\\n", 1000000, "found unexpected end of stream"},
        {"a: \"", "\n", 1000000, "found unexpected end of stream"},
        {"a: '", "''", 1000000, "found unexpected end of stream"},
        {"a: |", "\n ", 1000000, NULL},
        {"a: ", "1", 1000000, NULL},
        {"a: ", "1_", 1000000, NULL},
        {"a: ", "x ", 1000000, NULL},
        {"", "#\n", 1000000, NULL},
        {"", "a: 1\n", 1000000, NULL},
        {"", " ", 1000000, NULL},
        {"", "\xff", 1000000, NULL},
        {"{\"a\":\"", "\\ud800", 1000000, "unexpected newline"},
        {"{\"a\":\"", "\xff", 1000000, "found unexpected end of stream"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        cleanup_free char *got = NULL;
        fill(&b, rows[i].head, rows[i].unit, rows[i].len);
        double seconds = timed(&b, &reader_default_limits, &got);
        const char *error = strstr(got, "! error");
        cr_expect(rows[i].error ? error && strstr(error, rows[i].error) : !error, "row %zu: %.200s",
                  i, error ? error : got);
        /* Sanitizers make all this several times slower. */
        cr_expect_lt(seconds, rows[i].len > 80000 ? 10.0 : 1.0, "row %zu: %f s", i, seconds);
    }
}
