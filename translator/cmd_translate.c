/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob translate -f FILE [--report]
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "prepare.h"
#include "print.h"
#include "script.h"

static const char usage[] =
    "Print the batch script that a Job becomes, or what becomes of each of its fields.\n"
    "\n"
    "  skjob translate -f FILE|- [options]\n"
    "\n"
    "  -f, --filename       a file with one Job, or - for standard input\n"
    "      --report         print the loss report: every field honoured, approximated, ignored or\n"
    "                       refused, with its line and the reason\n"
    "  -o, --output         with --report: json or yaml, for machines\n"
    "      --strict         ignored fields are refused\n"
    "      --validate       strict (default), warn, ignore: what to do about unknown fields\n"
    "      --max-bytes      limit for the size of the file (default 1048576)\n"
    "\n"
    "Examples:\n"
    "  skjob translate -f pi.yaml | sbatch --partition=short\n"
    "  skjob translate -f pi.yaml --report\n";

struct translate {
    const struct options *options;
    size_t jobs;
    size_t printed;
    struct strbuf script; /* is printed when nothing was wrong: sbatch may stand behind a pipe */
};

static int fail(const struct input_object *in, const char *text)
{
    fprintf(stderr, "error: %s: %s\n", in->source, text);
    return -1;
}

static int print_report(struct translate *t, const struct prepared *p,
                        const struct input_object *in)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct error err;
    if (t->options->output == OUTPUT_JSON || t->options->output == OUTPUT_YAML) {
        cleanup_json json_t *rows = report_to_json(&p->report);
        return print_object(rows, t->options->output, &t->printed, &err) < 0 ? fail(in, err.text)
                                                                             : 0;
    }
    report_print(&p->report, in->source, &b);
    fputs(strbuf_str(&b), stdout);
    return 0;
}

/* Of a CronJob: behind the first line, which is the interpreter. */
static void add_clock(const struct prepared *p, struct strbuf *script)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    size_t first = strcspn(strbuf_str(script), "\n") + 1;
    strbuf_add(&b, strbuf_str(script), first);
    strbuf_addf(&b,
                "# The Job of CronJob %s, once. skjob create gives the CronJob a clock: the "
                "Slurm job\n# cronjob/%s, which creates such a Job at each time of its "
                "schedule.\n",
                manifest_name(&p->manifest), manifest_name(&p->manifest));
    strbuf_adds(&b, strbuf_str(script) + first);
    strbuf_reset(script);
    strbuf_add(script, strbuf_str(&b), b.len);
}

static int make_script(struct translate *t, struct prepared *p, const struct input_object *in)
{
    struct error err;
    const json_t *job = p->job;
    const struct pragma pragma = script_pragma(job);
    if (p->translation.nothing_to_run)
        return fail(in, "completions is 0: there is nothing to run");
    if (script_render(&p->translation, in->head, &pragma, job, &t->script, &err) < 0)
        return fail(in, err.text);
    if (p->manifest.kind == MANIFEST_CRON_JOB)
        add_clock(p, &t->script);
    return 0;
}

/* An object beside the Job. Its values have no place in a script. */
static int leave_out(const struct prepared *p, const struct input_object *in)
{
    fprintf(stderr,
            "Warning: %s: %s \"%s\" is no part of the batch script: skjob create it before the "
            "Job runs\n",
            in->source, manifest_kind_name(p->manifest.kind), manifest_name(&p->manifest));
    return 0;
}

static int translate_one(void *arg, const struct input_object *in)
{
    struct translate *t = arg;
    cleanup_prepared struct prepared p = {0};
    enum object_kind kind;
    if (prepare(&p, in, t->options) < 0)
        return -1;
    if (manifest_stored_as(p.manifest.kind, &kind) && kind != OBJECT_CRON_JOB)
        return leave_out(&p, in);
    if (prepare_translation(&p, in, t->options) < 0)
        return -1;
    t->jobs++;
    if (t->options->report)
        return print_report(t, &p, in) < 0 || p.report.count[FATE_REFUSED] ? -1 : 0;
    if (t->jobs > 1)
        return fail(in, "a batch script holds one Job; use skjob create for several");
    return make_script(t, &p, in);
}

static int run(struct options *o, struct error *err)
{
    struct translate t = {.options = o};
    size_t objects;
    if (options_need_files(o, err) < 0)
        return -1;
    if (o->output && !o->report)
        return error_set(err, "-o is for --report; the script is text, and valid YAML");
    size_t failures = input_each(o->files.v, o->files.len, &o->limits, translate_one, &t, &objects);
    if (!failures)
        fwrite(strbuf_str(&t.script), 1, t.script.len, stdout);
    strbuf_free(&t.script);
    if (!objects && !failures)
        return error_set(err, "no objects passed to translate");
    if (!t.jobs && !failures)
        return error_set(err, "no Job passed to translate");
    return failures != 0;
}

const struct verb verb_translate = {
    .name = "translate",
    .what = "print the batch script of a Job, or what becomes of its fields",
    .usage = usage,
    .options = " filename report strict validate output max-bytes ",
    .run = run,
};
