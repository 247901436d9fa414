/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../names.h"
#include "../plain_options.h"
#include "../plain_time.h"
#include "../strbuf.h"

#define LEN(a)  (sizeof(a) / sizeof *(a))
#define MATCHES "In(...), NotIn(...), Disruption or the type of a condition"
#define FORMS                                                                                      \
    "a time (minutes, [hours:]minutes:seconds, days-hours[:minutes[:seconds]], 1h30m, 90s)"

/* ---- times ---- */

static const struct {
    const char *text;
    long long seconds;
    const char *error; /* NULL = accepted */
    const char *proves;
} times[] = {
    {"5", 300, NULL, "a bare number is minutes, as Slurm has it"},
    {"5:30", 330, NULL, "minutes and seconds"},
    {"1:00:01", 3601, NULL, "hours, minutes and seconds"},
    {"0:0:7", 7, NULL, "single digits"},
    {"2-0", 172800, NULL, "days and hours"},
    {"1-2:3", 93780, NULL, "after days the first field is hours"},
    {"1-2:3:4", 93784, NULL, "all four"},
    {"90s", 90, NULL, "seconds"},
    {"1h30m", 5400, NULL, "a duration of Kubernetes"},
    {"30m1h", 5400, NULL, "in any order, as Go takes it"},
    {"120:00", 7200, NULL, "fields may exceed 59, as for --time"},
    {"2147483647s", 2147483647, NULL, "the longest"},
    {"2147483648s", 0, "at character 1: a number must be between 0 and 2147483647", "too long"},
    {"2147483647s1s", 0, "at character 1: longer than 68 years", "too long in the sum"},
    {"2147483647", 0, "at character 1: longer than 68 years", "too long in minutes"},
    {"99999-0", 0, "at character 1: longer than 68 years", "too long in days"},
    {"99999999999999999999", 0, "at character 1: a number must be between 0 and 2147483647",
     "beyond 64 bits"},
    {"0", 0, "at character 1: must be at least one second", "no limit for --time, nothing here"},
    {"0s", 0, "at character 1: must be at least one second", "likewise"},
    {"", 0, "at character 1: expected " FORMS ", found the end", "empty"},
    {"-5", 0, "at character 1: expected " FORMS ", found \"-5\"", "a sign"},
    {" 5", 0, "at character 1: expected " FORMS ", found \" 5\"", "a blank"},
    {"5 ", 0, "at character 2: expected " FORMS ", found \" \"", "a blank behind"},
    {"infinite", 0, "at character 1: expected " FORMS ", found \"infinite\"", "no time"},
    {"1.5h", 0, "at character 2: expected " FORMS ", found \".5h\"", "a fraction"},
    {"5:", 0, "at character 3: expected a number, found the end", "seconds are missing"},
    {"1:2:3:4", 0, "at character 6: expected " FORMS ", found \":4\"", "too many fields"},
    {"1-", 0, "at character 3: expected a number, found the end", "hours are missing"},
    {"1-2-3", 0, "at character 4: expected " FORMS ", found \"-3\"", "two days"},
    {"5ms", 0, "at character 3: expected a number, found \"s\"", "milliseconds"},
    {"1h30", 0, "at character 5: expected h, m or s, found the end", "the unit is missing"},
    {"1d", 0, "at character 2: expected " FORMS ", found \"d\"", "Kubernetes has no days"},
};

Test(plain_time, reads_or_says_why_not)
{
    for (size_t i = 0; i < LEN(times); i++) {
        struct error err = {""};
        int64_t seconds = -1;
        int rc = plain_time_parse(times[i].text, &seconds, &err);
        cr_expect_eq(rc, times[i].error ? -1 : 0, "%s", times[i].proves);
        cr_expect_str_eq(err.text, times[i].error ? times[i].error : "", "%s: %s", times[i].proves,
                         err.text);
        if (rc == 0)
            cr_expect_eq(seconds, times[i].seconds, "%s: %lld", times[i].proves,
                         (long long)seconds);
    }
}

/* ---- podFailurePolicy ---- */

static void print_codes(const struct plain_failure_rule *r, struct strbuf *out)
{
    const char *comma = "";
    for (int i = 0; i < PLAIN_CODES; i++) {
        if (!r->codes[i])
            continue;
        strbuf_addf(out, "%s%d", comma, i);
        comma = ",";
    }
}

static void print_failure(const struct plain_failure_policy *p, struct strbuf *out)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct plain_failure_rule *r = &p->rules[i];
        strbuf_addf(out, "%s%s ", i ? " | " : "", r->action);
        if (r->op) {
            strbuf_addf(out, "%s ", r->op);
            print_codes(r, out);
        } else {
            strbuf_addf(out, "%.*s %s", (int)r->type.len, r->type.at, r->status);
        }
    }
}

