/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold_table.h"
#include "cleanup.h"
#include "fold_outcome.h"
#include "fold_sort.h"

#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX (1u << 29) /* a number and three bits fit into 32, see fold_items.c */
#define COMPACT_AT  (1u << 22) /* records: from here on, doubles are merged before more is taken */

static bool is_better_start(const struct fold_table *t, const struct fold_attempt *a,
                            const struct fold_attempt *b)
{
    if (a->started_us == FOLD_NO_TIME || b->started_us == FOLD_NO_TIME)
        return a->started_us == FOLD_NO_TIME;
    if (a->started_us != b->started_us)
        return b->started_us < a->started_us;
    return textpool_compare(&t->pool, b->node, a->node) < 0;
}

static bool is_better_end(const struct fold_table *t, const struct fold_attempt *a,
                          const struct fold_attempt *b)
{
    if (a->phase == JOURNAL_PHASE_NONE || b->phase == JOURNAL_PHASE_NONE)
        return a->phase == JOURNAL_PHASE_NONE;
    if (a->inferred != b->inferred)
        return a->inferred;
    if (a->ended_us != b->ended_us)
        return b->ended_us < a->ended_us;
    if (a->phase != b->phase)
        return b->phase == JOURNAL_FAILED;
    return textpool_compare(&t->pool, b->outcome, a->outcome) < 0;
}

/* Puts into a what two records of one attempt say together. Start, end and restarts are the
 * smallest or highest of a total order each, so neither order nor repetition matters. */
static void merge(const struct fold_table *t, struct fold_attempt *a, const struct fold_attempt *b)
{
    if (is_better_start(t, a, b)) {
        a->started_us = b->started_us;
        a->node = b->node;
    }
    if (is_better_end(t, a, b)) {
        a->ended_us = b->ended_us;
        a->outcome = b->outcome;
        a->phase = b->phase;
        a->inferred = b->inferred;
    }
    if (b->restarts > a->restarts)
        a->restarts = b->restarts;
    if (b->ahead > a->ahead)
        a->ahead = b->ahead;
}

static uint64_t identity(uint32_t index, uint32_t attempt)
{
    return (uint64_t)index << 32 | attempt;
}

/* ---- one entry for each attempt ---- */

/* Where the attempts that are merged go. */
struct merged {
    const struct fold_table *t;
    struct fold_attempt *v;
    uint32_t n;
};

static uint64_t identity_of(const struct fold_attempt *a)
{
    return identity(a->index, a->attempt);
}

static void put_merged(struct merged *to, const struct fold_attempt *a)
{
    if (to->n > 0 && identity_of(&to->v[to->n - 1]) == identity_of(a))
        merge(to->t, &to->v[to->n - 1], a);
    else
        to->v[to->n++] = *a;
}

/* The attempts that are in their order already, and the others by items, which are sorted. */
static void merge_all(struct merged *to, const struct fold_item *items)
{
    const struct fold_table *t = to->t;
    uint32_t old = 0, new = 0, n_new = t->n_attempts - t->n_merged;
    while (old < t->n_merged || new < n_new) {
        bool is_old = new == n_new || (old < t->n_merged &&
                                       identity_of(&t->attempts[old]) <= fold_item_key(items[new]));
        put_merged(to, is_old ? &t->attempts[old++] : &t->attempts[items[new ++].ref]);
    }
}

/* Sorts the attempts by (index, attempt) and merges what belongs together. */
static int compact(struct fold_table *t)
{
    uint32_t n_new = t->n_attempts - t->n_merged;
    if (n_new == 0)
        return 0;
    cleanup_free struct fold_item *items = malloc(n_new * sizeof *items);
    if (!items)
        return -1;
    for (uint32_t i = 0; i < n_new; i++) {
        uint32_t at = t->n_merged + i;
        items[i] = fold_item(identity_of(&t->attempts[at]), at);
    }
    if (fold_sort(items, n_new) < 0)
        return -1;
    struct merged to = {t, malloc(t->attempts_cap * sizeof *to.v), 0};
    if (!to.v)
        return -1;
    merge_all(&to, items);
    free(t->attempts);
    t->attempts = to.v;
    t->n_attempts = t->n_merged = to.n;
    return 0;
}

