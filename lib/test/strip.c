/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../strip.h"

#include <criterion/criterion.h>
#include <string.h>

/* ".>#rx" to states. */
static uint32_t states_of(const char *text, uint8_t *states)
{
    uint32_t n = 0;
    for (; text[n]; n++)
        for (int s = 0; s < INDEX_STATES; s++)
            if (strip_marks[s].letter == text[n])
                states[n] = (uint8_t)s;
    return n;
}

Test(strip, lines)
{
    static const struct {
        const char *proves, *states;
        int width, rows;
        const char *want;
    } rows[] = {
        {"each index its own letter", ".>#rx", 10, 2, ".>#rx\n"},
        {"as wide as the line", "#####", 5, 1, "#####\n"},
        {"two lines", "#####..", 5, 2, "#####\n..\n"},
        {"two indexes a letter", "######....", 5, 1, "###..\n"},
        {"a range of which a part is done", "##.#......", 5, 1, "#+...\n"},
        {"a failure is seen among successes", "####x#####", 5, 1, "##x##\n"},
        {"a failure before a retry, a retry before what runs", "xrr>>##...", 5, 1, "xr>+.\n"},
        {"the last letter stands for fewer", "#######", 4, 1, "####\n"},
        {"one index", "x", 80, 8, "x\n"},
        {"none", "", 80, 8, ""},
        {"no room is one column", "####", 0, 0, "#\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t states[64];
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        uint32_t n = states_of(rows[i].states, states);
        int width = rows[i].width < 1 ? 1 : rows[i].width;
        strip_print(states, n, width, rows[i].rows, false, "", &b);
        cr_expect_str_eq(strbuf_str(&b), rows[i].want, "%s: %s", rows[i].proves, strbuf_str(&b));
    }
}

Test(strip, colors_end_with_the_line)
{
    uint8_t states[8];
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strip_print(states, states_of("##.x", states), 2, 2, true, " ", &b);
    cr_expect_str_eq(strbuf_str(&b), " \033[32m##\033[0m\n .\033[31mx\033[0m\n");
}

Test(strip, scale_never_needs_more_room)
{
    for (uint32_t n = 1; n < 3000; n += 7)
        for (int width = 1; width < 90; width += 11) {
            uint32_t scale = strip_scale(n, width, 3);
            cr_assert_leq((n + scale - 1) / scale, (uint32_t)width * 3, "%u on %d", n, width);
        }
    cr_expect_eq(strip_scale(UINT32_MAX, 80, 8), UINT32_MAX / 640 + 1);
    cr_expect_eq(strip_scale(UINT32_MAX, 1 << 29, 8), 1, "a terminal of 2^32 places");
}

Test(strip, ranges)
{
    static const struct {
        const char *states;
        size_t max;
        const char *want;
    } rows[] = {
        {"xx.xxx.x", 80, "0,1,3-5,7"},    {"....", 80, ""},  {"xxxx", 80, "0-3"},
        {"x.x.x.x.x.x", 32, "0,2,4,..."}, {"x.x", 1, "..."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t states[64];
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        uint32_t n = states_of(rows[i].states, states);
        strip_ranges(states, n, INDEX_FAILED, rows[i].max, &b);
        cr_expect_str_eq(strbuf_str(&b), rows[i].want, "%s: %s", rows[i].states, strbuf_str(&b));
    }
}
