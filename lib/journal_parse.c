/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal_read.h"
#include "journal_text.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define PREFIX_LEN   (sizeof JOURNAL_START - 1 + JOURNAL_TIME_LEN)
#define ATTEMPT_KEYS 6u /* bits of index and attempt in the mask of seen fields */

static bool is_text(struct journal_text value, const char *s)
{
    return value.len == strlen(s) && !memcmp(value.data, s, value.len);
}

static bool read_number(struct journal_text value, uint32_t *out)
{
    uint64_t v = 0;
    if (value.len == 0 || value.len > 10)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned)(unsigned char)value.data[i] - '0';
        if (digit > 9)
            return false;
        v = v * 10 + digit;
    }
    *out = (uint32_t)v;
    return v <= JOURNAL_INDEX_MAX;
}

static bool set_text(struct journal_text value, void *field)
{
    *(struct journal_text *)field = value;
    return true;
}

static bool set_number(struct journal_text value, void *field)
{
    return read_number(value, field);
}

static bool set_flag(struct journal_text value, void *field)
{
    uint32_t v;
    if (!read_number(value, &v) || v > 1)
        return false;
    *(bool *)field = v;
    return true;
}

/* A phase that is not known is no phase: a newer skjob may have one. */
static bool set_phase(struct journal_text value, void *field)
{
    enum journal_phase *phase = field;
    if (is_text(value, "Succeeded"))
        *phase = JOURNAL_SUCCEEDED;
    else if (is_text(value, "Failed"))
        *phase = JOURNAL_FAILED;
    return true;
}

/* In the order in which they are written: the search goes on where the last one ended. */
static const struct field {
    const char *key;
    size_t len;
    bool (*set)(struct journal_text value, void *field);
    size_t offset;
} fields[] = {
#define FIELD(key, set, member)                                                                    \
    {                                                                                              \
        key, sizeof key - 1, set, offsetof(struct journal_line, member)                            \
    }
    FIELD("event", set_text, name),
    FIELD("index", set_number, index),
    FIELD("attempt", set_number, attempt),
    FIELD("pod", set_text, pod),
    FIELD("node", set_text, node),
    FIELD("job", set_text, job),
    FIELD("indexes", set_text, indexes),
    FIELD("address", set_text, address),
    FIELD("ahead", set_number, ahead),
    FIELD("phase", set_phase, phase),
    FIELD("inferred", set_flag, inferred),
    FIELD("restarts", set_number, restarts),
    FIELD("containers", set_text, containers),
    FIELD("init", set_text, init),
    FIELD("more", set_number, more),
    FIELD("conditions", set_text, conditions),
    FIELD("condition", set_text, condition),
    FIELD("reason", set_text, reason),
    FIELD("message", set_text, message),
#undef FIELD
};

#define N_FIELDS (sizeof fields / sizeof fields[0])

/* The field whose key stands at the front of rest. */
static size_t find_field(const struct journal_text *rest, size_t from)
{
    for (size_t n = 0, i = from; n < N_FIELDS; n++, i++) {
        i = i < N_FIELDS ? i : 0;
        const struct field *f = &fields[i];
        if (rest->len > f->len && rest->data[f->len] == '=' && *rest->data == *f->key &&
            !memcmp(rest->data, f->key, f->len))
            return i;
    }
    return N_FIELDS;
}

/* Cuts off the front of rest what stands before the next blank. */
static struct journal_text cut_value(struct journal_text *rest)
{
    const char *blank = rest->len ? memchr(rest->data, ' ', rest->len) : NULL;
    size_t len = blank ? (size_t)(blank - rest->data) : rest->len;
    size_t used = blank ? len + 1 : len;
    struct journal_text value = {rest->data, len};
    rest->data += used;
    rest->len -= used;
    return value;
}

/* Cuts key=value off the front of rest. */
static bool next_pair(struct journal_text *rest, struct journal_text *key,
                      struct journal_text *value)
{
    const char *p = rest->data;
    const char *end = p + rest->len;
    while (p < end && *p != '=' && *p != ' ')
        p++;
    *key = (struct journal_text){rest->data, (size_t)(p - rest->data)};
    if (p == end || *p != '=' || key->len == 0)
        return false;
    *rest = (struct journal_text){p + 1, (size_t)(end - p - 1)};
    *value = cut_value(rest);
    return true;
}

static int read_fields(struct journal_line *out, unsigned *seen, const char **why)
{
    struct journal_text rest = out->fields;
    struct journal_text key, value;
    size_t at = 0;
    *seen = 0;
    while (rest.len > 0) {
        size_t i = find_field(&rest, at);
        *why = "a field is not key=value";
        if (i == N_FIELDS && !next_pair(&rest, &key, &value))
            return -1;
        if (i == N_FIELDS)
            continue;
        rest.data += fields[i].len + 1;
        rest.len -= fields[i].len + 1;
        value = cut_value(&rest);
        *why = "a field is there twice";
        if (*seen & 1u << i)
            return -1;
        *why = "a value is not valid";
        if (!fields[i].set(value, (char *)out + fields[i].offset))
            return -1;
        *seen |= 1u << i;
        at = i + 1;
    }
    return 0;
}

