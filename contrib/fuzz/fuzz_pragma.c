/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The head of a batch script, as the plugin reads it inside slurmstepd. What parses must print, and
 * parse to the same again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pragma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const char *line, size_t len)
{
    struct pragma p;
    struct pragma again;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    if (pragma_parse(line, len, &p, NULL))
        return;
    if (pragma_print(&p, &out, NULL) || out.failed)
        abort();
    if (pragma_parse(out.data, out.len - 1, &again, NULL) || memcmp(&p, &again, sizeof p) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t len;
    pragma_is_ours(text, size);
    const char *line = pragma_find(text, size, &len);
    if (line)
        round_trip(line, len);
    round_trip(text, size);
    return 0;
}
