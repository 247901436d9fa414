/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../random.h"

Test(random, uuid)
{
    char uuid[2][RANDOM_UUID_SIZE];
    struct error err;
    for (int i = 0; i < 1000; i++) {
        char *u = uuid[i % 2];
        cr_assert_eq(random_uuid(u, &err), 0);
        cr_assert_eq(strlen(u), 36, "%s", u);
        cr_assert_eq(strspn(u, "0123456789abcdef-"), 36, "%s", u);
        for (int k = 0; k < 36; k++)
            cr_assert_eq(u[k] == '-', k == 8 || k == 13 || k == 18 || k == 23, "%s", u);
        cr_assert_eq(u[14], '4', "%s: version", u);
        cr_assert(strchr("89ab", u[19]), "%s: variant", u);
        cr_assert(i == 0 || strcmp(uuid[0], uuid[1]) != 0);
    }
}

Test(random, names)
{
    char name[RANDOM_NAME_SIZE], prefix[80];
    struct error err;
    memset(prefix, 'a', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    for (size_t len = 0; len < sizeof prefix; len++) {
        const char *p = prefix + sizeof prefix - 1 - len;
        size_t kept = len < 58 ? len : 58;
        cr_assert_eq(random_name(name, p, &err), 0);
        cr_expect_eq(strlen(name), kept + 5, "%s", name);
        cr_expect_eq(strspn(name, "a"), kept, "a is in no suffix: %s", name);
        cr_expect_eq(strspn(name + kept, "bcdfghjklmnpqrstvwxz2456789"), 5, "%s", name);
    }
}