static int check_needs(const struct journal_line *line, const char **why)
{
    const struct journal_kind *kind = journal_kind(line->event);
    unsigned need = kind ? kind->need : 0;
    *why = "a field that the event needs is missing";
    if ((need & JOURNAL_NEED_ATTEMPT) && !line->has_attempt)
        return -1;
    if ((need & JOURNAL_NEED_PHASE) && line->phase == JOURNAL_PHASE_NONE)
        return -1;
    if ((need & JOURNAL_NEED_JOB) && !line->job.data)
        return -1;
    if ((need & JOURNAL_NEED_CONDITION) && !line->condition.data)
        return -1;
    return 0;
}

static bool read_hex(const char *s, uint32_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 8; i++) {
        char c = s[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !(c >= 'a' && c <= 'f'))
            return false;
        v = v << 4 | (uint32_t)(is_digit ? c - '0' : c - 'a' + 10);
    }
    *out = v;
    return true;
}

static bool is_newer_version(const char *line, size_t len)
{
    return len > 5 && !memcmp(line, "skj", 3) && line[3] >= '2' && line[3] <= '9' && line[4] == ' ';
}

/* Checks what frames every line: version, time, checksum. */
static int check_frame(const char *line, size_t len, const char **why)
{
    uint32_t crc;
    *why = "written by a newer skjob";
    if (is_newer_version(line, len))
        return -1;
    *why = "not a record";
    const size_t start_len = sizeof JOURNAL_START - 1;
    if (len < start_len || memcmp(line, JOURNAL_START, start_len))
        return -1;
    *why = "cut off: no checksum at its end";
    if (len < PREFIX_LEN + JOURNAL_CRC_LEN)
        return -1;
    const char *tail = line + len - JOURNAL_CRC_LEN;
    if (memcmp(tail, JOURNAL_CRC, sizeof JOURNAL_CRC - 1) || !read_hex(line + len - 8, &crc))
        return -1;
    *why = "the checksum is wrong";
    return crc == journal_crc(line, len - JOURNAL_CRC_LEN) ? 0 : -1;
}

int journal_parse(const char *line, size_t len, struct journal_line *out, const char **why)
{
    unsigned seen;
    if (check_frame(line, len, why) < 0)
        return -1;
    memset(out, 0, sizeof *out);
    *why = "the time is not valid";
    if (!journal_time_parse(line + sizeof JOURNAL_START - 1, &out->time_us) ||
        line[PREFIX_LEN] != ' ')
        return -1;
    out->fields.data = line + PREFIX_LEN + 1;
    out->fields.len =
        len > PREFIX_LEN + JOURNAL_CRC_LEN ? len - PREFIX_LEN - 1 - JOURNAL_CRC_LEN : 0;
    if (read_fields(out, &seen, why) < 0)
        return -1;
    *why = "no event";
    if (!out->name.data)
        return -1;
    out->event = journal_event_of(out->name);
    out->has_attempt = (seen & ATTEMPT_KEYS) == ATTEMPT_KEYS;
    return check_needs(out, why);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Drops half a UTF-8 character from the end of a text that was cut. */
static size_t whole_characters(const char *s, size_t n)
{
    size_t start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)s[start - 1] & 0xc0) == 0x80)
        start--;
    unsigned char lead = start > 0 ? (unsigned char)s[start - 1] : 0;
    size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return want > 1 && n - start + 1 < want ? start - 1 : n;
}

bool journal_decode(struct journal_text text, char *buf, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%' && i + 2 < text.len) {
            int high = hex_value(text.data[i + 1]);
            int low = hex_value(text.data[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            }
        }
        if (c == '\0')
            break;
        if (n + 1 >= size) {
            buf[whole_characters(buf, n)] = '\0';
            return false;
        }
        buf[n++] = c;
    }
    buf[n] = '\0';
    return true;
}

/* Cuts text off the front of rest, up to the separator. */
static struct journal_text cut(struct journal_text *rest, char separator)
{
    struct journal_text head = {rest->data, rest->len};
    const char *end = memchr(rest->data, separator, rest->len);
    if (end)
        head.len = (size_t)(end - rest->data);
    size_t used = end ? head.len + 1 : head.len;
    rest->data += used;
    rest->len -= used;
    return head;
}

bool journal_next_item(struct journal_text *list, struct journal_item *item)
{
    memset(item, 0, sizeof *item);
    if (list->len == 0)
        return false;
    struct journal_text rest = cut(list, ',');
    for (size_t i = 0; i < 3 && rest.len > 0; i++)
        item->part[i] = cut(&rest, ':');
    return true;
}

bool journal_item_exit_code(const struct journal_item *item, int *exit_code)
{
    struct journal_text digits = item->part[1];
    bool negative = digits.len > 0 && digits.data[0] == '-';
    uint32_t v;
    if (negative) {
        digits.data++;
        digits.len--;
    }
    if (digits.len == 0 || !read_number(digits, &v))
        return false;
    *exit_code = negative ? -(int)v : (int)v;
    return true;
}

bool journal_next_change(struct journal_text *rest, struct journal_text *field,
                         struct journal_text *value)
{
    const size_t prefix = sizeof JOURNAL_CHANGE_PREFIX - 1;
    while (rest->len > 0 && next_pair(rest, field, value)) {
        if (field->len <= prefix || memcmp(field->data, JOURNAL_CHANGE_PREFIX, prefix))
            continue;
        field->data += prefix;
        field->len -= prefix;
        return true;
    }
    return false;
}
