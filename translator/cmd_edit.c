/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob edit TYPE NAME: an object in the user's editor, opened again while it is refused
 * (k8s.io/kubectl/pkg/cmd/util/editor).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "commands.h"
#include "files.h"
#include "input.h"
#include "modify.h"
#include "patch_text.h"
#include "resource.h"
#include "tree.h"
#include "yaml_emit.h"

extern char **environ;

#define WORDS_MAX 32

static const char usage[] = "Change an object in an editor: $KUBE_EDITOR, else $EDITOR, else vi.\n"
                            "\n"
                            "  skjob edit TYPE NAME [options]\n"
                            "\n"
                            "  -o, --output      json, yaml or name: what is printed afterwards\n"
                            "  -n, --namespace   default: \"default\"\n"
                            "\n"
                            "Example:\n"
                            "  KUBE_EDITOR=nano skjob edit job/pi\n";

static const char header[] =
    "# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
    "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
    "# reopened with the relevant failures.\n"
    "#\n";

struct editing {
    char path[64];
    struct strbuf text;      /* what the file held when the editor was started */
    struct strbuf why;       /* why it was refused, for the file's head */
    bool opened, is_again;   /* the editor was started; it is opened once more */
    bool cancelled, invalid; /* nothing is to be done; nothing good was saved */
};

/* ---- the file and the editor ---- */

static int write_text(const struct editing *e, struct error *err)
{
    cleanup_close int fd = open(e->path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 || files_write(fd, strbuf_str(&e->text), e->text.len) < 0
               ? error_set(err, "cannot write %s: %s", e->path, strerror(errno))
               : 0;
}

static int read_text(const struct editing *e, struct strbuf *out, struct error *err)
{
    cleanup_close int fd = open(e->path, O_RDONLY | O_CLOEXEC);
    return fd < 0 || input_read(fd, reader_default_limits.bytes, out) < 0
               ? error_set(err, "cannot read %s: %s", e->path, strerror(errno))
               : 0;
}

static const char *editor_words(void)
{
    const char *const names[] = {"KUBE_EDITOR", "EDITOR"};
    for (size_t i = 0; i < 2; i++)
        if (getenv(names[i]) && *getenv(names[i]))
            return getenv(names[i]);
    return "vi";
}

/* The keys of the terminal that end a program are the editor's while it runs: without us its file
 * would stay behind. Returns what posix_spawn() does, or waitpid() has in errno. */
static int call(char *const argv[], int *status)
{
    static const int keys[] = {SIGINT, SIGQUIT};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before[2];
    sigset_t ours;
    posix_spawnattr_t attr;
    pid_t pid;
    sigemptyset(&ours);
    for (size_t i = 0; i < 2; i++) {
        sigaction(keys[i], &ignore, &before[i]);
        if (before[i].sa_handler != SIG_IGN) /* nohup */
            sigaddset(&ours, keys[i]);
    }
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &ours);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    while (rc == 0 && waitpid(pid, status, 0) < 0)
        rc = errno == EINTR ? 0 : errno;
    for (size_t i = 0; i < 2; i++)
        sigaction(keys[i], &before[i], NULL);
    return rc;
}

/* The words of the variable, parted at blanks, and the file. No shell. */
static int run_editor(const char *path, struct error *err)
{
    char *argv[WORDS_MAX + 2] = {0};
    cleanup_free char *words = strdup(editor_words());
    cleanup_free char *file = strdup(path);
    size_t n = 0;
    char *rest = NULL;
    for (char *w = words ? strtok_r(words, " \t", &rest) : NULL; w && n < WORDS_MAX;
         w = strtok_r(NULL, " \t", &rest))
        argv[n++] = w;
    if (!n || !file)
        return error_set(err, "out of memory");
    argv[n] = file;
    int status, rc = call(argv, &status);
    if (rc != 0)
        return error_set(err, "there was a problem with the editor \"%s\": %s", argv[0],
                         strerror(rc));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : error_set(err, "there was a problem with the editor \"%s\"", argv[0]);
}

/* ---- texts ---- */

/* Each line as a comment. */
static void add_comment(struct strbuf *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        strbuf_adds(out, "# ");
        strbuf_add(out, text, n);
        strbuf_addc(out, '\n');
        text += n + (text[n] == '\n');
    }
}

