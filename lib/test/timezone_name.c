/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../timezone.h"
#include "tzif.h"

static char root[] = "/tmp/skjob-test-zoneinfo-XXXXXX";

static const char *below(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void write_file(const char *name, const void *data, size_t len)
{
    int fd = open(below(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, data, len), (ssize_t)len);
    close(fd);
}

static void make_root(void)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    cr_assert(mkdtemp(root));
    tzif_build_rule(&b, "CET-1CEST,M3.5.0,M10.5.0/3");
    mkdir(below("Europe"), 0700);
    mkdir(below("posix"), 0700);
    write_file("Europe/Berlin", b.data, b.len);
    write_file("posix/Berlin", b.data, b.len);
    write_file("localtime", b.data, b.len);
    write_file("GMT+0", b.data, b.len);
    write_file("FifteenLettersX", b.data, b.len);
    write_file("-x", b.data, b.len);
    write_file("zone.tab", "# text\n", 7);
    cr_assert_eq(symlink("Europe/Berlin", below("CET")), 0);
    cr_assert_eq(mkfifo(below("Fifo"), 0600), 0);
}

static void remove_root(void)
{
    static const char *const names[] = {
        "Europe/Berlin", "posix/Berlin", "localtime", "GMT+0", "FifteenLettersX", "-x",
        "zone.tab",      "CET",          "Fifo"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(below(names[i]));
    rmdir(below("Europe"));
    rmdir(below("posix"));
    rmdir(root);
}

#define UNKNOWN "unknown time zone "
#define EXPLICIT                                                                                   \
    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"

static const struct {
    const char *name;
    const char *messages; /* each with a line feed behind it */
    const char *proves;
} rows[] = {
    {"Europe/Berlin", "", "there"},
    {"CET", "", "a link of the database"},
    {"GMT+0", "", "digits and plus"},
    {"UTC", "", "needs no file"},
    {"", "timeZone must be nil or non-empty string\n", "empty"},
    {"Bogus/Zone", UNKNOWN "Bogus/Zone\n", "not there"},
    {"europe/berlin", UNKNOWN "europe/berlin\n", "case counts"},
    {"Europe", UNKNOWN "Europe\n", "a folder"},
    {"Fifo", UNKNOWN "Fifo\n", "no regular file, and no wait for a writer"},
    {"zone.tab", UNKNOWN "zone.tab\n", "no zone file"},
    {"localtime", UNKNOWN "localtime\n", "the machine's own zone is no name"},
    {"posix/Berlin", UNKNOWN "posix/Berlin\n", "a copy of the database"},
    {"../etc/passwd", UNKNOWN "../etc/passwd\n", "upwards"},
    {"Europe/../CET", UNKNOWN "Europe/../CET\n", "upwards inside"},
    {"Europe/./Berlin", UNKNOWN "Europe/./Berlin\n", "dot"},
    {"/Europe/Berlin", UNKNOWN "/Europe/Berlin\n", "absolute"},
    {"Europe/Berlin/", UNKNOWN "Europe/Berlin/\n", "slash last"},
    {"Europe//Berlin", UNKNOWN "Europe//Berlin\n", "two slashes"},
    {"-x", UNKNOWN "-x\n", "hyphen first, though it is there"},
    {"a b", UNKNOWN "a b\n", "blank"},
    {"Z\xc3\xbcrich", UNKNOWN "Z\xc3\xbcrich\n", "not ASCII"},
    {"FifteenLettersX", UNKNOWN "FifteenLettersX\n", "part of 15, though it is there"},
    {"a..b", "time: invalid location name\n", "dots inside pass the syntax only"},
    {"Local", EXPLICIT "\n", "Go's name for the machine's zone"},
    {"local", EXPLICIT "\n" UNKNOWN "local\n", "in another case it is unknown, too"},
};

Test(timezone_name, messages_of_kubernetes, .init = make_root, .fini = remove_root)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_field_errors struct field_errors errs = {0};
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        cleanup_strbuf struct strbuf prefix = STRBUF_INIT;
        timezone_validate(root, rows[i].name, &errs, NULL);
        strbuf_addf(&prefix, "Invalid value: \"%s\": ", rows[i].name);
        for (size_t j = 0; j < errs.len; j++) {
            cr_assert(errs.v[j].message && strlen(errs.v[j].message) > prefix.len);
            strbuf_addf(&got, "%s\n", errs.v[j].message + prefix.len);
        }
        cr_expect_str_eq(strbuf_str(&got), rows[i].messages, "%s: %s", rows[i].proves,
                         strbuf_str(&got));
    }
}

Test(timezone_name, loads, .init = make_root, .fini = remove_root)
{
    struct timezone_info *tz;
    struct error err = {""};
    cr_assert_eq(timezone_load(root, "Europe/Berlin", &tz, &err), 0, "%s", err.text);
    cr_expect_eq(timezone_offset(tz, 1720000000), 7200);
    timezone_free(tz);
    cr_expect_eq(timezone_load(root, "UTC", &tz, &err), 0);
    cr_expect_null(tz, "UTC");
    cr_expect_eq(timezone_load(root, "", &tz, &err), 0, "as Go");
    cr_expect_eq(timezone_load("/nonexistent", "Europe/Berlin", &tz, &err), -1);
    cr_expect_str_eq(err.text, "unknown time zone Europe/Berlin");
    cr_expect_null(tz);
}