#define RULES20                                                                                    \
    "Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;"             \
    "Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A;Count:A"
#define A63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static const struct {
    const char *text;
    const char *want; /* NULL = refused */
    const char *error;
    const char *proves;
} failures[] = {
    {"FailJob:In(42)", "FailJob In 42", NULL, "one code"},
    {"FailIndex:NotIn(0,3)", "FailIndex NotIn 0,3", NULL, "NotIn may have 0"},
    {"Count:In(9,1-3,7)", "Count In 1,2,3,7,9", NULL, "ranges, sorted"},
    {"Ignore:Disruption", "Ignore DisruptionTarget True", NULL, "the short name"},
    {"Ignore:DisruptionTarget", "Ignore DisruptionTarget True", NULL, "the long name"},
    {"Count:Disruption=False", "Count DisruptionTarget False", NULL, "another status"},
    {"FailJob:example.com/Config.Bad_1=Unknown", "FailJob example.com/Config.Bad_1 Unknown", NULL,
     "a condition with a prefix"},
    {"FailJob:In(42);Ignore:Disruption;Count:NotIn(1,2)",
     "FailJob In 42 | Ignore DisruptionTarget True | Count NotIn 1,2", NULL, "order is kept"},
    {" FailJob : In ( 42 , 43 ) ; Ignore : Disruption = True ",
     "FailJob In 42,43 | Ignore DisruptionTarget True", NULL, "blanks"},
    {"Count:In(1-255)", NULL, NULL, "255 codes"},
    {RULES20, NULL, NULL, "20 rules"},
    {"Count:" A63, NULL, NULL, "the longest name"},
    {"", NULL, "at character 1: expected FailJob, FailIndex, Ignore or Count, found the end",
     "empty"},
    {"FailJob:In(42);", NULL,
     "at character 16: expected FailJob, FailIndex, Ignore or Count, found the end",
     "; separates, it does not end"},
    {"failjob:In(1)", NULL,
     "at character 1: expected FailJob, FailIndex, Ignore or Count, found \"failjob:In(1)\"",
     "case counts"},
    {"FailJob", NULL, "at character 8: expected : and " MATCHES ", found the end", "no match"},
    {"FailJob:", NULL, "at character 9: expected " MATCHES ", found the end", "an empty match"},
    {"FailJob:42", NULL, NULL, "a type may be digits, as in Kubernetes"},
    {"FailJob:In", NULL, "at character 11: expected ( and exit codes, found the end", "no codes"},
    {"FailJob:In()", NULL, "at character 12: expected an exit code, found \")\"", "an empty list"},
    {"FailJob:In(1", NULL, "at character 13: expected , or ), found the end", "not closed"},
    {"FailJob:In(1,)", NULL, "at character 14: expected an exit code, found \")\"", "comma last"},
    {"FailJob:In(0)", NULL, "at character 12: In cannot have 0: it is no failure", "0"},
    {"FailJob:In(0-3)", NULL, "at character 12: In cannot have 0: it is no failure",
     "0 in a range"},
    {"FailJob:In(256)", NULL, "at character 12: an exit code must be between 0 and 255",
     "no process ends with that"},
    {"FailJob:In(-1)", NULL, "at character 12: expected an exit code, found \"-1)\"", "negative"},
    {"FailJob:In(3,1-5)", NULL, "at character 14: 3 is in the list already", "twice"},
    {"FailJob:In(5-1)", NULL, "at character 12: a range goes from low to high", "reversed"},
    {"FailJob:NotIn(0-255)", NULL, "at character 15: more than 255 exit codes", "256 codes"},
    {"FailJob:In(1)x", NULL, "at character 14: expected ; and the next rule, found \"x\"",
     "words behind"},
    {"FailJob:Disruption=Maybe", NULL,
     "at character 20: expected True, False or Unknown, found \"Maybe\"", "no status"},
    {"Ignore:/x", NULL, "at character 8: not a condition's type; expected " MATCHES,
     "no qualified name"},
    {"Ignore:" A63 "x", NULL, "at character 8: not a condition's type; expected " MATCHES,
     "a name too long"},
    {"Ignore:Disruption\n", NULL, "at character 18: expected ; and the next rule, found \"?\"",
     "a line end is shown as ?"},
    {RULES20 ";Count:A", NULL, "at character 161: more than 20 rules", "21 rules"},
};

Test(plain_policy, reads_failure_policies_or_says_why_not)
{
    for (size_t i = 0; i < LEN(failures); i++) {
        struct error err = {""};
        struct plain_failure_policy p;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        int rc = plain_failure_policy_parse(failures[i].text, &p, &err);
        cr_expect_eq(rc, failures[i].error ? -1 : 0, "%s: %s", failures[i].proves, err.text);
        cr_expect_str_eq(err.text, failures[i].error ? failures[i].error : "", "%s: %s",
                         failures[i].proves, err.text);
        if (rc == 0 && failures[i].want) {
            print_failure(&p, &out);
            cr_expect_str_eq(strbuf_str(&out), failures[i].want, "%s: %s", failures[i].proves,
                             strbuf_str(&out));
        }
    }
}

