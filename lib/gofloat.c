/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gofloat.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decimal {
    bool negative;
    char digits[20]; /* without trailing zeros, at least one */
    int count;
    int point; /* the value is 0.DIGITS * 10^point */
};

/* Takes "-d.ddde±xx" apart. */
static void take_apart(const char *text, struct decimal *d)
{
    *d = (struct decimal){.negative = *text == '-'};
    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9')
            d->digits[d->count++] = *text;
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
    d->digits[d->count] = '\0';
    d->point = *text ? atoi(text + 1) + 1 : 1;
}

static void shortest(double v, bool single, struct decimal *d)
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, v);
        if (single ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v)
            break;
    }
    take_apart(text, d);
}

/* "%.*d" of 0 prints that many zeros. */
static void print_plain(const struct decimal *d, char *out, size_t size)
{
    const char *sign = d->negative ? "-" : "";
    if (d->point <= 0)
        snprintf(out, size, "%s0.%.*d%s", sign, -d->point, 0, d->digits);
    else if (d->point >= d->count)
        snprintf(out, size, "%s%s%.*d", sign, d->digits, d->point - d->count, 0);
    else
        snprintf(out, size, "%s%.*s.%s", sign, d->point, d->digits, d->digits + d->point);
}

static void print_exponent(const struct decimal *d, int width, char *out, size_t size)
{
    int exponent = d->point - 1;
    snprintf(out, size, "%s%c%s%se%c%0*d", d->negative ? "-" : "", d->digits[0],
             d->count > 1 ? "." : "", d->digits + 1, exponent < 0 ? '-' : '+', width,
             abs(exponent));
}

const char *gofloat_json(double v, char out[GOFLOAT_TEXT_MAX])
{
    struct decimal d;
    shortest(v, false, &d);
    if (v == 0)
        snprintf(out, GOFLOAT_TEXT_MAX, "%s0", signbit(v) ? "-" : "");
    else if (fabs(v) < 1e-6 || fabs(v) >= 1e21)
        print_exponent(&d, 1, out, GOFLOAT_TEXT_MAX);
    else
        print_plain(&d, out, GOFLOAT_TEXT_MAX);
    return out;
}

const char *gofloat_key(double v, char out[GOFLOAT_TEXT_MAX])
{
    struct decimal d;
    float f = (float)v;
    if (isinf(f))
        return strcpy(out, f > 0 ? ".inf" : "-.inf");
    shortest((double)f, true, &d);
    if (f == 0)
        snprintf(out, GOFLOAT_TEXT_MAX, "%s0", signbit(f) ? "-" : "");
    else if (d.point - 1 < -4 || d.point - 1 >= 6)
        print_exponent(&d, 2, out, GOFLOAT_TEXT_MAX);
    else
        print_plain(&d, out, GOFLOAT_TEXT_MAX);
    return out;
}