static bool is_blank(const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t start = strspn(text, " \t\r");
        if (start < n && text[start] != '#')
            return false;
        text += n + (text[n] == '\n');
    }
    return true;
}

/* Behind the comment lines at the beginning. */
static const char *body_of(const char *text)
{
    while (*text == '#') {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return text;
}

static int first_text(struct editing *e, const json_t *object, struct error *err)
{
    strbuf_adds(&e->text, header);
    return yaml_emit(object, &e->text, err);
}

/* What was saved, under the header and why it was refused. */
static void next_text(struct editing *e)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, header);
    add_comment(&b, strbuf_str(&e->why));
    strbuf_adds(&b, "#\n");
    strbuf_adds(&b, body_of(strbuf_str(&e->text)));
    strbuf_reset(&e->text);
    strbuf_adds(&e->text, strbuf_str(&b));
    strbuf_reset(&e->why);
}

/* ---- one round ---- */

static json_t *edit(void *arg, const json_t *object, struct error *err)
{
    struct editing *e = arg;
    cleanup_strbuf struct strbuf saved = STRBUF_INIT;
    if (!e->is_again && first_text(e, object, err) < 0)
        return NULL;
    e->opened = e->cancelled = true; /* until something was saved */
    e->invalid = e->is_again;
    if (write_text(e, err) < 0 || run_editor(e->path, err) < 0 || read_text(e, &saved, err) < 0)
        return NULL;
    if (strcmp(body_of(strbuf_str(&saved)), body_of(strbuf_str(&e->text))) == 0) {
        fputs(e->is_again ? "error: Edit cancelled, no valid changes were saved.\n"
                          : "Edit cancelled, no changes made.\n",
              e->is_again ? stderr : stdout);
        return NULL;
    }
    if (is_blank(strbuf_str(&saved))) {
        fputs("Edit cancelled, saved file was empty.\n", stdout);
        e->invalid = false;
        return NULL;
    }
    e->cancelled = false;
    strbuf_reset(&e->text);
    strbuf_adds(&e->text, strbuf_str(&saved));
    return patch_text_parse("the edited object", strbuf_str(&saved), saved.len,
                            &reader_default_limits, err);
}

static const char *past(void *arg, const json_t *before, const json_t *after, bool is_change)
{
    (void)arg, (void)before, (void)after;
    return is_change ? "edited" : "skipped";
}

static int edit_file(struct modify *m, struct editing *e, int resource, const char *name,
                     struct error *err)
{
    for (;; e->is_again = true) {
        int rc = modify_one(m, resource, name, err);
        if (rc == 0 || !e->opened)
            return rc;
        if (e->cancelled)
            return rc < 0 ? -1 : e->invalid;
        if (rc < 0)
            strbuf_addf(&e->why, "error: %s\n", err->text);
        fputs(strbuf_str(&e->why), stderr);
        next_text(e);
    }
}

static int edit_one(const struct options *o, int resource, const char *name, struct error *err)
{
    struct editing e = {.path = "/tmp/skjob-edit-XXXXXX.yaml"};
    cleanup_modify struct modify m = {
        .verb = "editing", .arg = &e, .edit = edit, .past = past, .complaints = &e.why};
    if (modify_open(&m, o, err) < 0)
        return -1;
    int fd = mkostemps(e.path, 5, O_CLOEXEC);
    if (fd < 0)
        return error_set(err, "cannot make %s: %s", e.path, strerror(errno));
    close(fd);
    int rc = edit_file(&m, &e, resource, name, err);
    if (e.invalid && e.cancelled)
        fprintf(stderr, "A copy of your changes has been stored to \"%s\"\n", e.path);
    else
        unlink(e.path);
    strbuf_free(&e.text);
    strbuf_free(&e.why);
    return rc;
}

static int run(struct options *o, struct error *err)
{
    const char *name;
    int kind = o->names_len ? resource_split(o->names[0], &name) : -1;
    size_t words = o->names_len && name ? 1 : 2;
    if (o->names_len && !resource_is_ours(kind))
        return error_set(err, "the server doesn't have a resource type \"%s\"", o->names[0]);
    if (o->names_len != words)
        return error_set(err, "one object at a time: skjob edit TYPE NAME");
    return edit_one(o, kind, name ? name : o->names[1], err);
}

const struct verb verb_edit = {
    .name = "edit",
    .what = "change an object in an editor",
    .usage = usage,
    .options = " namespace output ",
    .run = run,
};