static int make_room(struct fold_table *t)
{
    if (t->attempts_cap >= (t->compact_at ? t->compact_at : COMPACT_AT) && compact(t) < 0)
        return -1;
    if (t->n_attempts < t->attempts_cap / 2)
        return 0;
    uint32_t cap = t->attempts_cap ? t->attempts_cap * 2 : 512;
    struct fold_attempt *attempts =
        cap > RECORDS_MAX ? NULL : realloc(t->attempts, cap * sizeof *attempts);
    if (!attempts)
        return -1;
    t->attempts = attempts;
    t->attempts_cap = cap;
    return 0;
}

static int take_started(struct fold_table *t, struct fold_attempt *a,
                        const struct journal_line *line)
{
    char both[2 * JOURNAL_LINE_MAX];
    size_t len = line->node.len;
    const char *text = line->node.data ? line->node.data : "";
    if (line->address.len) { /* of the same node, most often the same: it takes no place */
        memcpy(both, text, len);
        both[len++] = '\0';
        memcpy(both + len, line->address.data, line->address.len);
        len += line->address.len;
        text = both;
    }
    a->started_us = line->time_us;
    a->node = textpool_add(&t->pool, text, len);
    return a->node == TEXTPOOL_NONE ? -1 : 0;
}

static int take_ended(struct fold_table *t, struct fold_attempt *a, const struct journal_line *line)
{
    char text[JOURNAL_LINE_MAX];
    a->ended_us = line->time_us;
    a->phase = (uint8_t)line->phase;
    a->inferred = line->inferred;
    a->outcome = textpool_add(&t->pool, text, fold_outcome_text(line, text));
    return a->outcome == TEXTPOOL_NONE ? -1 : 0;
}

static int add_note(struct fold_table *t, const struct journal_line *line,
                    struct journal_text payload)
{
    if (t->n_notes == t->notes_cap) {
        uint32_t cap = t->notes_cap ? t->notes_cap * 2 : 64;
        struct fold_note *notes = cap > RECORDS_MAX ? NULL : realloc(t->notes, cap * sizeof *notes);
        if (!notes)
            return -1;
        t->notes = notes;
        t->notes_cap = cap;
    }
    uint32_t text = TEXTPOOL_NONE;
    if (payload.data && (text = textpool_add(&t->pool, payload.data, payload.len)) == TEXTPOOL_NONE)
        return -1;
    t->notes[t->n_notes++] = (struct fold_note){
        .time_us = line->time_us,
        .index = line->index,
        .attempt = line->attempt,
        .restarts = line->restarts,
        .text = text,
        .event = line->event,
    };
    return 0;
}

/* What a note carries beside its numbers. */
static struct journal_text payload_of(const struct journal_line *line)
{
    static const struct journal_text none;
    if (line->event == JOURNAL_CHANGED || line->event == JOURNAL_GROWN)
        return line->fields;
    if (line->event == JOURNAL_MARKED)
        return line->conditions;
    if (line->event == JOURNAL_RETRIED)
        return line->indexes;
    return line->event == JOURNAL_SUBMITTED ? line->job : none;
}

static uint16_t ahead_of(const struct journal_line *line)
{
    uint32_t ahead = line->ahead < line->attempt ? line->ahead : line->attempt;
    return ahead < FOLD_AHEAD_MAX ? (uint16_t)ahead : FOLD_AHEAD_MAX;
}

#define RECENT_BITS 12

/* The end of an attempt tends to stand not far behind its start: what they say is put together at
 * once, as far as that costs nothing. A slot may be out of date; what it leads to is looked at. */
static void merge_recent(struct fold_table *t)
{
    const struct fold_attempt *a = &t->attempts[t->n_attempts - 1];
    if (!t->recent && !(t->recent = calloc((size_t)1 << RECENT_BITS, sizeof *t->recent)))
        return;
    uint64_t hash = identity_of(a) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t *slot = &t->recent[hash >> (64 - RECENT_BITS)];
    bool known = *slot < t->n_attempts - 1 && identity_of(&t->attempts[*slot]) == identity_of(a);
    if (known)
        merge(t, &t->attempts[*slot], a);
    else
        *slot = t->n_attempts - 1;
    t->n_attempts -= known;
}

