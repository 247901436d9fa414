/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any text as a schedule: runs come in order, at full minutes unless @every says else.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct cron *c;
    struct error err = {""};
    memcpy(text, data, size);
    text[size] = '\0';
    if (cron_parse(text, &c, &err) == 0) {
        int64_t t = 1704067207; /* 2024-01-01 00:00:07 */
        int64_t next;
        for (int i = 0; i < 3 && cron_next(c, NULL, t, &next); i++, t = next) {
            assert(next > t);
            assert(next % 60 == 0 || strstr(text, "@every "));
        }
        struct cron_missed m;
        if (cron_most_recent_missed(c, NULL, 1704067207, 1704967207, -1, &m, &err) == 0 && m.found)
            assert(m.time <= 1704967207 && m.time > m.base);
        cron_free(c);
    } else {
        assert(!c && *err.text);
    }
    free(text);
    return 0;
}
