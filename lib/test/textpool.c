/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "textpool.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(textpool, numbers_texts)
{
    struct textpool pool = {0};
    char text[16];
    size_t len;
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            snprintf(text, sizeof text, "t%u", i);
            cr_assert_eq(textpool_add(&pool, text, strlen(text)), i);
        }
    cr_expect_str_eq(textpool_get(&pool, 4711, &len), "t4711");
    cr_expect_eq(len, 5);
    cr_expect_eq(textpool_add(&pool, "", 0), 5000);
    cr_expect_eq(textpool_add(&pool, "a\0b", 3), 5001);
    cr_expect_eq(textpool_add(&pool, "a\0c", 3), 5002);
    cr_expect_str_eq(textpool_get(&pool, TEXTPOOL_NONE, &len), "");
    cr_expect_eq(len, 0);
    textpool_free(&pool);
}

Test(textpool, orders_by_text_alone)
{
    static const char *const texts[] = {"b", "", "a", "aa"};
    static const int order[] = {3, 0, 1, 2};
    struct textpool pool = {0};
    for (size_t i = 0; i < 4; i++)
        textpool_add(&pool, texts[i], strlen(texts[i]));
    for (uint32_t a = 0; a < 4; a++)
        for (uint32_t b = 0; b < 4; b++) {
            int got = textpool_compare(&pool, a, b), want = order[a] - order[b];
            cr_expect((got > 0) - (got < 0) == (want > 0) - (want < 0), "%u %u", a, b);
        }
    textpool_free(&pool);
}
