/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain_policy.h"

#include <string.h>

#define ACTIONS "FailJob, FailIndex, Ignore or Count"
#define MATCHES "In(...), NotIn(...), Disruption or the type of a condition"

#define NAME_MAX_LEN   63 /* of a qualified name: its last part, and its prefix */
#define PREFIX_MAX_LEN 253

static const char *const actions[] = {"FailJob", "FailIndex", "Ignore", "Count", NULL};
static const char *const operators[] = {"In", "NotIn", NULL};
static const char *const statuses[] = {"True", "False", "Unknown", NULL};

static const char *one_of(struct plain_slice word, const char *const *list)
{
    for (; *list; list++)
        if (plain_slice_is(word, *list))
            return *list;
    return NULL;
}

/* Takes c with the blanks around it. */
static bool take(struct plain_scan *s, char c)
{
    plain_scan_blanks(s);
    if (!plain_scan_take(s, c))
        return false;
    plain_scan_blanks(s);
    return true;
}

/* Takes a word out of list; without one nothing is taken. */
static int take_one_of(struct plain_scan *s, const char *const *list, const char *what,
                       const char **out)
{
    struct plain_scan start = *s;
    *out = one_of(plain_scan_word(s), list);
    return *out ? 0 : plain_scan_expected(&start, what);
}

/* N or N-M; *last is N without M. */
static int range(struct plain_scan *s, const char *what, int64_t max, int64_t *first, int64_t *last)
{
    const char *start = s->at;
    if (plain_scan_number(s, what, 0, max, first))
        return -1;
    *last = *first;
    if (!plain_scan_take(s, '-'))
        return 0;
    if (plain_scan_number(s, what, 0, max, last))
        return -1;
    return *first < *last ? 0 : plain_scan_fail(s, start, "a range goes from low to high");
}

/* ---- podFailurePolicy ---- */

static int add_codes(struct plain_scan *s, struct plain_failure_rule *rule, size_t *n)
{
    const char *start = s->at;
    int64_t first, last;
    if (range(s, "an exit code", PLAIN_CODES - 1, &first, &last))
        return -1;
    if (first == 0 && strcmp(rule->op, "In") == 0)
        return plain_scan_fail(s, start, "In cannot have 0: it is no failure");
    for (int64_t code = first; code <= last; code++, (*n)++) {
        if (rule->codes[code])
            return plain_scan_fail(s, start, "%lld is in the list already", (long long)code);
        rule->codes[code] = true;
    }
    return *n <= PLAIN_CODES_MAX ? 0 : plain_scan_fail(s, start, "more than 255 exit codes");
}

static int exit_codes(struct plain_scan *s, struct plain_failure_rule *rule)
{
    size_t n = 0;
    if (!take(s, '('))
        return plain_scan_expected(s, "( and exit codes");
    do {
        if (add_codes(s, rule, &n))
            return -1;
    } while (take(s, ','));
    return take(s, ')') ? 0 : plain_scan_expected(s, ", or )");
}

static bool is_alnum(char c, bool upper)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z');
}

/* Starts and ends with a letter or digit; between them also what stands in others. */
static bool is_name(struct plain_slice s, bool upper, const char *others)
{
    if (!s.len || !is_alnum(s.at[0], upper) || !is_alnum(s.at[s.len - 1], upper))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.at[i], upper) && !strchr(others, s.at[i]))
            return false;
    return true;
}

static bool is_subdomain(struct plain_slice s)
{
    if (s.len > PREFIX_MAX_LEN)
        return false;
    for (;;) {
        const char *dot = memchr(s.at, '.', s.len);
        size_t len = dot ? (size_t)(dot - s.at) : s.len;
        if (!is_name((struct plain_slice){s.at, len}, false, "-"))
            return false;
        if (!dot)
            return true;
        s = (struct plain_slice){dot + 1, s.len - len - 1};
    }
}

/* IsQualifiedName of Kubernetes: [prefix/]name. */
static bool is_qualified(struct plain_slice s)
{
    const char *slash = memchr(s.at, '/', s.len);
    if (slash) {
        size_t len = (size_t)(slash - s.at);
        if (!is_subdomain((struct plain_slice){s.at, len}))
            return false;
        s = (struct plain_slice){slash + 1, s.len - len - 1};
    }
    return s.len <= NAME_MAX_LEN && is_name(s, true, "-_.");
}

