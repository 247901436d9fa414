/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The programs are scripts that stand in for podman and apptainer in a folder of their own.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../clock.h"
#include "../image.h"

static char dir[] = "/tmp/skjob_image_XXXXXX";
static char path_env[200], home_env[200];
static char *node_env[] = {path_env, home_env, "USER=u", NULL};

static void write_program(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    cr_assert(f);
    fputs(text, f);
    fchmod(fileno(f), 0755);
    fclose(f);
}

/* podman knows the images that are files of the folder "have"; a pull of "good" makes one. */
static void setup(void)
{
    cr_assert(mkdtemp(dir));
    snprintf(path_env, sizeof path_env, "PATH=%s:/usr/bin:/bin", dir);
    snprintf(home_env, sizeof home_env, "HOME=%s", dir);
    write_program("podman", "#!/bin/sh\ncd \"$HOME\"\nmkdir -p have\n"
                            "case \"$1 $3\" in\n"
                            "image*) test -e \"have/$3\" ;;\n"
                            "pull*good*) echo \"$3\" >>pulled; : >\"have/$3\" ;;\n"
                            "pull*slow*) exec sleep 1000 ;;\n"
                            "*) echo trying; echo 'Error: denied: no such thing' >&2; exit 125\n"
                            "esac\n");
    write_program("apptainer", "#!/bin/sh\necho \"$*\" >>\"$HOME/called\"\n: >\"$4\"\n");
}

static void teardown(void)
{
    char command[100];
    snprintf(command, sizeof command, "%s", dir);
    char *const argv[] = {"rm", "-rf", command, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execvp("rm", argv);
        _exit(1);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0)
        ;
}

static void load(struct conf *c, const char *text)
{
    struct strbuf errors = STRBUF_INIT;
    cr_assert_eq(conf_init(c), 0);
    cr_assert_eq(conf_parse(c, "f", text, strlen(text), &errors), 0, "%s", strbuf_str(&errors));
    strbuf_free(&errors);
}

static const struct {
    const char *conf;
    const char *image;
    const char *policy;
    const char *answer; /* where it is, or the reason and the message */
    const char *proves;
} rows[] = {
    {"", "good:1", "IfNotPresent", "good:1", "pulled"},
    {"", "good:1", "Never", "good:1", "there already"},
    {"", "other:1", "Never",
     "ErrImageNeverPull: Container image \"other:1\" is not present with pull policy of Never",
     "not there, and not to be pulled"},
    {"", "bad:1", "IfNotPresent",
     "ErrImagePull: failed to pull image \"bad:1\": Error: denied: no such thing",
     "the last line tells why"},
    {"", "Bad Name", "Always",
     "InvalidImageName: Failed to apply default image tag \"Bad Name\": couldn't parse image name "
     "\"Bad Name\": invalid reference format",
     "no image's name"},
    {"image_pull = never\n", "good:2", "Always",
     "ErrImageNeverPull: Container image \"good:2\" is not present with pull policy of the site "
     "(image_pull in skjob.conf): never",
     "the site's word goes before"},
    {"image_pull = never\n", "good:1", "Always", "good:1", "what is there may be used"},
    {"[images]\nx:* = good:3\n", "x", "", "good:3", "another name by the site's map"},
    {"[images]\nx:* = /\n", "x", "Always", "/", "a path by the site's map"},
    {"[images]\nx:* = /nonexistent/x\n", "x:1", "",
     "ErrImagePull: image \"x:1\" is \"/nonexistent/x\" by skjob.conf: No such file or directory",
     "a path that is not there"},
    {"[images]\nx:* = host\n", "x:1", "", "host", "the node itself"},
};

Test(image, by_policy, .init = setup, .fini = teardown)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_conf struct conf c;
        cleanup_image struct image_state s = {0};
        char got[1200];
        load(&c, rows[i].conf);
        struct image_request r = {&runtime_podman, &c,       rows[i].image,
                                  rows[i].policy,  node_env, CLOCK_NEVER};
        switch (image_get(&r, &s, 0)) {
        case IMAGE_READY:
            snprintf(got, sizeof got, "%s", s.where);
            break;
        case IMAGE_HOST:
            snprintf(got, sizeof got, "host");
            break;
        default:
            snprintf(got, sizeof got, "%s: %s", s.reason ? s.reason : "stopped", s.message.text);
        }
        cr_expect_str_eq(got, rows[i].answer, "%s: %s", rows[i].proves, got);
    }
}

