/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include "cleanup.h"
#include "names_ip.h"

#include <ctype.h>
#include <string.h>

#define LOWER    "abcdefghijklmnopqrstuvwxyz"
#define UPPER    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS   "0123456789"
#define ALNUM    LOWER UPPER DIGITS
#define LOWALNUM LOWER DIGITS

enum { LABEL_MAX = 63, SUBDOMAIN_MAX = 253, PORT_NAME_MAX = 15 };

#define LABEL_FMT          "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define SUBDOMAIN_FMT      LABEL_FMT "(\\." LABEL_FMT ")*"
#define UNDERSCORE_FMT     "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*"
#define KEY_FMT            "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
#define PATH_FMT           "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
#define SYSCTL_SEGMENT_FMT "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
#define SYSCTL_FMT         "^(" SYSCTL_SEGMENT_FMT "[\\./])*" SYSCTL_SEGMENT_FMT "$"
#define KEY_RULE                                                                                   \
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "    \
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "         \
    "validation is '" KEY_FMT "')"

static const char label_msg[] =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '" LABEL_FMT "')";
static const char subdomain_msg[] =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '" SUBDOMAIN_FMT "')";
static const char underscore_msg[] =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' "
    "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "
    "used for validation is '" UNDERSCORE_FMT "')";
static const char label1035_msg[] =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
static const char label_value_msg[] =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(" KEY_FMT ")?')";
static const char config_key_msg[] =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
    "'[-._a-zA-Z0-9]+')";
static const char header_msg[] =
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', "
    "regex used for validation is '[-A-Za-z0-9]+')";

/* Where the messages of one check go. */
struct sink {
    names_report *report;
    void *arg;
    const char *bad;
    bool valid;
};

static void say(struct sink *k, const char *message)
{
    k->valid = false;
    if (k->report)
        k->report(k->arg, k->bad, message);
}

static void say_if(struct sink *k, bool wrong, const char *message)
{
    if (wrong)
        say(k, message);
}

/* The API has two generations of this text: "characters" and "bytes". Both count bytes. */
static void check_max(struct sink *k, size_t len, size_t max, const char *unit)
{
    char text[64];
    if (len <= max)
        return;
    snprintf(text, sizeof text, "must be no more than %zu %s", max, unit);
    say(k, text);
}

/* Are all of the n bytes in set? */
static bool only(const char *s, size_t n, const char *set)
{
    return strspn(s, set) >= n;
}

/* A word: first and last character from ends, those between from ends and inner. */
static bool is_word(const char *s, size_t n, const char *ends, const char *all)
{
    return n && strchr(ends, s[0]) && strchr(ends, s[n - 1]) && only(s, n, all);
}

/* Words with separators between them. */
static bool are_words(const char *s, const char *separators, const char *ends, const char *all,
                      bool underscore_first)
{
    for (;;) {
        s += underscore_first && *s == '_';
        size_t n = strcspn(s, separators);
        if (!is_word(s, n, ends, all))
            return false;
        s += n;
        if (!*s++)
            return true;
    }
}

static bool is_subdomain(const char *s)
{
    return are_words(s, ".", LOWALNUM, LOWALNUM "-", false);
}

static bool is_key(const char *s)
{
    return is_word(s, strlen(s), ALNUM, ALNUM "-_.");
}

bool names_dns_label(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    size_t n = strlen(s);
    check_max(&k, n, LABEL_MAX, "characters");
    if (!is_word(s, n, LOWALNUM, LOWALNUM "-"))
        say(&k, is_subdomain(s) ? "must not contain dots" : label_msg);
    return k.valid;
}

static void check_subdomain(struct sink *k, const char *s, const char *unit)
{
    check_max(k, strlen(s), SUBDOMAIN_MAX, unit);
    say_if(k, !is_subdomain(s), subdomain_msg);
}

bool names_dns_subdomain(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    check_subdomain(&k, s, "characters");
    return k.valid;
}

bool names_dns_subdomain_underscore(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    check_max(&k, strlen(s), SUBDOMAIN_MAX, "characters");
    say_if(&k, !are_words(s, ".", LOWALNUM, LOWALNUM "-_", true), underscore_msg);
    return k.valid;
}

bool names_dns1035_label(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    size_t n = strlen(s);
    check_max(&k, n, LABEL_MAX, "characters");
    bool ok = is_word(s, n, LOWALNUM, LOWALNUM "-") && !strchr(DIGITS, s[0]);
    say_if(&k, !ok, label1035_msg);
    return k.valid;
}

bool names_label_value(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    check_max(&k, strlen(s), LABEL_MAX, "bytes");
    say_if(&k, *s && !is_key(s), label_value_msg);
    return k.valid;
}

/* Passes a message on with a few words in front. */
struct prefixed {
    struct sink *to;
    const char *words;
};

static void say_prefixed(void *arg, const char *bad, const char *message)
{
    struct prefixed *p = arg;
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    (void)bad;
    strbuf_addf(&b, "%s %s", p->words, message);
    say(p->to, strbuf_str(&b));
}

