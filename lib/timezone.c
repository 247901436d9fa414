/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timezone.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "posix_tz.h"

enum { HEADER = 44, MAX_TYPES = 256, MAX_OFFSET = 7 * 86400 };

struct timezone_info {
    size_t count; /* of transitions */
    int64_t *at;  /* when, ascending */
    uint8_t *to;  /* the type that begins then */
    int before;   /* the type before the first transition */
    size_t ntypes;
    int32_t offsets[MAX_TYPES]; /* of the types, seconds east of UTC */
    bool dst[MAX_TYPES];
    bool has_rule;
    struct posix_tz rule; /* from the last transition on */
};

/* The counts of a header, in file order. */
struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

/* What is left of the file. */
struct input {
    const unsigned char *p;
    size_t left;
};

static const unsigned char *take(struct input *in, size_t n)
{
    if (n > in->left)
        return NULL;
    const unsigned char *p = in->p;
    in->p += n;
    in->left -= n;
    return p;
}

static uint64_t big_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

/* Returns the version of the header (1 to 4), 0 when it is none. */
static int read_header(struct input *in, struct counts *c)
{
    const unsigned char *p = take(in, HEADER);
    if (!p || memcmp(p, "TZif", 4) != 0)
        return 0;
    uint32_t n[6];
    for (size_t i = 0; i < 6; i++)
        n[i] = (uint32_t)big_endian(p + 20 + 4 * i, 4);
    *c = (struct counts){n[0], n[1], n[2], n[3], n[4], n[5]};
    if (p[4] == 0)
        return 1;
    return p[4] >= '2' && p[4] <= '4' ? p[4] - '0' : 0;
}

/* The block of 32-bit times, which a later one of 64 bits replaces. Counts are 32 bits wide, so the
 * sum fits. */
static bool skip_block(struct input *in, const struct counts *c)
{
    uint64_t size = (uint64_t)c->time * 5 + (uint64_t)c->type * 6 + c->chars +
                    (uint64_t)c->leap * 8 + c->isstd + c->isut;
    return size <= in->left && take(in, (size_t)size);
}

static bool read_times(struct input *in, size_t width, struct timezone_info *tz)
{
    const unsigned char *times = tz->count <= in->left / width ? take(in, tz->count * width) : NULL;
    const unsigned char *types = times ? take(in, tz->count) : NULL;
    if (!types)
        return false;
    tz->at = calloc(tz->count + 1, sizeof *tz->at);
    tz->to = malloc(tz->count + 1);
    if (!tz->at || !tz->to)
        return false;
    for (size_t i = 0; i < tz->count; i++) {
        uint64_t v = big_endian(times + i * width, width);
        tz->at[i] = width == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
        tz->to[i] = types[i];
        if (types[i] >= tz->ntypes || (i && tz->at[i] <= tz->at[i - 1]))
            return false;
    }
    return true;
}

static bool read_types(struct input *in, struct timezone_info *tz)
{
    const unsigned char *p = take(in, tz->ntypes * 6);
    if (!p)
        return false;
    for (size_t i = 0; i < tz->ntypes; i++, p += 6) {
        tz->offsets[i] = (int32_t)(uint32_t)big_endian(p, 4);
        tz->dst[i] = p[4];
        if (tz->offsets[i] > MAX_OFFSET || tz->offsets[i] < -MAX_OFFSET)
            return false;
    }
    return true;
}

static bool read_block(struct input *in, const struct counts *c, size_t width,
                       struct timezone_info *tz)
{
    if (!c->type || c->type > MAX_TYPES)
        return false;
    tz->count = c->time;
    tz->ntypes = c->type;
    uint64_t rest = c->chars + (uint64_t)c->leap * (width + 4) + c->isstd + c->isut;
    return read_times(in, width, tz) && read_types(in, tz) && rest <= in->left &&
           take(in, (size_t)rest);
}

/* The rule between two line feeds. One that cannot be read is as if it were missing. */
static void read_footer(const struct input *in, struct timezone_info *tz)
{
    const char *s = (const char *)in->p;
    if (in->left < 3 || s[0] != '\n')
        return;
    const char *end = memchr(s + 1, '\n', in->left - 1);
    if (end && end > s + 1)
        tz->has_rule = posix_tz_parse(s + 1, (size_t)(end - s - 1), &tz->rule) == 0;
}

static int first_standard(const struct timezone_info *tz)
{
    for (size_t i = 0; i < tz->ntypes; i++) {
        if (!tz->dst[i])
            return (int)i;
    }
    return 0;
}

/* Which type holds before the first transition (as tzcode and Go find it): the first one, unless
 * transitions use it, too. */
static int type_before(const struct timezone_info *tz)
{
    if (!tz->count || !memchr(tz->to, 0, tz->count))
        return 0;
    for (int i = tz->to[0]; tz->dst[tz->to[0]] && i-- > 0;) {
        if (!tz->dst[i])
            return i;
    }
    return first_standard(tz);
}

static bool parse(struct input *in, struct timezone_info *tz)
{
    struct counts c = {0};
    int version = read_header(in, &c);
    if (!version)
        return false;
    if (version > 1 && (!skip_block(in, &c) || !read_header(in, &c)))
        return false;
    if (!read_block(in, &c, version > 1 ? 8 : 4, tz))
        return false;
    if (version > 1)
        read_footer(in, tz);
    tz->before = type_before(tz);
    return true;
}

int timezone_parse(const void *data, size_t len, struct timezone_info **out, struct error *err)
{
    struct input in = {data, len};
    *out = calloc(1, sizeof **out);
    if (*out && parse(&in, *out))
        return 0;
    int rc = error_set(err, *out ? "malformed time zone information" : "out of memory");
    timezone_free(*out);
    *out = NULL;
    return rc;
}

void timezone_free(struct timezone_info *tz)
{
    if (!tz)
        return;
    free(tz->at);
    free(tz->to);
    free(tz);
}

/* The number of transitions at or before an instant. */
static size_t transitions_until(const struct timezone_info *tz, int64_t utc)
{
    size_t low = 0;
    size_t high = tz->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (tz->at[mid] <= utc)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

int timezone_offset(const struct timezone_info *tz, int64_t utc)
{
    if (!tz)
        return 0;
    size_t n = transitions_until(tz, utc);
    if (n == tz->count && tz->has_rule)
        return posix_tz_offset(&tz->rule, utc);
    return tz->offsets[n ? tz->to[n - 1] : tz->before];
}

int64_t timezone_to_utc(const struct timezone_info *tz, int64_t local)
{
    /* The first guess errs only near a transition; the second is right if any answer is. */
    int64_t guess = local - timezone_offset(tz, local);
    return local - timezone_offset(tz, guess);
}
