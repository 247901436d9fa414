/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

#include "../grow.h"

/* AddressSanitizer sees a step out of the room. */
Test(grow, every_element_has_room_and_is_kept)
{
    size_t *v = NULL;
    for (size_t i = 0; i < 1000; i++) {
        size_t *w = grow(v, i, sizeof *v);
        cr_assert(w);
        v = w;
        v[i] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        cr_assert_eq(v[i], i);
    free(v);
}

Test(grow, room_is_asked_for_at_powers_of_two_only)
{
    size_t *v = grow(NULL, 0, sizeof *v);
    for (size_t i = 1; i < 8; i++)
        cr_assert_eq(grow(v, i, sizeof *v), v);
    v = grow(v, 8, sizeof *v);
    cr_assert(v);
    for (size_t i = 9; i < 16; i++)
        cr_assert_eq(grow(v, i, sizeof *v), v);
    free(v);
}

Test(grow, more_than_memory_is_refused)
{
    int one;
    cr_assert_null(grow(NULL, 0, SIZE_MAX / 2));
    cr_assert_null(grow(&one, SIZE_MAX / 2 + 1, 1));
}