static void check_key_prefix(struct sink *k, const char *prefix)
{
    struct prefixed p = {k, "prefix part"};
    struct sink inner = {say_prefixed, &p, prefix, true};
    if (*prefix)
        check_subdomain(&inner, prefix, "bytes");
    else
        say(&inner, "must be non-empty");
}

static void check_key_name(struct sink *k, const char *name)
{
    struct prefixed p = {k, "name part"};
    struct sink inner = {say_prefixed, &p, name, true};
    say_if(&inner, !*name, "must be non-empty");
    check_max(&inner, strlen(name), LABEL_MAX, "bytes");
    say_if(&inner, !is_key(name), KEY_RULE);
}

static void check_key(struct sink *k, const char *s)
{
    const char *slash = strchr(s, '/');
    if (slash && strchr(slash + 1, '/')) {
        say(k, "a valid label key " KEY_RULE
               " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
        return;
    }
    if (slash) {
        cleanup_free char *prefix = strndup(s, (size_t)(slash - s));
        check_key_prefix(k, prefix ? prefix : "");
    }
    check_key_name(k, slash ? slash + 1 : s);
}

bool names_qualified_name(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    check_key(&k, s);
    return k.valid;
}

bool names_annotation_key(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    cleanup_free char *lower = strdup(s);
    for (char *c = lower; c && *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    check_key(&k, lower ? lower : "");
    return k.valid;
}

bool names_env_name(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    bool wrong = false;
    for (const char *c = s; *c; c++)
        wrong = wrong || *c < ' ' || *c > '~' || *c == '=';
    say_if(&k, !*s, "environment variable name must be non-empty");
    say_if(&k, wrong,
           "a valid environment variable name must consist only of printable ASCII characters "
           "other than '='");
    return k.valid;
}

bool names_config_key(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    size_t n = strlen(s);
    check_max(&k, n, SUBDOMAIN_MAX, "characters");
    say_if(&k, !n || !only(s, n, ALNUM "-._"), config_key_msg);
    if (strcmp(s, ".") == 0)
        say(&k, "must not be '.'");
    else if (strcmp(s, "..") == 0)
        say(&k, "must not be '..'");
    else
        say_if(&k, strncmp(s, "..", 2) == 0, "must not start with '..'");
    return k.valid;
}

bool names_port_name(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    size_t n = strlen(s);
    check_max(&k, n, PORT_NAME_MAX, "characters");
    say_if(&k, !n || !only(s, n, LOWALNUM "-"),
           "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    say_if(&k, !strpbrk(s, LOWER), "must contain at least one letter (a-z)");
    say_if(&k, strstr(s, "--"), "must not contain consecutive hyphens");
    say_if(&k, n && (s[0] == '-' || s[n - 1] == '-'), "must not begin or end with a hyphen");
    return k.valid;
}

bool names_http_header(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    say_if(&k, !*s || !only(s, strlen(s), ALNUM "-"), header_msg);
    return k.valid;
}

bool names_sysctl(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    bool ok = strlen(s) <= SUBDOMAIN_MAX && are_words(s, "./", LOWALNUM, LOWALNUM "-_", false);
    say_if(&k, !ok, "must have at most 253 characters and match regex " SYSCTL_FMT);
    return k.valid;
}

bool names_ip(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    say_if(&k, !names_is_ip(s), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    return k.valid;
}

bool names_domain_prefixed_path(const char *s, names_report *report, void *arg)
{
    struct sink k = {report, arg, s, true};
    const char *slash = strchr(s, '/');
    if (!slash || slash == s || !slash[1]) {
        say(&k, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        return false;
    }
    cleanup_free char *host = strndup(s, (size_t)(slash - s));
    k.bad = host ? host : "";
    check_subdomain(&k, k.bad, "characters");
    k.bad = slash + 1;
    say_if(&k, !only(k.bad, strlen(k.bad), ALNUM "/-._~%!$&'()*+,;=:"),
           "Invalid path (regex used for validation is '" PATH_FMT "')");
    return k.valid;
}

struct target {
    struct field_errors *errs;
    const struct path *path;
    const char *shown; /* shown as the bad value instead, or NULL */
};

static void add_field_error(void *arg, const char *bad, const char *message)
{
    const struct target *t = arg;
    field_error_str(t->errs, t->path, FIELD_INVALID, t->shown ? t->shown : bad, "%s", message);
}

bool names_validate(names_check *check, const char *s, struct field_errors *errs,
                    const struct path *path)
{
    struct target t = {errs, path, NULL};
    return check(s, add_field_error, &t);
}

bool names_validate_prefix(names_check *check, const char *s, struct field_errors *errs,
                           const struct path *path)
{
    struct target t = {errs, path, s};
    size_t n = strlen(s);
    if (n < 2 || s[n - 1] != '-')
        return check(s, add_field_error, &t);
    cleanup_free char *masked = strdup(s);
    if (!masked) {
        errs->failed = true;
        return false;
    }
    masked[n - 2] = 'a';
    masked[n - 1] = '\0';
    return check(masked, add_field_error, &t);
}
