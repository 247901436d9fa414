/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets of completion indexes (0..INDEXSET_MAX), as bitmaps of 4096 indexes with full and empty ones
 * left out: insert, remove and contains take constant time, dense sets of any size take almost no
 * memory, sparse ones at most 512 bytes an index. Text is Kubernetes' compressed form: 1,3-5,7
 * (k8s.io/kubernetes/pkg/controller/job/indexed_job_utils.go).
 *
 * A zeroed struct is the empty set. The fields are private.
 */
#ifndef SKJOB_INDEXSET_H
#define SKJOB_INDEXSET_H

#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEXSET_MAX  2147483646u /* the largest index of a Job with 2^31-1 completions */
#define INDEXSET_NONE UINT32_MAX  /* "no such index" */

struct indexset_chunk;

struct indexset {
    struct indexset_chunk *chunk;
    uint32_t n_chunks;
    uint32_t first_gap; /* every smaller index is in the set */
    uint64_t count;
};

#define INDEXSET_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

/* Each returns 1 when the set changed, 0 when not, -1 when the index is out of range or memory is
 * short (the set stays as it was, except that a range may be half inserted). */
int indexset_insert(struct indexset *s, uint32_t index);
int indexset_insert_range(struct indexset *s, uint32_t first, uint32_t last);
int indexset_remove(struct indexset *s, uint32_t index);

/* Removes every index >= limit (a Job that is scaled down). Returns 0, or -1 when out of memory. */
int indexset_remove_from(struct indexset *s, uint32_t limit);

/* Adds every index of other. Returns 0 or -1. */
int indexset_merge(struct indexset *s, const struct indexset *other);

bool indexset_contains(const struct indexset *s, uint32_t index);
uint64_t indexset_count(const struct indexset *s);

/* How many indexes both sets hold. */
uint64_t indexset_count_common(const struct indexset *a, const struct indexset *b);

/* The next interval that starts at from or later (or holds from, which then is its start). Returns
 * false when there is none. Iterate: for (uint32_t at = 0; indexset_next(s, at, &a, &b); at = b +
 * 1) */
bool indexset_next(const struct indexset *s, uint32_t from, uint32_t *first, uint32_t *last);

/* The lowest index >= from that is in none of the n sets (NULL sets count as empty), or
 * INDEXSET_NONE when every index up to INDEXSET_MAX is taken. */
uint32_t indexset_next_free(const struct indexset *const *sets, size_t n, uint32_t from);

/* Appends the compressed text: runs of three and more as a-b, runs of two as a,b. */
void indexset_print(const struct indexset *s, struct strbuf *out);

/* Adds the indexes of a text, as tolerant as the Job controller: parts that are no numbers are
 * skipped, indexes >= limit are cut off. Returns 0, or -1 when out of memory. */
int indexset_parse(struct indexset *s, const char *text, uint32_t limit);

/* Frees the content; the set is empty afterwards. */
void indexset_free(struct indexset *s);

#define cleanup_indexset __attribute__((cleanup(indexset_free)))

#endif
