/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes TZif files for tests, so that they need no tz database.
 */
#ifndef SKJOB_TEST_TZIF_H
#define SKJOB_TEST_TZIF_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../strbuf.h"

struct tzif_type {
    int32_t offset;
    bool dst;
};

struct tzif {
    int version; /* 1, or 2 to 4 */
    size_t count;
    const int64_t *at;
    const uint8_t *to;
    size_t ntypes;
    const struct tzif_type *types;
    const char *footer; /* version 2 and later */
};

static inline void tzif_big_endian(struct strbuf *b, uint64_t v, int bytes)
{
    while (bytes-- > 0)
        strbuf_addc(b, (char)(v >> (8 * bytes)));
}

static inline void tzif_header(struct strbuf *b, int version, size_t count, size_t ntypes)
{
    static const char zeros[15];
    strbuf_adds(b, "TZif");
    strbuf_addc(b, version == 1 ? '\0' : (char)('0' + version));
    strbuf_add(b, zeros, sizeof zeros);
    strbuf_add(b, zeros, 12); /* no indicators, no leap seconds */
    tzif_big_endian(b, count, 4);
    tzif_big_endian(b, ntypes, 4);
    tzif_big_endian(b, 4, 4);
}

static inline void tzif_block(struct strbuf *b, const struct tzif *z, int width)
{
    for (size_t i = 0; i < z->count; i++)
        tzif_big_endian(b, (uint64_t)z->at[i], width);
    for (size_t i = 0; i < z->count; i++)
        tzif_big_endian(b, z->to[i], 1);
    for (size_t i = 0; i < z->ntypes; i++) {
        tzif_big_endian(b, (uint64_t)(int64_t)z->types[i].offset, 4);
        tzif_big_endian(b, z->types[i].dst, 1);
        tzif_big_endian(b, 0, 1);
    }
    strbuf_add(b, "XXX", 4);
}

static inline void tzif_build(struct strbuf *b, const struct tzif *z)
{
    static const struct tzif_type utc = {0, false};
    const struct tzif empty = {.ntypes = 1, .types = &utc};
    if (z->version == 1) {
        tzif_header(b, 1, z->count, z->ntypes);
        tzif_block(b, z, 4);
        return;
    }
    tzif_header(b, z->version, 0, 1);
    tzif_block(b, &empty, 4);
    tzif_header(b, z->version, z->count, z->ntypes);
    tzif_block(b, z, 8);
    strbuf_addf(b, "\n%s\n", z->footer ? z->footer : "");
}

/* A zone of nothing but a rule. */
static inline void tzif_build_rule(struct strbuf *b, const char *footer)
{
    static const struct tzif_type utc = {0, false};
    const struct tzif z = {.version = 2, .ntypes = 1, .types = &utc, .footer = footer};
    tzif_build(b, &z);
}

#endif
