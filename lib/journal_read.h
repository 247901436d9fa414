/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading the journal. Lines are parsed in place: a struct journal_line borrows from the reader's
 * buffer and is valid during the callback only. Nothing is allocated for a line.
 */
#ifndef SKJOB_JOURNAL_READ_H
#define SKJOB_JOURNAL_READ_H

#include "error.h"
#include "journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value as it stands in the line, percent-encoded. data is NULL when the key is absent. */
struct journal_text {
    const char *data;
    size_t len;
};

struct journal_line {
    enum journal_event event;
    int64_t time_us;
    bool has_attempt; /* index and attempt are present */
    uint32_t index;
    uint32_t attempt;
    uint32_t ahead;
    enum journal_phase phase;
    bool inferred;
    uint32_t restarts;
    uint32_t more;            /* containers that were cut off, see journal_format */
    struct journal_text name; /* of the event */
    struct journal_text pod, node, job, indexes, address;
    struct journal_text containers, init, conditions; /* see journal_next_item */
    struct journal_text condition, reason, message;
    struct journal_text fields; /* all of the line's fields, see journal_next_change */
};

/* Parses one line, without its newline. Returns 0, or -1 and *why (a constant text). */
int journal_parse(const char *line, size_t len, struct journal_line *out, const char **why);

/* Decodes a value into buf, cut to size (at least 1) and NUL-terminated; an absent value is "". A
 * NUL byte ends the text. Returns false when something was cut. */
bool journal_decode(struct journal_text text, char *buf, size_t size);

/* The next item of a list and its parts a:b:c; parts that are absent are NULL. False at the end. */
struct journal_item {
    struct journal_text part[3];
};
bool journal_next_item(struct journal_text *list, struct journal_item *item);

/* The exit code of an item of containers; false when it is not a number. */
bool journal_item_exit_code(const struct journal_item *item, int *exit_code);

/* The next changed field of a JOURNAL_CHANGED line; start with *rest = line->fields. */
bool journal_next_change(struct journal_text *rest, struct journal_text *field,
                         struct journal_text *value);

struct journal_visitor {
    void *arg;
    /* A record. A value other than 0 ends the reading with this value. */
    int (*record)(void *arg, const struct journal_line *line);
    /* A damaged line: the file's name, its line number from 1, and what is wrong. It costs only
     * itself: when a whole record stands behind half a line, the record is still handed on. A
     * damaged last line without newline is a record being written, or torn by a crash; it is not
     * reported. May be NULL. */
    void (*damaged)(void *arg, const char *file, size_t line, const char *why);
};

/* Reads all files of the job folder's folder events; one that does not exist is an empty journal.
 * The order of records is that of the sorted file names, and says nothing. Returns 0, what
 * visitor->record returned, or -1 with err when a file cannot be read (a status without it would be
 * wrong). */
int journal_read_job(int job_fd, const struct journal_visitor *visitor, struct error *err);

/* How far the files of a journal have been read. A zeroed struct begins. The fields are private. */
struct journal_place {
    char *name;
    uint64_t device, inode;
    int64_t at;    /* behind the last whole line */
    size_t lines;  /* before that */
    bool is_cut;   /* it is in the middle of a line that is longer than a record can be */
    bool is_there; /* in this reading */
};

struct journal_places {
    struct journal_place *v;
    size_t len;
};

void journal_places_free(struct journal_places *places);

/* journal_read_job(), but only what was not read before. A last line without newline may be told
 * again the next time. Returns JOURNAL_REPLACED, at any point, when a file is not what it was
 * (another one, shorter, gone): records may be missing then that were told before, and all must be
 * read again, with new places. */
#define JOURNAL_REPLACED 0x4a52
int journal_read_on(int job_fd, struct journal_places *places,
                    const struct journal_visitor *visitor, struct error *err);

/* Reads one open file; name is used in reports. */
int journal_read_file(int fd, const char *name, const struct journal_visitor *visitor,
                      struct error *err);

#endif
