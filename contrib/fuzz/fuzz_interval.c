/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any text as a list of indexes. The first four bytes are completions.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "interval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int32_t completions;
    int64_t count;
    struct error err = {""};
    if (size < sizeof completions)
        return 0;
    memcpy(&completions, data, sizeof completions);
    data += sizeof completions;
    size -= sizeof completions;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (interval_parse(text, completions, &count, &err) == 0)
        assert(count >= 0 && (count == 0 || count <= completions));
    else
        assert(count == 0 && *err.text);
    free(text);
    return 0;
}
