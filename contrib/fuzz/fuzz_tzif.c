/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a time zone file: conversions stay within bounds, and a search for runs ends.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cron.h"
#include "timezone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WEEK = 7 * 86400 };

static void search(const struct timezone_info *tz)
{
    static const char *const schedules[] = {"30 2 * * *", "0 0 31 1 *", "*/7 * * * 1-5"};
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        struct cron *c;
        int64_t next;
        if (cron_parse(schedules[i], &c, NULL) == 0 && cron_next(c, tz, 1700000000, &next))
            assert(next > 1700000000 - WEEK);
        cron_free(c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t times[] = {INT64_MIN / 4096, -1, 0, 1, 1700000000, 4102444800,
                                    INT64_MAX / 4096};
    struct timezone_info *tz;
    struct error err;
    if (timezone_parse(data, size, &tz, &err) < 0) {
        assert(!tz);
        return 0;
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int offset = timezone_offset(tz, times[i]);
        assert(offset >= -2 * WEEK && offset <= 2 * WEEK);
        int64_t utc = timezone_to_utc(tz, times[i]);
        assert(utc - times[i] <= 2 * WEEK && times[i] - utc <= 2 * WEEK);
    }
    search(tz);
    timezone_free(tz);
    return 0;
}
