/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../cluster_name.h"

static const struct {
    const char *text;
    const char *name; /* NULL = none */
    const char *proves;
} texts[] = {
    {"ClusterName=alpha\n", "alpha", "a line"},
    {"# ClusterName=no\nSlurmUser=slurm\nClusterName=alpha\nClusterName=beta\n", "alpha",
     "the first one; comments are none"},
    {"clustername = \"Alpha\"  # the old one\n", "alpha", "case, blanks, quotes, a comment"},
    {"  CLUSTERNAME=a-b_c.1\r\n", "a-b_c.1", "indented, CRLF"},
    {"ClusterName             = skjob1\n", "skjob1", "as scontrol prints it"},
    {"ClusterNameX=no\n", NULL, "a longer key"},
    {"XClusterName=no\n", NULL, "another key"},
    {"ClusterName\n", NULL, "no value"},
    {"ClusterName=\n", NULL, "an empty value"},
    {"ClusterName=../x\n", NULL, "a path"},
    {"ClusterName=.hidden\n", NULL, "hidden"},
    {"ClusterName=a/b\n", NULL, "a slash"},
    {"ClusterName=0123456789012345678901234567890123456789012345678901234567890123\n",
     "0123456789012345678901234567890123456789012345678901234567890123", "the longest"},
    {"ClusterName=01234567890123456789012345678901234567890123456789012345678901234\n", NULL,
     "too long"},
    {"", NULL, "nothing"},
};

Test(cluster_name, parse)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char name[CLUSTER_NAME_MAX + 1] = "";
        int rc = cluster_name_parse(texts[i].text, name);
        cr_expect_eq(rc, texts[i].name ? 0 : -1, "%s", texts[i].proves);
        if (texts[i].name)
            cr_expect_str_eq(name, texts[i].name, "%s: %s", texts[i].proves, name);
    }
}

static void write_text(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

/* Where the name comes from: the job's environment, the file, scontrol. */
Test(cluster_name, sources)
{
    char dir[] = "/tmp/skjob-cluster-name-XXXXXX", path[64], name[CLUSTER_NAME_MAX + 1];
    struct error err;
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/scontrol", dir);
    write_text(path, "#!/bin/sh\n[ \"$*\" = 'show config' ] && echo 'ClusterName  = asked'\n",
               0700);
    setenv("PATH", dir, 1);
    unsetenv("SLURM_CLUSTER_NAME");
    snprintf(path, sizeof path, "%s/slurm.conf", dir);
    setenv("SLURM_CONF", path, 1);
    cr_expect_eq(cluster_name(name, &err), 0);
    cr_expect_str_eq(name, "asked", "no file: scontrol says it");
    write_text(path, "ClusterName=filed\n", 0600);
    cr_expect_eq(cluster_name(name, &err), 0);
    cr_expect_str_eq(name, "filed");
    setenv("SLURM_CLUSTER_NAME", "inside", 1);
    cr_expect_eq(cluster_name(name, &err), 0);
    cr_expect_str_eq(name, "inside");
    unsetenv("SLURM_CLUSTER_NAME");
    unlink(path);
    setenv("PATH", "/nonexistent", 1);
    cr_expect_eq(cluster_name(name, &err), -1, "nobody knows");
    snprintf(path, sizeof path, "%s/scontrol", dir);
    unlink(path);
    rmdir(dir);
}
