/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_ref.h"

#include <string.h>

#define NAME_MAX_LEN 255 /* with domain and the "library/" of short Docker names */
#define TAG_MAX      128
#define ID_LEN       64 /* hexadecimal image ids may not be names */
#define DIGITS       "0123456789"
#define LOWER        "abcdefghijklmnopqrstuvwxyz"
#define UPPER        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ASCII only, whatever the locale. c may be NUL. */
static bool is_in(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool is_alnum_lower(char c)
{
    return is_in(c, LOWER DIGITS);
}

static bool is_word(char c)
{
    return is_in(c, LOWER UPPER DIGITS "_");
}

/* ---- the name: components of lower case letters and digits with . _ __ - between them ---- */

static size_t separator(const char *s, const char *end)
{
    if (s < end && *s == '-')
        return strspn(s, "-");
    if (end - s >= 2 && s[0] == '_' && s[1] == '_')
        return 2;
    return s < end && (*s == '.' || *s == '_') ? 1 : 0;
}

static bool is_component(const char *s, const char *end)
{
    for (;;) {
        const char *start = s;
        while (s < end && is_alnum_lower(*s))
            s++;
        if (s == start)
            return false;
        if (s == end)
            return true;
        size_t n = separator(s, end);
        if (n == 0)
            return false;
        s += n;
    }
}

static bool is_name(const char *s, const char *end)
{
    for (;;) {
        const char *slash = memchr(s, '/', (size_t)(end - s));
        if (!is_component(s, slash ? slash : end))
            return false;
        if (!slash)
            return true;
        s = slash + 1;
    }
}

/* ---- the domain: host[:port] ---- */

static bool is_host(const char *s, const char *end)
{
    if (s < end && *s == '[') {
        const char *close = s + 1 + strspn(s + 1, DIGITS "abcdefABCDEF:");
        return close == end - 1 && *close == ']' && close > s + 1;
    }
    for (bool start = true; s < end; s++) {
        bool last = s + 1 == end || s[1] == '.';
        if (*s == '-' ? start || last : !is_in(*s, LOWER UPPER DIGITS "."))
            return false;
        if (*s == '.' && (start || last))
            return false;
        start = *s == '.';
    }
    return true;
}

static bool is_domain(const char *s, const char *end)
{
    const char *host_end = end;
    while (host_end > s && is_in(host_end[-1], DIGITS))
        host_end--;
    bool port = host_end < end && host_end > s && host_end[-1] == ':';
    host_end = port ? host_end - 1 : end;
    return host_end > s && is_host(s, host_end);
}

/* Length of the domain with its '/', 0 when the reference is a short Docker name. */
static size_t domain_len(const char *s)
{
    const char *slash = strchr(s, '/');
    if (!slash)
        return 0;
    size_t n = (size_t)(slash - s);
    bool domain = memchr(s, '.', n) || memchr(s, ':', n) || strcspn(s, UPPER) < n ||
                  (n == strlen("localhost") && memcmp(s, "localhost", n) == 0);
    return domain ? n + 1 : 0;
}

/* The name that distribution would fill in has its limit, too. */
static size_t normalized_len(const char *s, size_t domain, size_t name_len)
{
    bool docker = domain == 0 || strncmp(s, "docker.io/", domain) == 0 ||
                  strncmp(s, "index.docker.io/", domain) == 0;
    if (!docker)
        return name_len;
    size_t remainder = name_len - domain;
    bool official = !memchr(s + domain, '/', remainder);
    return strlen("docker.io/") + (official ? strlen("library/") : 0) + remainder;
}

/* ---- tag and digest ---- */

static size_t tag_len(const char *s)
{
    size_t n = 0;
    if (!is_word(*s))
        return 0;
    while (n < TAG_MAX && (is_word(s[n]) || is_in(s[n], ".-")))
        n++;
    return n;
}

static bool is_digest(const char *s)
{
    static const struct {
        const char *name;
        size_t hex;
    } algorithms[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        size_t n = strlen(algorithms[i].name);
        if (strncmp(s, algorithms[i].name, n) == 0)
            return strspn(s + n, DIGITS "abcdef") == algorithms[i].hex && !s[n + algorithms[i].hex];
    }
    return false;
}

/* s is what follows the name. */
static bool parse_suffix(const char *s, struct image_ref *out)
{
    if (*s == ':') {
        out->tag = s + 1;
        out->tag_len = tag_len(out->tag);
        s = out->tag + out->tag_len;
        if (out->tag_len == 0)
            return false;
    }
    if (*s == '@') {
        out->digest = s + 1;
        return is_digest(out->digest);
    }
    return *s == '\0';
}

static bool parse(const char *s, struct image_ref *out)
{
    size_t domain = domain_len(s);
    size_t name = strcspn(s + domain, ":@");
    out->name_len = domain + name;
    if (strspn(s, DIGITS "abcdef") == ID_LEN && !s[ID_LEN])
        return false;
    if (domain && !is_domain(s, s + domain - 1))
        return false;
    return is_name(s + domain, s + out->name_len) &&
           normalized_len(s, domain, out->name_len) <= NAME_MAX_LEN &&
           parse_suffix(s + out->name_len, out);
}

bool image_ref_parse(const char *s, struct image_ref *out)
{
    *out = (struct image_ref){0};
    if (parse(s, out))
        return true;
    *out = (struct image_ref){0};
    return false;
}

const char *image_ref_pull_policy(const char *s)
{
    struct image_ref ref;
    bool latest = image_ref_parse(s, &ref) &&
                  (ref.tag ? ref.tag_len == strlen("latest") && memcmp(ref.tag, "latest", 6) == 0
                           : !ref.digest);
    return latest ? "Always" : "IfNotPresent";
}
