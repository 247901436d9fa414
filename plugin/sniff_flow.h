/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sniff.h for a manifest in flow style: JSON, or YAML in braces.
 */
#ifndef SKJOB_PLUGIN_SNIFF_FLOW_H
#define SKJOB_PLUGIN_SNIFF_FLOW_H

#include "sniff_keys.h"
#include "source.h"

/* The next byte of the source is the document's '{'. Only the fields of this mapping count, not
 * those of what it contains. */
enum sniff_result sniff_flow(struct source *source);

#endif