static int take_record(struct fold_table *t, const struct journal_line *line)
{
    if (t->n_attempts == t->attempts_cap && make_room(t) < 0)
        return -1;
    struct fold_attempt *a = &t->attempts[t->n_attempts++];
    *a = (struct fold_attempt){
        .started_us = FOLD_NO_TIME,
        .ended_us = FOLD_NO_TIME,
        .index = line->index,
        .attempt = line->attempt,
        .node = TEXTPOOL_NONE,
        .outcome = TEXTPOOL_NONE,
        .restarts = line->restarts,
        .ahead = ahead_of(line),
    };
    if (line->event == JOURNAL_STARTED)
        return take_started(t, a, line);
    if (line->event == JOURNAL_ENDED)
        return take_ended(t, a, line);
    return add_note(t, line, payload_of(line));
}

static uint32_t number_in(struct journal_text text)
{
    char digits[16];
    journal_decode(text, digits, sizeof digits);
    return (uint32_t)strtoul(digits, NULL, 10);
}

/* Its numbers have the places of those that it does not have. */
static int take_array(struct fold_table *t, const struct journal_line *line)
{
    struct journal_line note = *line;
    note.index = number_in(line->job);
    note.attempt = line->ahead;
    note.restarts = line->event == JOURNAL_GROWN ? number_in(line->indexes) : 0;
    return add_note(t, &note, payload_of(line));
}

static int take_attempt(struct fold_table *t, const struct journal_line *line)
{
    if (take_record(t, line) < 0)
        return -1;
    merge_recent(t);
    return 0;
}

