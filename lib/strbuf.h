/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A growing string. Its error is sticky: after one failed append (out of memory, or the limit
 * reached) every further append does nothing, and strbuf_steal() returns NULL. So a long text is
 * built without a check per line and tested once.
 */
#ifndef SKJOB_STRBUF_H
#define SKJOB_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *data; /* NUL-terminated once anything was appended; NULL before */
    size_t len; /* without the NUL */
    size_t cap;
    size_t max; /* limit for len, 0 = STRBUF_MAX */
    bool failed;
};

#define STRBUF_MAX ((size_t)1 << 30)
#define STRBUF_INIT                                                                                \
    {                                                                                              \
        0                                                                                          \
    }

void strbuf_add(struct strbuf *b, const void *data, size_t len);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Keeps the memory, forgets the content and the failure. */
void strbuf_reset(struct strbuf *b);

/* The text so far, "" when nothing was appended. Owned by b. */
const char *strbuf_str(const struct strbuf *b);

/* Hands the text to the caller, who frees it; NULL when an append failed. b is empty afterwards. */
char *strbuf_steal(struct strbuf *b);

/* Frees the content. Safe on an empty or stolen buffer; usable as a cleanup attribute. */
void strbuf_free(struct strbuf *b);

#define cleanup_strbuf __attribute__((cleanup(strbuf_free)))

#endif
