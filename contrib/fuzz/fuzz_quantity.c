/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any text as a quantity: what is accepted prints as text that reads back as the same value.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct quantity *q)
{
    char text[QUANTITY_TEXT_MAX];
    struct quantity again;
    assert(quantity_parse(&again, quantity_format(q, text), NULL) == 0);
    assert(quantity_cmp(q, &again) == 0 && quantity_sign(q) == quantity_sign(&again));
    assert(quantity_ceil(q) == quantity_ceil(&again));
    int64_t units = quantity_ceil(q);
    int64_t milli = quantity_ceil_milli(q);
    int64_t mib = quantity_ceil_mib(q);
    assert((units > 0) - (units < 0) == quantity_sign(q));
    assert((milli > 0) - (milli < 0) == quantity_sign(q));
    assert((mib > 0) - (mib < 0) == quantity_sign(q));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct quantity q;
    const char *why = NULL;
    memcpy(text, data, size);
    text[size] = '\0';
    if (quantity_parse(&q, text, &why) == 0) {
        check(&q);
        struct quantity rounded = q;
        quantity_round_milli(&rounded);
        check(&rounded);
        assert(quantity_cmp(&rounded, &q) * quantity_sign(&q) >= 0);
    } else {
        assert(why);
    }
    free(text);
    return 0;
}
