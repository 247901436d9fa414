/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../names.h"

#define LABEL                                                                                      \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "   \
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "     \
    "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define SUBDOMAIN                                                                                  \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "   \
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "  \
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define UNDERSCORE                                                                                 \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' " \
    "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "    \
    "used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?" \
    ")*')"
#define LABEL1035                                                                                  \
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "   \
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123'," \
    " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
#define VALUE                                                                                      \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "    \
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',"  \
    "  or '12345', regex used for validation is "                                                  \
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define KEY                                                                                        \
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "    \
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "         \
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define CONFIG_KEY                                                                                 \
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "           \
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "                    \
    "'[-._a-zA-Z0-9]+')"
#define ENV                                                                                        \
    "a valid environment variable name must consist only of printable ASCII characters other "     \
    "than '='"
#define PORT_CHARS  "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
#define PORT_LETTER "must contain at least one letter (a-z)"
#define PORT_ENDS   "must not begin or end with a hyphen"
#define PORT_DOUBLE "must not contain consecutive hyphens"
#define PATH_CHARS  "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"
#define SYSCTL                                                                                     \
    "must have at most 253 characters and match regex "                                            \
    "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
#define IP     "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
#define DOMAIN "must be a domain-prefixed path (such as \"acme.io/foo\")"

#define A10  "aaaaaaaaaa"
#define A60  A10 A10 A10 A10 A10 A10
#define A63  A60 "aaa"
#define A64  A63 "a"
#define D253 A63 "." A63 "." A63 "." A60 "a"