static int condition(struct plain_scan *s, struct plain_slice type, struct plain_failure_rule *rule)
{
    if (!type.len)
        return plain_scan_expected(s, MATCHES);
    if (!is_qualified(type))
        return plain_scan_fail(s, type.at, "not a condition's type; expected " MATCHES);
    static const char disruption[] = "DisruptionTarget";
    rule->type = plain_slice_is(type, "Disruption")
                     ? (struct plain_slice){disruption, sizeof disruption - 1}
                     : type;
    rule->status = statuses[0];
    return take(s, '=') ? take_one_of(s, statuses, "True, False or Unknown", &rule->status) : 0;
}

static int failure_rule(struct plain_scan *s, struct plain_failure_rule *rule)
{
    *rule = (struct plain_failure_rule){0};
    if (take_one_of(s, actions, ACTIONS, &rule->action))
        return -1;
    if (!take(s, ':'))
        return plain_scan_expected(s, ": and " MATCHES);
    struct plain_slice word = plain_scan_word(s);
    rule->op = one_of(word, operators);
    return rule->op ? exit_codes(s, rule) : condition(s, word, rule);
}

/* After a rule: returns 1 when there is another one, 0 at the end. */
static int next_rule(struct plain_scan *s, size_t n, const char *what)
{
    plain_scan_blanks(s);
    if (!*s->at)
        return 0;
    if (!take(s, ';'))
        return plain_scan_expected(s, what);
    return n < PLAIN_RULES_MAX ? 1 : plain_scan_fail(s, s->at, "more than 20 rules");
}

int plain_failure_policy_parse(const char *text, struct plain_failure_policy *out,
                               struct error *err)
{
    struct plain_scan s = {text, text, err};
    int more;
    out->n = 0;
    plain_scan_blanks(&s);
    do {
        if (failure_rule(&s, &out->rules[out->n++]))
            return -1;
        more = next_rule(&s, out->n, "; and the next rule");
    } while (more > 0);
    return more;
}

/* ---- successPolicy ---- */

static int indexes(struct plain_scan *s, struct plain_success_rule *rule)
{
    const char *start = s->at;
    do {
        const char *here = s->at;
        int64_t first, last;
        if (range(s, "an index", PLAIN_INDEX_MAX, &first, &last))
            return -1;
        if (first <= rule->last_index)
            return plain_scan_fail(s, here, "indexes must ascend");
        rule->n_indexes += last - first + 1;
        rule->last_index = last;
    } while (plain_scan_take(s, ','));
    rule->indexes = (struct plain_slice){start, (size_t)(s->at - start)};
    return 0;
}

static int success_part(struct plain_scan *s, struct plain_success_rule *rule)
{
    static const char *const parts[] = {"indexes", "count", NULL};
    const char *start = s->at;
    const char *part;
    if (take_one_of(s, parts, "indexes= or count=", &part))
        return -1;
    bool twice = part == parts[0] ? rule->indexes.at != NULL : rule->count != PLAIN_UNSET;
    if (twice)
        return plain_scan_fail(s, start, "%s is given twice", part);
    if (!take(s, '='))
        return plain_scan_expected(s, "=");
    return part == parts[0] ? indexes(s, rule)
                            : plain_scan_number(s, "a count", 1, INT32_MAX, &rule->count);
}

static int success_rule(struct plain_scan *s, struct plain_success_rule *rule)
{
    const char *start = s->at;
    *rule = (struct plain_success_rule){.last_index = PLAIN_UNSET, .count = PLAIN_UNSET};
    do {
        if (success_part(s, rule))
            return -1;
    } while (take(s, '&'));
    if (rule->indexes.at && rule->count > rule->n_indexes)
        return plain_scan_fail(s, start, "the count is larger than the number of indexes, %lld",
                               (long long)rule->n_indexes);
    return 0;
}

int plain_success_policy_parse(const char *text, struct plain_success_policy *out,
                               struct error *err)
{
    struct plain_scan s = {text, text, err};
    int more;
    out->n = 0;
    plain_scan_blanks(&s);
    do {
        if (success_rule(&s, &out->rules[out->n++]))
            return -1;
        more = next_rule(&s, out->n, "& or ; and the next rule");
    } while (more > 0);
    return more;
}