/* Types of conditions are what Kubernetes takes for a qualified name, no more and no less. */
Test(plain_policy, types_are_qualified_names)
{
    static const char *const types[] = {
        "A",
        "a-b",
        "a_b.c",
        "-a",
        "a-",
        ".a",
        "a.",
        "x/y",
        "x.y/Z",
        "X.y/z",
        "x/",
        "/x",
        "x/y/z",
        "x..y/z",
        "-x/y",
        "x-/y",
        "x_y/z",
        "x.-y/z",
        "1/2",
        "a--b",
        "a..b",
        "a/-",
        "x.y.z/-a",
        "x.y.z/a.",
        "a" A63,
        A63 "/" A63,
        "b/a" A63,
        A63 "." A63 "." A63 "." A63 "/a",
        A63 "." A63 "." A63 "."
            "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg/a",
    };
    for (size_t i = 0; i < LEN(types); i++) {
        char text[512];
        struct plain_failure_policy p;
        snprintf(text, sizeof text, "Ignore:%s", types[i]);
        bool taken = plain_failure_policy_parse(text, &p, NULL) == 0;
        cr_expect_eq(taken, names_qualified_name(types[i], NULL, NULL), "%s", types[i]);
    }
}

/* ---- successPolicy ---- */

static const struct {
    const char *text;
    const char *want; /* NULL = refused */
    const char *error;
    const char *proves;
} successes[] = {
    {"indexes=0,2-5", "0,2-5 (5 to 5)", NULL, "indexes alone"},
    {"count=3", "count 3", NULL, "a count alone"},
    {"indexes=0,2-5&count=3", "0,2-5 (5 to 5) count 3", NULL, "both"},
    {"count=3&indexes=1-9", "1-9 (9 to 9) count 3", NULL, "in the other order"},
    {" count = 3 & indexes = 1-9 ; count=7", "1-9 (9 to 9) count 3 | count 7", NULL,
     "two rules, blanks"},
    {"indexes=0-2147483646", "0-2147483646 (2147483647 to 2147483646)", NULL, "as many as can be"},
    {"", NULL, "at character 1: expected indexes= or count=, found the end", "empty"},
    {"all", NULL, "at character 1: expected indexes= or count=, found \"all\"", "a word"},
    {"count", NULL, "at character 6: expected =, found the end", "no value"},
    {"count=0", NULL, "at character 7: a count must be between 1 and 2147483647", "0 is at once"},
    {"count=-1", NULL, "at character 7: expected a count, found \"-1\"", "negative"},
    {"count=1&count=2", NULL, "at character 9: count is given twice", "twice"},
    {"indexes=1&indexes=2", NULL, "at character 11: indexes is given twice", "twice"},
    {"indexes=", NULL, "at character 9: expected an index, found the end", "no indexes"},
    {"indexes=2,1", NULL, "at character 11: indexes must ascend", "descending"},
    {"indexes=1-3,3", NULL, "at character 13: indexes must ascend", "overlap"},
    {"indexes=3-3", NULL, "at character 9: a range goes from low to high", "a range of one"},
    {"indexes=2147483647", NULL, "at character 9: an index must be between 0 and 2147483646",
     "too large"},
    {"indexes=0, 1", NULL, "at character 11: expected an index, found \" 1\"",
     "no blanks in a list"},
    {"indexes=0,1&count=3", NULL,
     "at character 1: the count is larger than the number of indexes, 2", "can never be met"},
    {"count=1 count=2", NULL,
     "at character 9: expected & or ; and the next rule, found \"count=2\"", "no separator"},
};

static void print_success(const struct plain_success_policy *p, struct strbuf *out)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct plain_success_rule *r = &p->rules[i];
        strbuf_adds(out, i ? " | " : "");
        if (r->indexes.at)
            strbuf_addf(out, "%.*s (%lld to %lld)", (int)r->indexes.len, r->indexes.at,
                        (long long)r->n_indexes, (long long)r->last_index);
        if (r->count != PLAIN_UNSET)
            strbuf_addf(out, "%scount %lld", r->indexes.at ? " " : "", (long long)r->count);
    }
}

Test(plain_policy, reads_success_policies_or_says_why_not)
{
    for (size_t i = 0; i < LEN(successes); i++) {
        struct error err = {""};
        struct plain_success_policy p;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        int rc = plain_success_policy_parse(successes[i].text, &p, &err);
        cr_expect_eq(rc, successes[i].want ? 0 : -1, "%s", successes[i].proves);
        cr_expect_str_eq(err.text, successes[i].error ? successes[i].error : "", "%s: %s",
                         successes[i].proves, err.text);
        if (rc == 0) {
            print_success(&p, &out);
            cr_expect_str_eq(strbuf_str(&out), successes[i].want, "%s: %s", successes[i].proves,
                             strbuf_str(&out));
        }
    }
}

