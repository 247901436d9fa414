/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../conf.h"
#include "../place.h"

static const char site[] = "[images]\n"
                           "busybox:1.36 = /images/old\n"
                           "busybox:* = /images/busybox\n"
                           "registry.example.org/*/cuda@* = /images/cuda.sqfs\n"
                           "ubuntu = host\n"
                           "debian:latest = docker://debian\n"
                           "nvidia/cuda:1[12].* = docker://nvcr.io#nvidia/cuda:12\n"
                           "[storage]\n"
                           "filer:/export = /mnt/export\n"
                           "pvc:data = /data\n"
                           "pvc:ml/* = /star\n"
                           "[nodeSelector]\n"
                           "gpu-type=a100 = constraint:a100\n"
                           "topology.kubernetes.io/zone=* = -\n"
                           "[toleration]\n"
                           "dedicated=ml = partition:ml\n"
                           "dedicated = partition:any\n";

static const struct {
    int map; /* -1: conf_image() */
    const char *key;
    const char *value; /* NULL = none */
    const char *proves;
} rows[] = {
    {-1, "busybox:1.36", "/images/old", "the first entry that matches"},
    {-1, "busybox:musl", "/images/busybox", "a pattern"},
    {-1, "busybox", "/images/busybox", "no tag is the tag latest"},
    {-1, "busybox@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
     "a digest is no tag"},
    {-1,
     "registry.example.org/a/b/cuda@sha256:"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "/images/cuda.sqfs", "* goes over slashes"},
    {-1, "ubuntu", "host", "as it was written"},
    {-1, "ubuntu:24.04", NULL, "another tag"},
    {-1, "debian", "docker://debian", "an entry with the tag latest"},
    {-1, "nvidia/cuda:12.4", "docker://nvcr.io#nvidia/cuda:12", "a # inside of a word"},
    {-1, "nvidia/cuda:10.0", NULL, "a set of characters"},
    {-1, "no image", NULL, "what is no image at all"},
    {CONF_STORAGE, "filer:/export", "/mnt/export", "an export"},
    {CONF_STORAGE, "filer:/export/sub", NULL, "no more than the export"},
    {CONF_STORAGE, "pvc:data", "/data", "a claim"},
    {CONF_STORAGE, "pvc:ml/x", NULL, "storage has no patterns"},
    {CONF_NODE_SELECTOR, "gpu-type=a100", "constraint:a100", "an entry with = inside"},
    {CONF_NODE_SELECTOR, "topology.kubernetes.io/zone=b", "-", "any value"},
    {CONF_NODE_SELECTOR, "gpu-type=h100", NULL, "another value"},
    {CONF_TOLERATION, "dedicated", "partition:any", "a key alone"},
    {CONF_RESOURCE, "nvidia.com/gpu", NULL, "an empty map"},
};

Test(conf_find, first_match)
{
    struct strbuf errors = STRBUF_INIT;
    struct conf c;
    cr_assert_eq(conf_init(&c), 0);
    cr_assert_eq(conf_parse(&c, "f", site, strlen(site), &errors), 0, "%s", strbuf_str(&errors));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = rows[i].map < 0 ? conf_image(&c, rows[i].key)
                                          : conf_find(&c, (enum conf_map)rows[i].map, rows[i].key);
        cr_expect_str_eq(got ? got : "(none)", rows[i].value ? rows[i].value : "(none)",
                         "%s (%s): %s", rows[i].key, rows[i].proves, got ? got : "(none)");
    }
    conf_free(&c);
}

Test(conf_find, places_come_one_by_one)
{
    const char *text = " partition:ml\tconstraint:a100&(ib|opa)  -";
    struct place p;
    cr_assert_eq(place_next(&text, &p, NULL), 1);
    cr_expect_str_eq(p.option, "partition");
    cr_expect(p.value_len == 2 && memcmp(p.value, "ml", 2) == 0);
    cr_assert_eq(place_next(&text, &p, NULL), 1);
    cr_expect_str_eq(p.option, "constraint");
    cr_expect(p.value_len == 13 && memcmp(p.value, "a100&(ib|opa)", 13) == 0);
    cr_expect_eq(place_next(&text, &p, NULL), 0);
    cr_expect_eq(place_next(&text, &p, NULL), 0);
}

