/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "gofloat.h"

Test(gofloat, texts)
{
    static const struct {
        double value;
        const char *json, *key;
    } rows[] = {
        {0, "0", "0"},
        {-0.0, "-0", "-0"},
        {1, "1", "1"},
        {-1.5, "-1.5", "-1.5"},
        {0.1, "0.1", "0.1"},
        {10, "10", "10"},
        {100000, "100000", "100000"},
        {1e6, "1000000", "1e+06"},
        {123456789, "123456789", "1.2345679e+08"},
        {16777217, "16777217", "1.6777216e+07"},
        {1e20, "100000000000000000000", "1e+20"},
        {1e21, "1e+21", "1e+21"},
        {1.5e300, "1.5e+300", ".inf"},
        {-1e300, "-1e+300", "-.inf"},
        {18446744073709551615.0, "18446744073709552000", "1.8446744e+19"},
        {0.000001, "0.000001", "1e-06"},
        {0.0000001, "1e-7", "1e-07"},
        {1.25e-10, "1.25e-10", "1.25e-10"},
        {0.0001, "0.0001", "0.0001"},
        {0.00001, "0.00001", "1e-05"},
        {1234.5678, "1234.5678", "1234.5677"},
        {5e-324, "5e-324", "0"},
        {1.7976931348623157e308, "1.7976931348623157e+308", ".inf"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[GOFLOAT_TEXT_MAX];
        cr_expect_str_eq(gofloat_json(rows[i].value, out), rows[i].json, "%s", out);
        cr_expect_str_eq(gofloat_key(rows[i].value, out), rows[i].key, "%s", out);
    }
}

Test(gofloat, reads_back)
{
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        double d = ldexp((double)random() / (double)random(), (int)(random() % 2000) - 1000);
        char out[GOFLOAT_TEXT_MAX];
        if (isfinite(d))
            cr_assert_eq(strtod(gofloat_json(d, out), NULL), d, "%a: %s", d, out);
    }
}