/* ---- options ---- */

/* Words as on a command line, divided by '|'. Returns what plain_options_set or _check says. */
static int read_words(const char *line, struct plain_options *o, char *copy, struct error *err)
{
    char *rest = strcpy(copy, line);
    plain_options_init(o);
    for (char *word; (word = strsep(&rest, "|"));) {
        const char *value;
        int id = plain_options_word(word, &value);
        if (id < 0)
            return error_set(err, "unknown: %s", word);
        if (plain_options_set(o, (enum plain_option_id)id, value, err))
            return -1;
    }
    return plain_options_check(o, err);
}

static const struct {
    const char *line;
    const char *error; /* NULL = accepted */
    const char *proves;
} lines[] = {
    {"--backoff-limit=0", NULL, "no retries"},
    {"--backoff-limit=2147483647", NULL, "the largest"},
    {"--backoff-limit=2147483648",
     "--backoff-limit: at character 1: a number must be between 0 and 2147483647", "one more"},
    {"--backoff-limit=", "--backoff-limit: at character 1: expected a number, found the end",
     "nothing"},
    {"--backoff-limit=3x",
     "--backoff-limit: at character 2: expected the end of the number, found \"x\"", "a letter"},
    {"--backoff-limit=3|--backoff-limit=x",
     "--backoff-limit: at character 1: expected a number, found \"x\"", "each one is read"},
    {"--backoff-limit", "unknown: --backoff-limit", "a value is needed"},
    {"--completion-index", NULL, "a flag"},
    {"--completion-index=1", "unknown: --completion-index=1", "a flag has no value"},
    {"--backoff-limi=3", "unknown: --backoff-limi=3", "names are not cut"},
    {"backoff-limit=3", "unknown: backoff-limit=3", "two dashes"},
    {"--max-failed-indexes=1", "--max-failed-indexes needs --backoff-limit-per-index", "alone"},
    {"--max-failed-indexes=1|--backoff-limit-per-index=1", NULL, "in any order"},
    {"--max-failed-indexes=100001|--backoff-limit-per-index=1",
     "--max-failed-indexes: at character 1: a number must be between 0 and 100000", "too many"},
    {"--pod-failure-policy=Count:In(1);FailIndex:In(2)",
     "--pod-failure-policy: rule 2: FailIndex needs --backoff-limit-per-index", "alone"},
    {"--pod-failure-policy=FailIndex:In(2)|--backoff-limit-per-index=0", NULL, "with it"},
    {"--success-policy=count=2|--active-deadline=90s", NULL, "a value with ="},
    {"--success-policy=count=x", "--success-policy: at character 7: expected a count, found \"x\"",
     "the place in the value"},
};

Test(plain_options, reads_words_or_says_why_not)
{
    for (size_t i = 0; i < LEN(lines); i++) {
        char copy[512];
        struct error err = {""};
        struct plain_options o;
        int rc = read_words(lines[i].line, &o, copy, &err);
        cr_expect_eq(rc, lines[i].error ? -1 : 0, "%s", lines[i].proves);
        cr_expect_str_eq(err.text, lines[i].error ? lines[i].error : "", "%s: %s", lines[i].proves,
                         err.text);
    }
}

Test(plain_options, keeps_what_was_said)
{
    char copy[512];
    struct plain_options o;
    cr_assert_eq(read_words("--backoff-limit=1|--backoff-limit=3|--backoff-limit-per-index=2|"
                            "--max-failed-indexes=4|--active-deadline=2|--completion-index",
                            &o, copy, NULL),
                 0);
    cr_expect_eq(o.backoff_limit, 3, "the last one counts");
    cr_expect_eq(o.backoff_limit_per_index, 2);
    cr_expect_eq(o.max_failed_indexes, 4);
    cr_expect_eq(o.active_deadline, 120);
    cr_expect(o.completion_index);
    cr_expect_eq(o.failure.n + o.success.n, 0);
}

Test(plain_options, long_values_are_refused)
{
    struct error err;
    struct plain_options o;
    char *value = malloc(PLAIN_VALUE_MAX + 2);
    cr_assert(value);
    memset(value, ' ', PLAIN_VALUE_MAX + 1);
    value[PLAIN_VALUE_MAX + 1] = '\0';
    plain_options_init(&o);
    cr_expect_eq(plain_options_set(&o, PLAIN_POD_FAILURE_POLICY, value, &err), -1);
    cr_expect_str_eq(err.text, "--pod-failure-policy: longer than 4095 bytes");
    free(value);
}