int fold_table_add(struct fold_table *t, const struct journal_line *line)
{
    switch (line->event) {
    case JOURNAL_STARTED:
    case JOURNAL_RESTARTED:
    case JOURNAL_ENDED:
    case JOURNAL_MARKED:
    case JOURNAL_DELETED:
        return take_attempt(t, line);
    case JOURNAL_RETRIED:
    case JOURNAL_RENEWED:
    case JOURNAL_GROWN:
        return take_array(t, line);
    case JOURNAL_SUBMITTED:
    case JOURNAL_SUSPENDED:
    case JOURNAL_RESUMED:
    case JOURNAL_CHANGED:
        return add_note(t, line, payload_of(line));
    case JOURNAL_END:
    case JOURNAL_OTHER:
        break;
    }
    return 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_notes(const void *left, const void *right, void *pool)
{
    const struct fold_note *a = left;
    const struct fold_note *b = right;
    int order = compare_numbers(a->time_us, b->time_us);
    if (!order)
        order = compare_numbers(a->index, b->index);
    if (!order)
        order = compare_numbers(a->attempt, b->attempt);
    if (!order)
        order = compare_numbers(a->event, b->event);
    if (!order)
        order = compare_numbers(a->restarts, b->restarts);
    return order ? order : textpool_compare(pool, a->text, b->text);
}

static void sort_notes(struct fold_table *t)
{
    uint32_t n = 0;
    if (t->n_notes == 0)
        return;
    qsort_r(t->notes, t->n_notes, sizeof *t->notes, compare_notes, &t->pool);
    for (uint32_t i = 0; i < t->n_notes; i++)
        if (n == 0 || compare_notes(&t->notes[n - 1], &t->notes[i], &t->pool) != 0)
            t->notes[n++] = t->notes[i];
    t->n_notes = n;
}

uint32_t fold_table_place(const struct fold_table *t, uint32_t index, uint32_t attempt)
{
    uint32_t low = 0;
    uint32_t high = t->n_attempts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct fold_attempt *a = &t->attempts[middle];
        if (identity(a->index, a->attempt) < identity(index, attempt))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct fold_attempt *fold_table_find(const struct fold_table *t, uint32_t index, uint32_t attempt)
{
    uint32_t place = fold_table_place(t, index, attempt);
    if (place == t->n_attempts)
        return NULL;
    struct fold_attempt *a = &t->attempts[place];
    return a->index == index && a->attempt == attempt ? a : NULL;
}

bool fold_note_is_of_pod(const struct fold_note *note)
{
    return note->event == JOURNAL_RESTARTED || note->event == JOURNAL_MARKED ||
           note->event == JOURNAL_DELETED;
}

/* A pod that was restarted or deleted has been running, even when its start was lost. The notes
 * come in the order of time: the first one dates it. */
static void take_pod_notes(struct fold_table *t)
{
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *note = &t->notes[i];
        if (!fold_note_is_of_pod(note))
            continue;
        struct fold_attempt *a = fold_table_find(t, note->index, note->attempt);
        if (!a)
            continue;
        if (a->started_us == FOLD_NO_TIME)
            a->started_us = note->time_us;
        a->deleted |= note->event == JOURNAL_DELETED;
    }
}

/* The latest time at which the attempt before this one can have ended. No two ends of one index are
 * at the same time. */
static int64_t latest_end_before(const struct fold_attempt *next)
{
    if (next->phase == JOURNAL_PHASE_NONE)
        return next->started_us;
    bool has_start = next->started_us != FOLD_NO_TIME && next->started_us < next->ended_us;
    return has_start ? next->started_us : next->ended_us - 1;
}

/* What must be true of attempts a and next, one after the other, of one index. */
static void put_before(struct fold_attempt *a, const struct fold_attempt *next, uint32_t disrupted)
{
    int64_t limit = latest_end_before(next);
    if (a->phase == JOURNAL_PHASE_NONE) {
        a->phase = JOURNAL_FAILED;
        a->outcome = disrupted;
        a->inferred = true;
        a->superseded = true;
        a->ended_us = limit;
    }
    if (a->ended_us > limit)
        a->ended_us = limit;
}

/* An index never runs twice at once: an attempt was over when the next one started. One without an
 * end of its own was lost with its node. From the last to the first: one may move the one before.
 */
static int end_before_next(struct fold_table *t)
{
    uint32_t disrupted =
        textpool_add(&t->pool, fold_outcome_disrupted, strlen(fold_outcome_disrupted));
    if (disrupted == TEXTPOOL_NONE)
        return -1;
    for (uint32_t i = t->n_attempts; i-- > 0;) {
        struct fold_attempt *a = &t->attempts[i];
        if (i + 1 < t->n_attempts && a->index == a[1].index)
            put_before(a, a + 1, disrupted);
        if (a->phase != JOURNAL_PHASE_NONE && a->started_us > a->ended_us)
            a->started_us = a->ended_us;
    }
    return 0;
}

static int add_conditions(struct fold_table *t, struct fold_attempt *a, uint32_t conditions)
{
    char text[2 * JOURNAL_LINE_MAX];
    size_t more, len;
    const char *marks = textpool_get(&t->pool, conditions, &more);
    const char *outcome = textpool_get(&t->pool, a->outcome, &len);
    len = fold_outcome_add(outcome, len, (struct journal_text){marks, more}, text, sizeof text);
    a->outcome = textpool_add(&t->pool, text, len);
    return a->outcome == TEXTPOOL_NONE ? -1 : 0;
}

/* The conditions that the user gave a pod before it ended are part of how it ended. */
static int add_marks(struct fold_table *t)
{
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *note = &t->notes[i];
        struct fold_attempt *a =
            note->event == JOURNAL_MARKED ? fold_table_find(t, note->index, note->attempt) : NULL;
        if (a && a->phase != JOURNAL_PHASE_NONE && note->time_us < a->ended_us &&
            add_conditions(t, a, note->text) < 0)
            return -1;
    }
    return 0;
}

static int keep_records(struct fold_table *t)
{
    size_t size = t->n_attempts * sizeof *t->records;
    t->records = malloc(size ? size : 1);
    if (!t->records)
        return -1;
    if (size)
        memcpy(t->records, t->attempts, size);
    t->n_records = t->n_attempts;
    return 0;
}

void fold_table_reopen(struct fold_table *t)
{
    if (!t->records)
        return;
    free(t->attempts);
    t->attempts = steal_ptr(&t->records);
    t->n_attempts = t->attempts_cap = t->n_merged = t->n_records;
}

int fold_table_settle(struct fold_table *t)
{
    if (compact(t) < 0 || (t->goes_on && keep_records(t) < 0))
        return -1;
    sort_notes(t);
    take_pod_notes(t);
    return end_before_next(t) < 0 ? -1 : add_marks(t);
}

void fold_table_free(struct fold_table *t)
{
    free(t->attempts);
    free(t->records);
    free(t->recent);
    free(t->notes);
    textpool_free(&t->pool);
    memset(t, 0, sizeof *t);
}
