/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_ref.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define A64    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST "sha256:" A64

Test(image_ref, not_a_reference)
{
    static const char *const bad[] = {
        "",
        " ",
        "a ",
        " a",
        "A",
        "a/B",
        "-a",
        "a-",
        "a..b",
        "a___b",
        "a//b",
        "/a",
        "a/",
        "a:",
        "a:-",
        "a:b:c",
        "a@",
        "a@b",
        "a@sha256:",
        "a@sha256:" A64 "a",
        "a@md5:" A64,
        "a@" DIGEST "@" DIGEST,
        "a@SHA256:" A64,
        A64,
        "a.b:/c",
        "a.b:x/c",
        "-a.b/c",
        "a-.b/c",
        "a..b/c",
        "[::1/c",
        "http://a/b",
        "a:" A64 A64 "b",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct image_ref ref;
        cr_expect(!image_ref_parse(bad[i], &ref), "\"%s\"", bad[i]);
        cr_expect(ref.name_len == 0 && !ref.tag && !ref.digest, "\"%s\"", bad[i]);
        cr_expect_str_eq(image_ref_pull_policy(bad[i]), "IfNotPresent", "\"%s\"", bad[i]);
    }
}

Test(image_ref, parts)
{
    static const struct {
        const char *text, *name, *tag, *policy;
        bool digest;
    } rows[] = {
        {"a", "a", NULL, "Always", false},
        {"a:latest", "a", "latest", "Always", false},
        {"a:latest1", "a", "latest1", "IfNotPresent", false},
        {"a:1.0_b-c", "a", "1.0_b-c", "IfNotPresent", false},
        {"a:LATEST", "a", "LATEST", "IfNotPresent", false},
        {"a@" DIGEST, "a", NULL, "IfNotPresent", true},
        {"a:latest@" DIGEST, "a", "latest", "Always", true},
        {"a:1@" DIGEST, "a", "1", "IfNotPresent", true},
        {"a/b/c", "a/b/c", NULL, "Always", false},
        {"localhost/a", "localhost/a", NULL, "Always", false},
        {"localhost:5000/a:b", "localhost:5000/a", "b", "IfNotPresent", false},
        {"R.example/a__b.c--d", "R.example/a__b.c--d", NULL, "Always", false},
        {"HOST/a", "HOST/a", NULL, "Always", false},
        {"[::1]:80/a", "[::1]:80/a", NULL, "Always", false},
        {"docker.io/a:b", "docker.io/a", "b", "IfNotPresent", false},
        {"a:" A64 A64, "a", A64 A64, "IfNotPresent", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image_ref ref;
        const char *text = rows[i].text, *tag = rows[i].tag;
        cr_expect(image_ref_parse(text, &ref), "%s", text);
        cr_expect(ref.name_len == strlen(rows[i].name) &&
                      memcmp(text, rows[i].name, ref.name_len) == 0,
                  "%s: name of %zu characters", text, ref.name_len);
        cr_expect(!ref.tag == !tag, "%s: tag", text);
        if (tag && ref.tag)
            cr_expect(ref.tag_len == strlen(tag) && memcmp(ref.tag, tag, ref.tag_len) == 0, "%s",
                      text);
        cr_expect_eq(!!ref.digest, rows[i].digest, "%s: digest", text);
        cr_expect_str_eq(image_ref_pull_policy(text), rows[i].policy, "%s", text);
    }
}

/* The limit counts the domain and folder that a short name stands for. */
Test(image_ref, length)
{
    char text[300];
    struct image_ref ref;
    const int room = 255 - (int)strlen("docker.io/library/");
    snprintf(text, sizeof text, "%0*d", room, 0);
    cr_expect(image_ref_parse(text, &ref));
    snprintf(text, sizeof text, "%0*d", room + 1, 0);
    cr_expect(!image_ref_parse(text, &ref));
    snprintf(text, sizeof text, "a.b/%0*d", 255 - 4, 0);
    cr_expect(image_ref_parse(text, &ref));
    snprintf(text, sizeof text, "a.b/%0*d", 256 - 4, 0);
    cr_expect(!image_ref_parse(text, &ref));
}
