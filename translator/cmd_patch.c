/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob patch TYPE NAME --type=strategic|merge|json -p PATCH
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "modify.h"
#include "patch_pod.h"
#include "patch_text.h"
#include "resource.h"

static const char usage[] =
    "Change fields of an object that exists.\n"
    "\n"
    "  skjob patch TYPE NAME [--type=TYPE] -p PATCH | --patch-file=FILE [options]\n"
    "  skjob patch pod NAME --subresource=status -p PATCH\n"
    "\n"
    "  -p, --patch        JSON or YAML\n"
    "      --patch-file   a file that holds it\n"
    "      --type         strategic (default), merge (RFC 7386) or json (RFC 6902)\n"
    "      --subresource  status: conditions for a pod, which the podFailurePolicy sees\n"
    "      --dry-run      client or server: change nothing\n"
    "      --validate     strict (default), warn, ignore: what to do about unknown fields\n"
    "  -o, --output       json, yaml or name\n"
    "  -n, --namespace    default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob patch job/pi -p '{\"spec\":{\"suspend\":true}}'\n"
    "  skjob patch job pi --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/parallelism\","
    "\"value\":4}]'\n";

static json_t *edit(void *arg, const json_t *object, struct error *err)
{
    return patch_text_apply(arg, object, err);
}

static const char *past(void *arg, const json_t *before, const json_t *after, bool is_change)
{
    (void)arg, (void)before, (void)after;
    return is_change ? "patched" : "patched (no change)";
}

static int patch_pods(const struct modify *m, const struct patch_text *p, struct error *err)
{
    const struct options *o = m->options;
    const char *name;
    int failures = 0;
    resource_split(o->names[0], &name);
    for (size_t i = !name; i < o->names_len; i++) {
        const char *own = strchr(o->names[i], '/');
        int rc = patch_pod(&m->store, o, p, own ? own + 1 : o->names[i], err);
        if (rc < 0)
            return -1;
        failures += rc;
    }
    return failures;
}

static int run(struct options *o, struct error *err)
{
    cleanup_patch_text struct patch_text p = {0};
    cleanup_modify struct modify m = {.verb = "patching", .arg = &p, .edit = edit, .past = past};
    const char *name;
    if (patch_text_read(&p, o, err) < 0 || modify_open(&m, o, err) < 0)
        return -1;
    if (o->names_len && resource_split(o->names[0], &name) == RESOURCE_POD &&
        (name || o->names_len > 1))
        return patch_pods(&m, &p, err);
    if (o->subresource)
        return error_set(err, "--subresource=%s is for pods only", o->subresource);
    return modify_each(&m, o->names, o->names_len, err);
}

const struct verb verb_patch = {
    .name = "patch",
    .what = "change fields of an object",
    .usage = usage,
    .options = " namespace output dry-run patch patch-file type subresource validate ",
    .run = run,
};
