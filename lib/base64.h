/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Base64 as encoding/json of Go reads it into []byte and writes it (Secret.data,
 * ConfigMap.binaryData): standard alphabet, padding required, line breaks ignored, unused low bits
 * not checked.
 */
#ifndef SKJOB_BASE64_H
#define SKJOB_BASE64_H

#include <stddef.h>

/* Decodes text into *data (malloc'ed, the caller frees; one NUL byte follows the len bytes).
 * Returns 0, or -1 with *data NULL and *len the offset of the first wrong character (Go: "illegal
 * base64 data at input byte N"); errno is ENOMEM when memory ran out, else EINVAL. */
int base64_decode(const char *text, unsigned char **data, size_t *len);

/* The text of len bytes (malloc'ed, the caller frees), without line breaks; NULL when out of
 * memory.
 */
char *base64_encode(const void *data, size_t len);

#endif