/* messages: one after the other, with a line feed behind each. */
static const struct {
    names_check *check;
    const char *name;
    const char *messages;
    const char *proves;
} rows[] = {
    {names_dns_label, "my-name", "", "label"},
    {names_dns_label, "0", "", "one digit"},
    {names_dns_label, A63, "", "63"},
    {names_dns_label, A64, "must be no more than 63 characters\n", "64"},
    {names_dns_label, "", LABEL "\n", "empty"},
    {names_dns_label, "-a", LABEL "\n", "hyphen first"},
    {names_dns_label, "a-", LABEL "\n", "hyphen last"},
    {names_dns_label, "A", LABEL "\n", "upper case"},
    {names_dns_label, "a_b", LABEL "\n", "underscore"},
    {names_dns_label, "a\n", LABEL "\n", "line feed"},
    {names_dns_label, "\xc3\xa9", LABEL "\n", "not ASCII"},
    {names_dns_label, "a.b", "must not contain dots\n", "a subdomain but no label"},
    {names_dns_label, "a..b", LABEL "\n", "no subdomain either"},
    {names_dns_label, A64 "_", "must be no more than 63 characters\n" LABEL "\n", "two messages"},
    {names_dns_subdomain, "a.b-c.0", "", "subdomain"},
    {names_dns_subdomain, A64 ".b", "", "a part may be longer than a label"},
    {names_dns_subdomain, D253, "", "253"},
    {names_dns_subdomain, D253 "a", "must be no more than 253 characters\n", "254"},
    {names_dns_subdomain, "", SUBDOMAIN "\n", "empty"},
    {names_dns_subdomain, "a.", SUBDOMAIN "\n", "dot last"},
    {names_dns_subdomain, ".a", SUBDOMAIN "\n", "dot first"},
    {names_dns_subdomain, "a..b", SUBDOMAIN "\n", "two dots"},
    {names_dns_subdomain, "a-.b", SUBDOMAIN "\n", "hyphen before the dot"},
    {names_dns_subdomain, "a_b", SUBDOMAIN "\n", "underscore"},
    {names_dns_subdomain_underscore, "_a._b", "", "one in front"},
    {names_dns_subdomain_underscore, "a_b", "", "one inside"},
    {names_dns_subdomain_underscore, "__a", UNDERSCORE "\n", "two in front"},
    {names_dns_subdomain_underscore, "a_", UNDERSCORE "\n", "one behind"},
    {names_dns1035_label, "a1", "", "1035"},
    {names_dns1035_label, "1a", LABEL1035 "\n", "digit first"},
    {names_dns1035_label, "", LABEL1035 "\n", "empty"},
    {names_label_value, "", "", "empty is valid"},
    {names_label_value, "My_v.1", "", "label value"},
    {names_label_value, A63, "", "63"},
    {names_label_value, A64, "must be no more than 63 bytes\n", "64, in bytes"},
    {names_label_value, "a b", VALUE "\n", "blank"},
    {names_label_value, "-", VALUE "\n", "hyphen alone"},
    {names_qualified_name, "name", "", "no prefix"},
    {names_qualified_name, "a.io/My_Name.x", "", "with prefix"},
    {names_qualified_name, "", "name part must be non-empty\nname part " KEY "\n", "two messages"},
    {names_qualified_name, "a.io/", "name part must be non-empty\nname part " KEY "\n", "prefix"},
    {names_qualified_name, "/a", "prefix part must be non-empty\n", "no prefix before the slash"},
    {names_qualified_name, "A/a", "prefix part " SUBDOMAIN "\n", "bad prefix"},
    {names_qualified_name, D253 "a/a", "prefix part must be no more than 253 bytes\n", "long one"},
    {names_qualified_name, "-a", "name part " KEY "\n", "bad name"},
    {names_qualified_name, A64, "name part must be no more than 63 bytes\n", "long name"},
    {names_qualified_name, "_/_", "prefix part " SUBDOMAIN "\nname part " KEY "\n", "both"},
    {names_qualified_name, "a/b/c",
     "a valid label key " KEY
     " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')\n",
     "two slashes"},
    {names_annotation_key, "Example.COM/Key", "", "case of an annotation's prefix"},
    {names_annotation_key, "a b", "name part " KEY "\n", "annotations have no other freedom"},
    {names_env_name, "A", "", "usual"},
    {names_env_name, "1 a-b.c!", "", "any printable ASCII"},
    {names_env_name, "", "environment variable name must be non-empty\n", "empty"},
    {names_env_name, "A=B", ENV "\n", "equals sign"},
    {names_env_name, "a\tb", ENV "\n", "control character"},
    {names_env_name, "a\x7f", ENV "\n", "delete"},
    {names_env_name, "\xc3\xa9", ENV "\n", "not ASCII"},
    {names_config_key, "a.B_c-1", "", "key"},
    {names_config_key, "...", "must not start with '..'\n", "dots"},
    {names_config_key, ".", "must not be '.'\n", "this folder"},
    {names_config_key, "..", "must not be '..'\n", "parent folder"},
    {names_config_key, "a/b", CONFIG_KEY "\n", "slash"},
    {names_config_key, "", CONFIG_KEY "\n", "empty"},
    {names_config_key, D253 "a", "must be no more than 253 characters\n", "254"},
    {names_port_name, "http-1", "", "port"},
    {names_port_name, "abcdefghijklmno", "", "15"},
    {names_port_name, "abcdefghijklmnop", "must be no more than 15 characters\n", "16"},
    {names_port_name, "HTTP", PORT_CHARS "\n" PORT_LETTER "\n", "upper case has no letters"},
    {names_port_name, "80", PORT_LETTER "\n", "digits"},
    {names_port_name, "-a--b-", PORT_DOUBLE "\n" PORT_ENDS "\n", "hyphens"},
    {names_port_name, "", PORT_CHARS "\n" PORT_LETTER "\n", "empty"},
    {names_http_header, "X-Header-1", "", "header"},
    {names_http_header, "a b",
     "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', "
     "regex used for validation is '[-A-Za-z0-9]+')\n",
     "blank"},
    {names_sysctl, "net.ipv4/tcp_x-1", "", "dots and slashes"},
    {names_sysctl, "a b", SYSCTL "\n", "blank"},
    {names_sysctl, "a..b", SYSCTL "\n", "empty part"},
    {names_sysctl, D253 "a", SYSCTL "\n", "254"},
    {names_domain_prefixed_path, "acme.io/foo", "", "path"},
    {names_domain_prefixed_path, "a/b/c%20~!$&'()*+,;=:", "", "every character of a path"},
    {names_domain_prefixed_path, "foo", DOMAIN "\n", "no slash"},
    {names_domain_prefixed_path, "/foo", DOMAIN "\n", "no host"},
    {names_domain_prefixed_path, "a/", DOMAIN "\n", "no path"},
    {names_domain_prefixed_path, "A_/ ", SUBDOMAIN "\n" PATH_CHARS "\n", "both parts"},
};

static void collect(void *arg, const char *bad, const char *message)
{
    (void)bad;
    strbuf_addf(arg, "%s\n", message);
}

Test(names, messages_of_kubernetes)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        bool valid = rows[i].check(rows[i].name, collect, &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].messages, "\"%s\" (%s): %s", rows[i].name,
                         rows[i].proves, strbuf_str(&got));
        cr_expect_eq(valid, !*rows[i].messages, "%s", rows[i].proves);
        cr_expect_eq(rows[i].check(rows[i].name, NULL, NULL), valid, "without a report");
    }
}

