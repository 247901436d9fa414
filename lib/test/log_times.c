/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../log_times.h"

#include <criterion/criterion.h>
#include <string.h>

#define START 1000

static struct log_times read_all(const char *text)
{
    struct log_times t = {0};
    cr_assert_geq(log_times_add(&t, text, strlen(text)), 0);
    return t;
}

Test(log_times, a_line_is_read_as_it_was_written)
{
    char line[LOG_TIMES_LINE];
    const struct log_time most = {UINT64_MAX, INT64_MAX};
    cr_assert_eq(log_times_line(&most, line), strlen(line));
    struct log_times t = read_all(line);
    cr_assert_eq(t.len, 1);
    cr_expect_eq(t.v[0].offset, most.offset);
    cr_expect_eq(t.v[0].us, most.us);
    log_times_free(&t);
}

Test(log_times, a_byte_has_the_time_of_the_last_line_before_it)
{
    struct log_times t = read_all("10 2000\n20 3000\n");
    static const struct {
        uint64_t offset;
        int64_t us;
    } rows[] = {{0, START}, {9, START}, {10, 2000}, {19, 2000}, {20, 3000}, {UINT64_MAX, 3000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(log_times_at(&t, rows[i].offset, START), rows[i].us, "row %zu", i);
    log_times_free(&t);
}

Test(log_times, the_first_byte_since)
{
    struct log_times t = read_all("10 2000\n20 3000\n");
    static const struct {
        int64_t us;
        uint64_t offset;
    } rows[] = {{0, 0}, {START, 0}, {START + 1, 10}, {2000, 10}, {2001, 20}, {3001, UINT64_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(log_times_from(&t, rows[i].us, START), rows[i].offset, "row %zu", i);
    log_times_free(&t);
}

Test(log_times, what_a_dead_node_left_is_passed_over)
{
    struct log_times t = read_all("10 2000\nx\n5 2500\n\n15\n20 3000 7\n30 4000\n40 50");
    cr_assert_eq(t.len, 2);
    cr_expect_eq(t.v[1].offset, 30);
    log_times_free(&t);
}

Test(log_times, damaged_numbers_hide_nothing)
{
    struct log_times t = read_all("10 2000\n-5 2500\n18446744073709551616 2600\n12 -1\n+13 2700\n"
                                  "14  2800\n15 9223372036854775808\n30 4000\n");
    cr_assert_eq(t.len, 2);
    cr_expect_eq(t.v[1].offset, 30);
    log_times_free(&t);
}

Test(log_times, bytes_that_were_lost_have_no_time)
{
    struct log_times t = read_all("10 2000\n10 3000\n20 4000\n");
    cr_assert_eq(t.len, 2);
    cr_expect_eq(log_times_at(&t, 10, START), 3000);
    log_times_free(&t);
}

Test(log_times, half_a_line_waits)
{
    struct log_times t = {0};
    cr_expect_eq(log_times_add(&t, "10 2000\n20 3", 12), 8);
    cr_expect_eq(log_times_add(&t, "20 3000\n", 8), 8);
    cr_expect_eq(t.len, 2);
    log_times_free(&t);
}
