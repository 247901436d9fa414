/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random names and uids, from the kernel. Not libuuid: loading it would take a hundredth of the
 * time that creating a Job takes.
 */
#ifndef SKJOB_RANDOM_H
#define SKJOB_RANDOM_H

#include <stddef.h>

#include "error.h"

#define RANDOM_UUID_SIZE 37

/* Returns 0, or -1 with err. */
int random_bytes(void *out, size_t len, struct error *err);

#define RANDOM_NAME_SIZE 64

/* The name that an API server makes of metadata.generateName: at most 58 bytes of it, and five
 * characters. */
int random_name(char out[RANDOM_NAME_SIZE], const char *prefix, struct error *err);

/* A UUID of version 4 (RFC 9562, 5.4) in lower case. */
int random_uuid(char out[RANDOM_UUID_SIZE], struct error *err);

#endif
