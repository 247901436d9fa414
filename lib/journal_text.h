/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lexical parts of the journal's lines: checksum, times, names of events.
 */
#ifndef SKJOB_JOURNAL_TEXT_H
#define SKJOB_JOURNAL_TEXT_H

#include "journal.h"
#include "journal_read.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_VERSION "skj1"
#define JOURNAL_START   JOURNAL_VERSION " t=" /* every line begins so; no value can contain it */
#define JOURNAL_CRC     " crc="
#define JOURNAL_CRC_LEN (sizeof JOURNAL_CRC - 1 + 8)

#define JOURNAL_TIME_LEN 27                          /* 2026-01-02T03:04:05.123456Z */
#define JOURNAL_TIME_MAX INT64_C(253402300799999999) /* the end of year 9999 */

/* CRC-32 as zlib's crc32(0, data, len). */
uint32_t journal_crc(const void *data, size_t len);

/* Writes JOURNAL_TIME_LEN characters and a NUL. time_us is within 0..JOURNAL_TIME_MAX. */
void journal_time_format(int64_t time_us, char buf[JOURNAL_TIME_LEN + 1]);

/* Reads exactly JOURNAL_TIME_LEN characters. */
bool journal_time_parse(const char *s, int64_t *time_us);

/* What a record of an event must have. */
enum journal_need {
    JOURNAL_NEED_ATTEMPT = 1,
    JOURNAL_NEED_PHASE = 2,
    JOURNAL_NEED_JOB = 4,
    JOURNAL_NEED_CHANGES = 8,
    JOURNAL_NEED_CONDITION = 16,
};

struct journal_kind {
    const char *name;
    unsigned need;
};

/* The name and needs of an event; NULL for JOURNAL_OTHER. */
const struct journal_kind *journal_kind(enum journal_event event);

/* The event of a name, JOURNAL_OTHER when it is not known. */
enum journal_event journal_event_of(struct journal_text name);

#define JOURNAL_CHANGE_PREFIX "spec." /* keys of JOURNAL_CHANGED: spec.parallelism=5 */

#endif
