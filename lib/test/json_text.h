/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: JSON that reads well in C.
 */
#ifndef SKJOB_TEST_JSON_TEXT_H
#define SKJOB_TEST_JSON_TEXT_H

#include <criterion/criterion.h>
#include <jansson.h>

#include "strbuf.h"

/* The value of a text in which ' stands for ". */
static inline json_t *json_text(const char *text)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    json_error_t e;
    for (const char *p = text; *p; p++)
        strbuf_addc(&b, *p == '\'' ? '"' : *p);
    json_t *v = json_loads(strbuf_str(&b), JSON_DECODE_ANY, &e);
    cr_assert_not_null(v, "%s: %s", text, e.text);
    return v;
}

#endif