Test(image, always_pulls_again_and_otherwise_not, .init = setup, .fini = teardown)
{
    cleanup_conf struct conf c;
    cleanup_image struct image_state s = {0};
    char path[200], text[200] = "";
    load(&c, "");
    const char *const policies[] = {"IfNotPresent", "IfNotPresent", "Always", "Never"};
    for (size_t i = 0; i < 4; i++) {
        struct image_request r = {&runtime_podman, &c,       "good:1",
                                  policies[i],     node_env, CLOCK_NEVER};
        cr_expect_eq(image_get(&r, &s, 0), IMAGE_READY);
    }
    snprintf(path, sizeof path, "%s/pulled", dir);
    FILE *f = fopen(path, "r");
    cr_assert(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    cr_expect_str_eq(text, "good:1\ngood:1\n");
}

Test(image, backs_off, .init = setup, .fini = teardown)
{
    static const struct {
        int64_t at;
        const char *reason;
    } steps[] = {
        {1000, "ErrImagePull"},       {1001, "ImagePullBackOff"},   {10999, "ImagePullBackOff"},
        {11000, "ErrImagePull"},      {30999, "ImagePullBackOff"},  {31000, "ErrImagePull"},
        {70999, "ImagePullBackOff"},  {71000, "ErrImagePull"},      {151000, "ErrImagePull"},
        {311000, "ErrImagePull"},     {610999, "ImagePullBackOff"}, {611000, "ErrImagePull"},
        {910999, "ImagePullBackOff"}, {911000, "ErrImagePull"},
    };
    cleanup_conf struct conf c;
    cleanup_image struct image_state s = {0};
    load(&c, "");
    struct image_request r = {&runtime_podman, &c, "bad:1", "Always", node_env, CLOCK_NEVER};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        cr_expect_eq(image_get(&r, &s, steps[i].at), IMAGE_WAITING);
        cr_expect_str_eq(s.reason, steps[i].reason, "at %lld: %s", (long long)steps[i].at,
                         s.reason);
        if (i == 1)
            cr_expect_str_eq(s.message.text, "Back-off pulling image \"bad:1\": ErrImagePull: "
                                             "Error: denied: no such thing");
    }
}

Test(image, a_pull_ends_with_the_pod, .init = setup, .fini = teardown, .timeout = 300)
{
    cleanup_conf struct conf c;
    cleanup_image struct image_state s = {0};
    sigset_t set;
    load(&c, "");
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    struct image_request r = {&runtime_podman, &c, "slow:1", "Always", node_env, CLOCK_NEVER};
    cr_expect_eq(image_get(&r, &s, 0), IMAGE_STOPPED);
    cr_expect(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
}

Test(image, a_pull_ends_when_its_time_is_over, .init = setup, .fini = teardown, .timeout = 300)
{
    cleanup_conf struct conf c;
    cleanup_image struct image_state s = {0};
    load(&c, "");
    int64_t now = clock_monotonic_ms();
    struct image_request r = {&runtime_podman, &c, "slow:1", "Always", node_env, now + 300};
    cr_expect_eq(image_get(&r, &s, now), IMAGE_STOPPED);
    cr_expect_geq(clock_monotonic_ms(), now + 300);
    cr_expect(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
}

Test(image, a_file_is_complete_when_it_is_seen, .init = setup, .fini = teardown)
{
    cleanup_conf struct conf c;
    cleanup_image struct image_state s = {0};
    char where[300], called[200], line[400] = "", wanted[400];
    load(&c, "");
    struct image_request r = {&runtime_apptainer, &c,       "a/b:1",
                              "IfNotPresent",     node_env, CLOCK_NEVER};
    snprintf(where, sizeof where, "%s/.cache/skjob/images/a_2fb_3a1.sif", dir);
    cr_assert_eq(image_get(&r, &s, 0), IMAGE_READY, "%s", s.message.text);
    cr_expect_str_eq(s.where, where);
    cr_expect_eq(access(where, F_OK), 0);
    snprintf(called, sizeof called, "%s/called", dir);
    FILE *f = fopen(called, "r");
    cr_assert(f && fgets(line, sizeof line, f));
    fclose(f);
    snprintf(wanted, sizeof wanted, "--silent pull --force %s.", where);
    cr_expect_eq(strncmp(line, wanted, strlen(wanted)), 0, "%s", line);
    cr_expect(strstr(line, " docker://a/b:1\n"), "%s", line);
    r.runtime = &runtime_charliecloud;
    snprintf(where, sizeof where,
             "failed to pull image \"a/b:1\": ch-image is not installed on "
             "this node");
    snprintf(path_env, sizeof path_env, "PATH=%s", dir);
    cr_expect_eq(image_get(&r, &s, 0), IMAGE_WAITING);
    cr_expect_str_eq(s.message.text, where);
}
