/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pragma.h"

#include <string.h>

#define TAG     "#SKJOB"
#define VERSION "v1"

/* A piece of text that is not NUL-terminated. */
struct slice {
    const char *at;
    size_t len;
};

static bool slice_is(struct slice s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_plain(char c)
{
    return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') || (c && strchr("-._~/", c));
}

/* -1 when c is no hexadecimal digit. */
static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *p = c ? strchr(digits, c) : NULL;
    return p ? (int)((p - digits) % 16) : -1;
}

/* The byte of "%XX" at the start of s, -1 when it is something else. */
static int decode_escape(struct slice s)
{
    if (s.len < 3)
        return -1;
    int high = hex_value(s.at[1]);
    int low = hex_value(s.at[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Decodes into out, with a NUL. */
static int decode(struct slice value, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        int c = (unsigned char)value.at[i];
        if (c == '%') {
            c = decode_escape((struct slice){value.at + i, value.len - i});
            i += 2;
        } else if (!is_plain((char)c)) {
            return -1;
        }
        if (c < 0 || is_control((char)c) || n + 1 >= size)
            return -1;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return 0;
}

static void encode(const char *value, struct strbuf *out)
{
    for (const char *p = value; *p; p++) {
        if (is_plain(*p))
            strbuf_addc(out, *p);
        else
            strbuf_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
    }
}

/* The values of each key, decoded. Each check knows the text to be bounded and NUL-terminated. */

static bool check_mode(const char *value)
{
    return strcmp(value, "Indexed") == 0 || strcmp(value, "NonIndexed") == 0;
}

static bool check_yes(const char *value)
{
    return strcmp(value, "yes") == 0;
}

static bool check_number(const char *value)
{
    return *value && strlen(value) < PRAGMA_NUMBER_MAX && !value[strspn(value, "0123456789")];
}

static bool check_uid(const char *value)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(value) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i]; i++) {
        bool hex = is_digit(value[i]) || (value[i] >= 'a' && value[i] <= 'f');
        if (form[i] == '-' ? value[i] != '-' : !hex)
            return false;
    }
    return true;
}

/* A DNS label, so that it can be a folder's name. */
static bool check_namespace(const char *value)
{
    size_t len = strlen(value);
    if (!len || len > PRAGMA_NAMESPACE_MAX || value[0] == '-' || value[len - 1] == '-')
        return false;
    for (const char *p = value; *p; p++)
        if (!is_digit(*p) && !is_lower(*p) && *p != '-')
            return false;
    return true;
}

static bool check_state(const char *value)
{
    for (const char *p = value; *p; p++)
        if (is_control(*p))
            return false;
    return value[0] == '/';
}

enum key { KEY_MODE, KEY_DEADLINE, KEY_FIRST, KEY_UID, KEY_NAMESPACE, KEY_STATE, KEY_COUNT };

#define KEY_TEXTS KEY_FIRST /* the keys from here on have a text, those before a boolean */

/* yes: the value that makes the boolean true. */
static const struct {
    const char *name;
    size_t offset;
    size_t size;
    bool (*check)(const char *value);
    const char *want;
    const char *yes;
} keys[KEY_COUNT] = {
#define FLAG(field) offsetof(struct pragma, field), 0
#define TEXT(field) offsetof(struct pragma, field), sizeof((struct pragma *)0)->field
    [KEY_MODE] = {"completionMode", FLAG(indexed), check_mode, "Indexed or NonIndexed", "Indexed"},
    [KEY_DEADLINE] = {"deadline", FLAG(deadline), check_yes, "yes", "yes"},
    [KEY_FIRST] = {"firstAttempt", TEXT(first_attempt), check_number, "a number", NULL},
    [KEY_UID] = {"uid", TEXT(uid), check_uid, "a UUID in lower case", NULL},
    [KEY_NAMESPACE] = {"namespace", TEXT(namespace_), check_namespace, "a DNS label", NULL},
    [KEY_STATE] = {"state", TEXT(state), check_state, "an absolute path", NULL},
#undef FLAG
#undef TEXT
};

static int bad_value(int key, struct error *err)
{
    return error_set(err, "#SKJOB: %s is not %s", keys[key].name, keys[key].want);
}

static int find_key(struct slice name)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (slice_is(name, keys[i].name))
            return i;
    return -1;
}

/* An unknown text inside a message: bounded, since it may be anything. */
#define SHOWN(s) (int)((s).len < 40 ? (s).len : 40), (s).at

