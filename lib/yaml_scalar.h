/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a YAML scalar means, as Kubernetes' YAML-to-JSON step takes it: YAML 1.1 with the rules of
 * go-yaml v2 (yes/no/on/off, 0400 octal, 0x, 0b, 1_000, 1e3, ~, .inf; dates stay strings).
 */
#ifndef SKJOB_YAML_SCALAR_H
#define SKJOB_YAML_SCALAR_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"

/* A new reference, NULL with err filled on a value that does not fit its tag. Floats come as reals,
 * also those without a fraction; so do integers beyond int64.
 * plain: not quoted and without a tag. tag: NULL or the full tag ("tag:yaml.org,2002:str"). */
json_t *yaml_scalar_resolve(const char *text, bool plain, const char *tag, struct error *err);

/* Whether the text, written plainly, would be read as something other than this string: here, or
 * by readers that know YAML 1.1's timestamps and numbers to base 60. */
bool yaml_scalar_needs_quotes(const char *text);

#endif