/* ---- the documents ---- */

/* A line "#KEY = DEFAULT" of the example becomes "KEY = DEFAULT", as an admin would do. */
static void uncomment(char *text)
{
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (line[0] == '#' && line[1] != ' ' && line[1] != '\n' && line[1])
            line[0] = ' ';
    }
}

static char *read_text(const char *path)
{
    struct strbuf b = STRBUF_INIT;
    struct error err;
    cr_assert_eq(conf_read(path, true, &b, &err), 0, "%s", err.text);
    return strbuf_steal(&b);
}

Test(conf_find, the_example_is_right_and_has_everything)
{
    struct strbuf errors = STRBUF_INIT;
    struct conf c;
    char *text = read_text(SKJOB_TESTS "/../contrib/site/skjob.conf.example");
    cr_assert_eq(conf_init(&c), 0);
    cr_expect_eq(conf_parse(&c, "f", text, strlen(text), &errors), 0, "%s", strbuf_str(&errors));
    for (int m = 0; m < CONF_MAPS; m++)
        cr_expect_eq(c.maps[m].len, 0, "all of it is a comment");
    uncomment(text);
    cr_expect_eq(conf_parse(&c, "f", text, strlen(text), &errors), 0, "%s", strbuf_str(&errors));
    for (int m = 0; m < CONF_MAPS; m++)
        cr_expect_neq(c.maps[m].len, 0, "no example in [%s]", conf_map_name((size_t)m));
    cr_expect_eq(c.backoff_max_us, 360000000, "the defaults");
    cr_expect_eq(c.crashloop_max_us, 300000000);
    for (size_t i = 0; conf_key_name(i); i++) {
        char line[64];
        snprintf(line, sizeof line, "\n %s =", conf_key_name(i));
        cr_expect(strstr(text, line), "%s is not in the example", conf_key_name(i));
    }
    free(text);
    conf_free(&c);
}

Test(conf_find, the_manual_page_has_everything)
{
    char *text = read_text(SKJOB_TESTS "/../doc/skjob.conf.5");
    for (size_t i = 0; conf_key_name(i); i++)
        cr_expect(strstr(text, conf_key_name(i)), "%s", conf_key_name(i));
    for (size_t i = 0; conf_map_name(i); i++) {
        char name[64];
        snprintf(name, sizeof name, "[%s]", conf_map_name(i));
        cr_expect(strstr(text, name), "%s", name);
    }
    free(text);
}

/* ---- the file ---- */

static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

Test(conf_find, the_file_that_is_named_must_exist)
{
    cleanup_conf struct conf c;
    struct error err;
    cr_expect_eq(conf_load(&c, "/nonexistent/skjob.conf", &err), -1);
    cr_expect_str_eq(err.text, "/nonexistent/skjob.conf: No such file or directory");
    cr_expect_eq(c.backoff_base_us, 10000000, "usable all the same");
}

Test(conf_find, a_folder_is_no_file)
{
    cleanup_conf struct conf c;
    struct error err;
    cr_expect_eq(conf_load(&c, "/", &err), -1);
    cr_expect_str_eq(err.text, "/: Is a directory");
}

Test(conf_find, loads)
{
    char path[] = "/tmp/skjob_conf_XXXXXX";
    cleanup_conf struct conf c;
    struct error err;
    write_file(path, "runtime = podman\n");
    cr_expect_eq(conf_load(&c, path, &err), 0, "%s", err.text);
    cr_expect_eq(c.runtime, RUNTIME_PODMAN);
    unlink(path);
}

Test(conf_find, after_a_mistake_the_defaults_hold)
{
    char path[] = "/tmp/skjob_conf_XXXXXX", wanted[200];
    cleanup_conf struct conf c;
    struct error err;
    write_file(path, "runtime = podman\nx\ny\n");
    cr_expect_eq(conf_load(&c, path, &err), -1);
    snprintf(wanted, sizeof wanted,
             "%s:2: \"x\" is not KEY = VALUE (and 1 more: skjob check-config)", path);
    cr_expect_str_eq(err.text, wanted);
    cr_expect_eq(c.runtime, RUNTIME_HOST);
    unlink(path);
}