static int parse_pair(struct slice pair, struct pragma *out, bool seen[KEY_COUNT],
                      struct error *err)
{
    const char *equal = memchr(pair.at, '=', pair.len);
    if (!equal)
        return error_set(err, "#SKJOB: \"%.*s\" is not key=value", SHOWN(pair));
    struct slice name = {pair.at, (size_t)(equal - pair.at)};
    struct slice value = {equal + 1, pair.len - name.len - 1};
    int key = find_key(name);
    if (key < 0)
        return error_set(err, "#SKJOB: unknown key \"%.*s\"", SHOWN(name));
    if (seen[key])
        return error_set(err, "#SKJOB: %s is given twice", keys[key].name);
    seen[key] = true;

    char text[PRAGMA_STATE_MAX + 1];
    size_t size = keys[key].size;
    if (decode(value, text, size ? size : sizeof text) || !keys[key].check(text))
        return bad_value(key, err);
    char *field = (char *)out + keys[key].offset;
    if (size)
        memcpy(field, text, strlen(text) + 1);
    else
        *(bool *)field = strcmp(text, keys[key].yes) == 0;
    return 0;
}

/* Cuts the next word off the front of rest; false at its end. */
static bool next_word(struct slice *rest, struct slice *word)
{
    while (rest->len && *rest->at == ' ') {
        rest->at++;
        rest->len--;
    }
    word->at = rest->at;
    word->len = 0;
    while (word->len < rest->len && word->at[word->len] != ' ')
        word->len++;
    rest->at += word->len;
    rest->len -= word->len;
    return word->len > 0;
}

static int parse_words(struct slice rest, struct pragma *out, struct error *err)
{
    struct slice word;
    bool seen[KEY_COUNT] = {false};
    if (!next_word(&rest, &word) || !slice_is(word, TAG))
        return error_set(err, "not a #SKJOB line");
    if (!next_word(&rest, &word) || !slice_is(word, VERSION))
        return error_set(err, "#SKJOB: version \"%.*s\" is not known here (known: " VERSION ")",
                         SHOWN(word));
    while (next_word(&rest, &word))
        if (parse_pair(word, out, seen, err))
            return -1;
    if (!seen[KEY_MODE])
        return error_set(err, "#SKJOB: %s is missing", keys[KEY_MODE].name);
    return 0;
}

int pragma_parse(const char *line, size_t len, struct pragma *out, struct error *err)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < len; i++)
        if (is_control(line[i]))
            return error_set(err, "#SKJOB: a control character in the line");
    struct pragma p = {0};
    if (parse_words((struct slice){line, len}, &p, err))
        return -1;
    *out = p;
    return 0;
}

int pragma_print(const struct pragma *p, struct strbuf *out, struct error *err)
{
    for (int key = KEY_TEXTS; key < KEY_COUNT; key++) {
        const char *value = (const char *)p + keys[key].offset;
        if (strnlen(value, keys[key].size) == keys[key].size)
            return bad_value(key, err);
        if (*value && !keys[key].check(value))
            return bad_value(key, err);
    }
    strbuf_addf(out, TAG " " VERSION " completionMode=%s%s", p->indexed ? "Indexed" : "NonIndexed",
                p->deadline ? " deadline=yes" : "");
    for (int key = KEY_TEXTS; key < KEY_COUNT; key++) {
        const char *value = (const char *)p + keys[key].offset;
        if (!*value)
            continue;
        strbuf_addf(out, " %s=", keys[key].name);
        encode(value, out);
    }
    strbuf_addc(out, '\n');
    return 0;
}

/* Cuts the first line, without its newline, off the front of rest; false without a newline. */
static bool next_line(struct slice *rest, struct slice *line)
{
    const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    if (!end)
        return false;
    line->at = rest->at;
    line->len = (size_t)(end - rest->at);
    rest->at = end + 1;
    rest->len -= line->len + 1;
    return true;
}

bool pragma_is_ours(const char *text, size_t len)
{
    struct slice rest = {text, len};
    struct slice line;
    if (!next_line(&rest, &line) || line.len < 2 || memcmp(line.at, "#!", 2) != 0)
        return false;
    struct slice words = {line.at + 2, line.len - 2};
    struct slice program;
    if (memchr(line.at, '\0', line.len) || !next_word(&words, &program))
        return false;
    const char *slash = memrchr(program.at, '/', program.len);
    if (!slash)
        return false;
    size_t skip = (size_t)(slash + 1 - program.at);
    return slice_is((struct slice){program.at + skip, program.len - skip}, PRAGMA_INTERPRETER);
}

const char *pragma_find(const char *text, size_t len, size_t *line_len)
{
    struct slice rest = {text, len};
    struct slice line;
    if (!next_line(&rest, &line))
        return NULL;
    while (next_line(&rest, &line)) {
        size_t tag = strlen(TAG);
        if (line.len && *line.at != '#')
            return NULL;
        if (line.len >= tag && memcmp(line.at, TAG, tag) == 0 &&
            (line.len == tag || line.at[tag] == ' ')) {
            *line_len = line.len;
            return line.at;
        }
    }
    return NULL;
}
