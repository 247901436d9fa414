/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quantity.h"

#include <stdio.h>
#include <string.h>

static const char error_format[] = "quantities must match the regular expression "
                                   "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
static const char error_numeric[] = "unable to parse numeric part of quantity";
static const char error_suffix[] = "unable to parse quantity's suffix";

enum { NANO = -9, MILLI = -3, MAX_INT64_DIGITS = 18, BINARY_DIGITS = 64 };

static const struct suffix {
    const char *text;
    int exp10; /* decimal family */
    int exp2;  /* binary family, 0 = decimal */
} suffixes[] = {
    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"", 0, 0},    {"k", 3, 0},   {"M", 6, 0},
    {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
    {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The text of a quantity, cut into its parts. */
struct parts {
    bool negative;
    bool any_digit;
    const char *num; /* digits before the point, without leading zeros */
    size_t num_len;
    const char *frac; /* digits after the point */
    size_t frac_len;
    const char *suffix;
};

/* A number being worked on: the digits (most significant first) times 10^low. */
struct work {
    uint8_t d[QUANTITY_DIGITS + 32];
    unsigned n;
    int64_t low;
    bool more; /* non-zero digits follow that were not kept */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digit_span(const char *s)
{
    return strspn(s, "0123456789");
}

static int split(const char *s, struct parts *p)
{
    p->negative = *s == '-';
    s += *s == '-' || *s == '+';
    size_t zeros = strspn(s, "0");
    s += zeros;
    p->num = s;
    p->num_len = digit_span(s);
    s += p->num_len;
    s += *s == '.';
    p->frac = s;
    p->frac_len = s > p->num + p->num_len ? digit_span(s) : 0;
    s += p->frac_len;
    p->any_digit = zeros || p->num_len || p->frac_len;
    p->suffix = s;
    s += strspn(s, "eEinumkKMGTP");
    s += *s == '-' || *s == '+';
    s += digit_span(s);
    return *s ? -1 : 0;
}

/* The signed decimal exponent behind an e or E. */
static int parse_exponent(const char *s, int64_t *out)
{
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    int64_t v = 0;
    if (!is_digit(*s))
        return -1;
    for (; is_digit(*s); s++) {
        v = v * 10 + (*s - '0');
        if (v > (int64_t)INT32_MAX + 1)
            return -1;
    }
    *out = negative ? -v : v;
    return *s || *out > INT32_MAX ? -1 : 0;
}

static int parse_suffix(const char *s, enum quantity_format *format, int64_t *exp10, int *exp2)
{
    *exp10 = 0;
    *exp2 = 0;
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        if (strcmp(s, suffixes[i].text) != 0)
            continue;
        *exp10 = suffixes[i].exp10;
        *exp2 = suffixes[i].exp2;
        *format = *exp2 ? QUANTITY_BINARY_SI : QUANTITY_DECIMAL_SI;
        return 0;
    }
    *format = QUANTITY_DECIMAL_EXPONENT;
    return (*s == 'e' || *s == 'E') ? parse_exponent(s + 1, exp10) : -1;
}

/* Appends digits while there is room for max of them; leading zeros take none. */
static void add_digits(struct work *w, const char *s, size_t len, unsigned max)
{
    for (size_t i = 0; i < len; i++) {
        if (!w->n && s[i] == '0')
            continue;
        if (w->n < max) {
            w->d[w->n++] = (uint8_t)(s[i] - '0');
        } else {
            w->more = w->more || s[i] != '0';
            w->low++;
        }
    }
}

static void multiply_1024(struct work *w)
{
    unsigned carry = 0;
    for (unsigned i = w->n; i-- > 0;) {
        carry += w->d[i] * 1024U;
        w->d[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    for (; carry; carry /= 10) {
        memmove(w->d + 1, w->d, w->n++);
        w->d[0] = (uint8_t)(carry % 10);
    }
}

static void increment(struct work *w)
{
    for (unsigned i = w->n; i-- > 0;) {
        if (w->d[i] != 9) {
            w->d[i]++;
            return;
        }
        w->d[i] = 0;
    }
    memmove(w->d + 1, w->d, w->n++);
    w->d[0] = 1;
}

/* Drops what is finer than 10^scale, rounding away from zero. */
static void round_up(struct work *w, int64_t scale)
{
    bool rest = w->more;
    w->more = false;
    if (!w->n || w->low > scale)
        return;
    while (w->low < scale && w->n) {
        w->n--;
        rest = rest || w->d[w->n];
        w->low++;
    }
    w->low = scale;
    if (rest)
        increment(w);
}

static void store(struct quantity *q, const struct work *w, bool negative)
{
    unsigned first = 0;
    unsigned n = w->n;
    while (first < n && !w->d[first])
        first++;
    while (n > first && !w->d[n - 1])
        n--;
    q->ndigits = n - first;
    memset(q->digits, 0, sizeof q->digits);
    memcpy(q->digits, w->d + first, q->ndigits);
    q->point = q->ndigits ? w->low + (int64_t)(w->n - 1 - first) : 0;
    q->sign = !q->ndigits ? 0 : negative ? -1 : 1;
}

static void load(const struct quantity *q, struct work *w)
{
    w->n = q->ndigits;
    memcpy(w->d, q->digits, q->ndigits);
    w->low = q->point - (int64_t)q->ndigits + 1;
    w->more = false;
}

/* Kubernetes parses numbers of few digits in a second way that never rounds, and that remembers the
 * text when it looks canonical enough. What the two ways accept differs a little: "Gi" reads as 0,
 * "Ei" is refused. */
static bool is_short(const struct parts *p, enum quantity_format format, int64_t exp10, int exp2)
{
    int64_t num_len = p->num_len ? (int64_t)p->num_len : 1;
    if (format == QUANTITY_BINARY_SI)
        return !p->frac_len && num_len + exp2 * 3 / 10 + 1 <= 15;
    return num_len + (int64_t)p->frac_len <= MAX_INT64_DIGITS &&
           exp10 - (int64_t)p->frac_len >= NANO;
}

/* digits: number and fraction together, at most 18 of them. */
static bool keeps_text(const struct parts *p, enum quantity_format format, int64_t exp10)
{
    char digits[MAX_INT64_DIGITS + 2];
    int n = snprintf(digits, sizeof digits, "%.*s%.*s", (int)p->num_len, p->num, (int)p->frac_len,
                     p->frac);
    if (!p->num_len)
        return false;
    if (format == QUANTITY_BINARY_SI) {
        unsigned long long value = 0;
        for (int i = 0; i < n; i++)
            value = value * 10 + (unsigned)(digits[i] - '0');
        return value & 7;
    }
    bool thousands = n >= 3 && strcmp(digits + n - 3, "000") == 0;
    return (exp10 - (int64_t)p->frac_len) % 3 == 0 && !thousands;
}

static void cap(struct quantity *q)
{
    struct quantity max;
    quantity_set_int(&max, INT64_MAX);
    int sign = q->sign;
    if (sign)
        q->sign = 1;
    if (quantity_cmp(q, &max) > 0) {
        enum quantity_format format = q->format;
        *q = max;
        q->format = format;
    }
    if (sign)
        q->sign = sign;
}

static int convert(struct quantity *q, const struct parts *p, int64_t exp10, int exp2)
{
    struct work w = {.low = exp10 - (int64_t)p->frac_len};
    unsigned max = exp2 ? BINARY_DIGITS : QUANTITY_DIGITS;
    add_digits(&w, p->num, p->num_len, max);
    add_digits(&w, p->frac, p->frac_len, max);
    if (!exp2 && w.more && w.low > NANO)
        return -1;
    for (int i = 0; i < exp2; i += 10)
        multiply_1024(&w);
    round_up(&w, NANO);
    if (w.n > QUANTITY_DIGITS && w.d[QUANTITY_DIGITS])
        return -1;
    store(q, &w, p->negative);
    return 0;
}

static int fail(const char **error_text, const char *text)
{
    if (error_text)
        *error_text = text;
    return -1;
}

int quantity_parse(struct quantity *q, const char *s, const char **error_text)
{
    struct parts p;
    int64_t exp10;
    int exp2;
    memset(q, 0, sizeof *q);
    if (!*s || split(s, &p) < 0)
        return fail(error_text, error_format);
    if (parse_suffix(p.suffix, &q->format, &exp10, &exp2) < 0)
        return fail(error_text, error_suffix);
    bool short_way = is_short(&p, q->format, exp10, exp2);
    if ((!short_way && !p.any_digit) || convert(q, &p, exp10, exp2) < 0)
        return fail(error_text, error_numeric);
    if (short_way && keeps_text(&p, q->format, exp10) && strlen(s) < sizeof q->kept)
        memcpy(q->kept, s, strlen(s));
    if (q->format == QUANTITY_BINARY_SI) {
        cap(q);
        if (q->sign && q->point < 0)
            q->format = QUANTITY_DECIMAL_SI;
    }
    return 0;
}

static const char *decimal_suffix(int64_t exp10)
{
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        if (!suffixes[i].exp2 && suffixes[i].exp10 == exp10)
            return suffixes[i].text;
    }
    return NULL;
}

static const char *format_decimal(const struct quantity *q, char buf[QUANTITY_TEXT_MAX])
{
    int64_t low = q->point - (int64_t)q->ndigits + 1;
    int zeros = (int)(((low % 3) + 3) % 3);
    int64_t exp10 = low - zeros;
    char digits[QUANTITY_DIGITS + 1];
    for (unsigned i = 0; i < q->ndigits; i++)
        digits[i] = (char)('0' + q->digits[i]);
    digits[q->ndigits] = '\0';
    const char *suffix = q->format == QUANTITY_DECIMAL_EXPONENT ? NULL : decimal_suffix(exp10);
    int n =
        snprintf(buf, QUANTITY_TEXT_MAX, "%s%s%.*s", q->sign < 0 ? "-" : "", digits, zeros, "00");
    if (suffix)
        snprintf(buf + n, QUANTITY_TEXT_MAX - (size_t)n, "%s", suffix);
    else if (exp10)
        snprintf(buf + n, QUANTITY_TEXT_MAX - (size_t)n, "e%lld", (long long)exp10);
    return buf;
}

/* An integer of the binary family, below 2^63. */
static const char *format_binary(const struct quantity *q, char buf[QUANTITY_TEXT_MAX])
{
    static const char *const names[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    unsigned long long v = (unsigned long long)quantity_ceil(q);
    unsigned thousands = 0;
    if (q->sign < 0)
        v = -v;
    for (; v % 1024 == 0; v /= 1024)
        thousands++;
    snprintf(buf, QUANTITY_TEXT_MAX, "%s%llu%s", q->sign < 0 ? "-" : "", v, names[thousands]);
    return buf;
}

const char *quantity_format(const struct quantity *q, char buf[QUANTITY_TEXT_MAX])
{
    if (q->kept[0]) {
        memcpy(buf, q->kept, sizeof q->kept);
        return buf;
    }
    if (!q->sign) {
        memcpy(buf, "0", 2);
        return buf;
    }
    if (q->format != QUANTITY_BINARY_SI)
        return format_decimal(q, buf);
    struct quantity decimal = *q;
    decimal.format = QUANTITY_DECIMAL_SI;
    int64_t v = quantity_ceil(q);
    bool is_small = v > -1024 && v < 1024;
    /* 1023.5 rounds to 1024 but is less; being no integer it prints as a decimal anyway. */
    return is_small || !quantity_is_integer(q) ? format_decimal(&decimal, buf)
                                               : format_binary(q, buf);
}

void quantity_round_milli(struct quantity *q)
{
    struct work w;
    load(q, &w);
    if (!w.n || w.low >= MILLI)
        return;
    round_up(&w, MILLI);
    store(q, &w, q->sign < 0);
    q->kept[0] = '\0';
}

static int cmp_magnitude(const struct quantity *a, const struct quantity *b)
{
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    return memcmp(a->digits, b->digits, sizeof a->digits);
}

int quantity_cmp(const struct quantity *a, const struct quantity *b)
{
    if (a->sign != b->sign)
        return a->sign < b->sign ? -1 : 1;
    int c = cmp_magnitude(a, b);
    return a->sign * ((c > 0) - (c < 0));
}

int quantity_sign(const struct quantity *q)
{
    return q->sign;
}

bool quantity_is_integer(const struct quantity *q)
{
    return q->point - (int64_t)q->ndigits + 1 >= 0 || !q->sign;
}

void quantity_set_int(struct quantity *q, int64_t value)
{
    struct work w = {0};
    char text[32];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    bool negative = value < 0;
    add_digits(&w, text + negative, (size_t)(n - negative), sizeof text);
    memset(q, 0, sizeof *q);
    store(q, &w, negative);
}

int64_t quantity_ceil_div(const struct quantity *q, int scale10, int64_t unit)
{
    enum { U128_DIGITS = 38 };
    int64_t digits_before = q->point + 1 + scale10; /* of the integer part */
    bool rest = false;
    unsigned __int128 v = 0;
    if (!q->sign)
        return 0;
    if (digits_before > U128_DIGITS)
        return q->sign * INT64_MAX;
    for (int64_t i = 0; i < digits_before; i++)
        v = v * 10 + (i < q->ndigits ? q->digits[i] : 0);
    rest = digits_before < (int64_t)q->ndigits;
    rest = rest || v % (unsigned __int128)unit;
    v = v / (unsigned __int128)unit + rest;
    return q->sign * (v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

int64_t quantity_ceil(const struct quantity *q)
{
    return quantity_ceil_div(q, 0, 1);
}

int64_t quantity_ceil_milli(const struct quantity *q)
{
    return quantity_ceil_div(q, 3, 1);
}

int64_t quantity_ceil_mib(const struct quantity *q)
{
    return quantity_ceil_div(q, 0, 1024 * 1024);
}
