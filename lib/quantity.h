/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * resource.Quantity of Kubernetes: cpu, memory and every other amount in a manifest
 * (k8s.io/apimachinery/pkg/api/resource). Exact decimal arithmetic, no floating point, resolution
 * 1 nano. A plain value: copy it, no destructor.
 */
#ifndef SKJOB_QUANTITY_H
#define SKJOB_QUANTITY_H

#include "strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    QUANTITY_DIGITS = 128, /* significant digits; a longer number is refused as not numeric */
    QUANTITY_TEXT_MAX = 160,
    QUANTITY_KEPT_MAX = 32,
};

enum quantity_format { QUANTITY_DECIMAL_SI, QUANTITY_BINARY_SI, QUANTITY_DECIMAL_EXPONENT };

/* The value is sign * d0.d1d2… * 10^point, without leading or trailing zero digits. All zero bytes
 * is the quantity 0. */
struct quantity {
    enum quantity_format format; /* the suffix family it was written in */
    int sign;                    /* -1, 0, 1 */
    int64_t point;               /* exponent of the first digit */
    unsigned ndigits;
    uint8_t digits[QUANTITY_DIGITS];
    char kept[QUANTITY_KEPT_MAX]; /* the text as written, where Kubernetes prints that; else "" */
};

/* Parses a quantity (a JSON number is passed as its text; blanks around it are the caller's to
 * trim: the API trims them). Returns 0, or -1 with *error_text (may be NULL) set to the text of
 * Kubernetes, a static string. Binary values are capped at 2^63-1, finer than 1 nano is rounded
 * away from zero. Refused here and not there: more than QUANTITY_DIGITS digits, and exponents
 * outside 32 bits (which wrap around in Kubernetes). */
int quantity_parse(struct quantity *q, const char *s, const char **error_text);

/* The text Kubernetes prints: canonical, except where it keeps what the user wrote ("1.500",
 * "+5Gi"). Returns buf. A decimal value from 10^21 on is printed with an exponent: Kubernetes
 * drops its suffix, and with it the value. */
const char *quantity_format(const struct quantity *q, char buf[QUANTITY_TEXT_MAX]);

/* What every value of a ResourceList (limits, requests) undergoes when it is decoded: finer than
 * 1 milli is rounded away from zero. */
void quantity_round_milli(struct quantity *q);

int quantity_cmp(const struct quantity *a, const struct quantity *b); /* <0, 0, >0 */
int quantity_sign(const struct quantity *q);                          /* -1, 0, 1 */
bool quantity_is_integer(const struct quantity *q);

void quantity_set_int(struct quantity *q, int64_t value); /* decimal family */

/* ceil(|q| * 10^scale10 / unit) with the sign of q: rounded away from zero, saturating at
 * INT64_MAX and -INT64_MAX. unit must be positive.
 *   cores: (q, 0, 1)   milli-cores: (q, 3, 1)   bytes: (q, 0, 1)   MiB: (q, 0, 1048576) */
int64_t quantity_ceil_div(const struct quantity *q, int scale10, int64_t unit);

int64_t quantity_ceil(const struct quantity *q);       /* whole units: cores, bytes, devices */
int64_t quantity_ceil_milli(const struct quantity *q); /* MilliValue() */
int64_t quantity_ceil_mib(const struct quantity *q);   /* MiB, the unit of Slurm's --mem */

#endif
