/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two patches that look like the object they change.
 *
 * A merge patch (RFC 7386): objects are merged, null removes, everything else replaces.
 *
 * A strategic merge patch (Kubernetes): the same, but lists whose elements have an identity are
 * merged by it: containers by name, volumeMounts by mountPath, conditions by type, and so on
 * (patchMergeKey in k8s.io/api). Its directives: $patch (replace, delete, merge), $retainKeys and
 * $deleteFromPrimitiveList; $setElementOrder is taken and has no effect: new elements go to the
 * end of a list.
 */
#ifndef SKJOB_MERGE_PATCH_H
#define SKJOB_MERGE_PATCH_H

#include <jansson.h>

#include "error.h"

/* Both return a new value, NULL when out of memory or with err. target and patch are borrowed and
 * stay as they are; target may be NULL. How deep they nest is bounded by who read them. */
json_t *merge_patch(const json_t *target, const json_t *patch);
json_t *merge_patch_strategic(const json_t *target, const json_t *patch, struct error *err);

/* The merge patch that makes `to` of `from`: what was removed is null in it, lists are whole. */
json_t *merge_patch_diff(const json_t *from, const json_t *to);

/* The strategic patch that only removes: what is in `from` and not in `to`. For a three-way merge,
 * from: what was applied last, to: what is applied now. NULL when out of memory. */
json_t *merge_patch_removals(const json_t *from, const json_t *to);

/* The member that identifies the elements of a list: the list's field name and that of the field
 * around it. NULL: such a list is replaced as a whole; "": its elements are plain values, a set. */
const char *merge_patch_key(const char *around, const char *field);

#endif