static const struct {
    const char *text;
    bool valid;
    const char *proves;
} addresses[] = {
    {"10.9.8.7", true, "IPv4"},
    {"0.0.0.0", true, "zeros"},
    {"255.255.255.255", true, "largest"},
    {"010.09.008.7", true, "leading zeros were always allowed"},
    {"256.1.1.1", false, "too large"},
    {"1.2.3", false, "three parts"},
    {"1.2.3.4.5", false, "five parts"},
    {"1.2.3.", false, "empty part"},
    {"1.2.3.x", false, "letter"},
    {" 1.2.3.4", false, "blank"},
    {"", false, "empty"},
    {"x", false, "word"},
    {"1", false, "number"},
    {"::", true, "any"},
    {"::1", true, "loopback"},
    {"1::", true, "at the end"},
    {"2001:db8::ffff", true, "inside"},
    {"1:2:3:4:5:6:7:8", true, "eight groups"},
    {"1:2:3:4:5:6:7::", true, "one group left out"},
    {"1:2:3:4:5:6:7:8::", false, "nothing left to leave out"},
    {"1:2:3:4:5:6:7", false, "seven groups"},
    {"1:2:3:4:5:6:7:8:9", false, "nine groups"},
    {"1::2::3", false, "two gaps"},
    {":1::", false, "one colon first"},
    {"1:", false, "one colon last"},
    {"12345::", false, "five digits"},
    {"g::", false, "no hex digit"},
    {"ABCD::ef", true, "case"},
    {"::ffff:1.2.3.4", true, "mapped IPv4"},
    {"1:2:3:4:5:6:1.2.3.4", true, "IPv4 tail"},
    {"1:2:3:4:5:1.2.3.4", false, "too short for a tail"},
    {"1:2:3:4:5:6:7:1.2.3.4", false, "too long for a tail"},
    {"::1:2:3:4:5:6:1.2.3.4", false, "nothing left to leave out before a tail"},
    {"::1:2:3:4:5:1.2.3.4", true, "one group left out before a tail"},
    {"::1.2.3", false, "bad tail"},
    {"fe80::1%eth0", false, "zone"},
    {"10.0.0.0/8", false, "mask"},
};

Test(names, addresses)
{
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        bool valid = names_ip(addresses[i].text, collect, &got);
        cr_expect_eq(valid, addresses[i].valid, "\"%s\" (%s)", addresses[i].text,
                     addresses[i].proves);
        cr_expect_str_eq(strbuf_str(&got), addresses[i].valid ? "" : IP "\n");
    }
}

Test(names, field_errors_show_the_part_that_is_wrong)
{
    cleanup_field_errors struct field_errors errs = {0};
    const struct path *path = PATH_FIELD(PATH_FIELD(NULL, "spec"), "managedBy");
    cr_expect(names_validate(names_domain_prefixed_path, "a.io/b", &errs, path));
    cr_expect_not(names_validate(names_domain_prefixed_path, "A/ ", &errs, path));
    cr_assert_eq(errs.len, 2U);
    cr_expect_str_eq(errs.v[0].field, "spec.managedBy");
    cr_expect_str_eq(errs.v[0].message, "Invalid value: \"A\": " SUBDOMAIN);
    cr_expect_str_eq(errs.v[1].message, "Invalid value: \" \": " PATH_CHARS);
}

static const struct {
    const char *prefix;
    bool valid;
    const char *proves;
} prefixes[] = {
    {"job-", true, "the usual generateName"},
    {"job", true, "no hyphen"},
    {"a--", true, "the check replaces two characters"},
    {"-", false, "hyphen alone"},
    {"A-b-", false, "upper case"},
    {"-a-", false, "hyphen first"},
    {"a.", false, "dot last"},
};

Test(names, prefixes_of_generated_names)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        cleanup_field_errors struct field_errors errs = {0};
        const char *prefix = prefixes[i].prefix;
        bool valid = names_validate_prefix(names_dns_subdomain, prefix, &errs, NULL);
        cr_expect_eq(valid, prefixes[i].valid, "%s", prefixes[i].proves);
        cr_assert_eq(errs.len, prefixes[i].valid ? 0U : 1U);
        cleanup_strbuf struct strbuf want = STRBUF_INIT;
        strbuf_addf(&want, "Invalid value: \"%s\": " SUBDOMAIN, prefix);
        if (!valid)
            cr_expect_str_eq(errs.v[0].message, strbuf_str(&want), "shows what was written");
    }
}
