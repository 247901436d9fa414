/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a file of the journal: every line is read or reported, every value can be decoded,
 * and the records can be folded. The first byte chooses: with an odd one each line gets the right
 * checksum first, so that the fuzzer reaches what stands behind it.
 */
#include "fold_outcome.h"
#include "fold_table.h"
#include "journal_read.h"
#include "journal_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode_list(struct journal_text list)
{
    struct journal_item item;
    char buf[64];
    int code;
    while (journal_next_item(&list, &item)) {
        for (int i = 0; i < 3; i++)
            journal_decode(item.part[i], buf, sizeof buf);
        journal_item_exit_code(&item, &code);
    }
}

static int take_record(void *arg, const struct journal_line *line)
{
    const struct journal_text texts[] = {line->name,   line->pod,       line->node,   line->job,
                                         line->reason, line->condition, line->message};
    struct journal_text rest = line->fields, field, value;
    char buf[JOURNAL_LINE_MAX], time[JOURNAL_TIME_LEN + 1];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        journal_decode(texts[i], buf, 1 + i * 40);
    decode_list(line->containers);
    decode_list(line->init);
    decode_list(line->conditions);
    while (journal_next_change(&rest, &field, &value))
        journal_decode(value, buf, sizeof buf);
    journal_time_format(line->time_us, time);
    return fold_table_add(arg, line);
}

static void take_damage(void *arg, const char *file, size_t line, const char *why)
{
    (void)arg;
    if (line == 0 || !file[0] || !why[0])
        abort();
}

static void decode_outcomes(const struct fold_table *t)
{
    struct fold_outcome outcome = {0};
    for (uint32_t i = 0; i < t->n_attempts; i++) {
        size_t len;
        const struct fold_attempt *a = &t->attempts[i];
        const char *text = textpool_get(&t->pool, a->outcome, &len);
        fold_outcome_decode(&outcome, text, len);
        if (i > 0 && a[-1].index == a->index && a[-1].attempt >= a->attempt)
            abort(); /* an attempt is there twice, or out of order */
    }
    fold_outcome_free(&outcome);
}

/* Writes the lines, each with its checksum, as far as they are not too long. */
static void write_sealed(FILE *out, const char *p, const char *end)
{
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t len = (size_t)((newline ? newline : end) - p);
        fprintf(out, JOURNAL_START "%.*s", (int)len, p);
        char *line = malloc(len + sizeof JOURNAL_START);
        if (!line)
            abort();
        int n = snprintf(line, len + sizeof JOURNAL_START, JOURNAL_START "%.*s", (int)len, p);
        fprintf(out, JOURNAL_CRC "%08" PRIx32 "\n", journal_crc(line, (size_t)n));
        free(line);
        p += len + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fold_table table = {0};
    const struct journal_visitor visitor = {&table, take_record, take_damage};
    int fd = memfd_create("journal", MFD_CLOEXEC);
    FILE *out = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (!out)
        abort();
    if (size > 0 && data[0] & 1)
        write_sealed(out, (const char *)data + 1, (const char *)data + size);
    else
        fwrite(data, 1, size, out);
    fflush(out);
    lseek(fd, 0, SEEK_SET);
    if (journal_read_file(fd, "fuzz", &visitor, NULL) != 0 || fold_table_settle(&table) != 0)
        abort();
    decode_outcomes(&table);
    fold_table_free(&table);
    fclose(out);
    return 0;
}
