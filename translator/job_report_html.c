/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "attempt_cause.h"
#include "cleanup.h"
#include "config.h"
#include "job_report.h"
#include "job_report_page.h"
#include "status_show.h"
#include "strip.h"
#include "timefmt.h"
#include "tree.h"

void job_report_escape(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        const char *as = c == '<'    ? "&lt;"
                         : c == '>'  ? "&gt;"
                         : c == '&'  ? "&amp;"
                         : c == '"'  ? "&quot;"
                         : c == '\'' ? "&#39;"
                                     : NULL;
        if (as)
            strbuf_adds(out, as);
        else
            strbuf_addc(out, c < 0x20 || c == 0x7f ? ' ' : *text);
    }
}

static const char *meta_of(const struct job_report_page *p, const char *field)
{
    return tree_str(tree_get(p->v->object, "metadata"), field);
}

static void add_name(const struct job_report_page *p)
{
    job_report_escape(p->out, meta_of(p, "name"));
}

static void add_condition(const struct job_report_page *p)
{
    const json_t *c;
    size_t i;
    const char *state = job_view_state(p->v);
    strbuf_addf(p->out, "<span class=\"state %s\">%s</span>", state, state);
    json_array_foreach (tree_at(p->v->object, "status", "conditions", NULL), i, c)
        if (tree_is(c, "type", state) && tree_has(c, "message")) {
            strbuf_adds(p->out, ": ");
            job_report_escape(p->out, tree_str(c, "message"));
        }
}

static void add_head(const struct job_report_page *p)
{
    const char *ids = fold_slurm_job(p->v->fold);
    strbuf_adds(p->out, "<h1>");
    add_name(p);
    strbuf_adds(p->out, "</h1>\n<p>");
    add_condition(p);
    strbuf_adds(p->out, "</p>\n<p class=\"soft\">namespace ");
    job_report_escape(p->out, meta_of(p, "namespace"));
    if (*ids)
        strbuf_addf(p->out, ", Slurm job %s", ids);
    strbuf_adds(p->out, ", created ");
    job_report_escape(p->out, meta_of(p, "creationTimestamp"));
    strbuf_adds(p->out, "</p>");
}

static void fact(const struct job_report_page *p, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void fact(const struct job_report_page *p, const char *name, const char *fmt, ...)
{
    va_list ap;
    strbuf_addf(p->out, "<div><dt>%s</dt><dd>", name);
    va_start(ap, fmt);
    strbuf_vaddf(p->out, fmt, ap);
    va_end(ap);
    strbuf_adds(p->out, "</dd></div>\n");
}

static int64_t wall_of(const struct job_report_page *p)
{
    struct machine_view view;
    machine_view(fold_machine(p->v->fold), &view);
    return view.start_us == MACHINE_NO_TIME ? -1 : p->summary.end_us - view.start_us;
}

static void add_facts(const struct job_report_page *p)
{
    const struct job_summary *s = &p->summary;
    char text[32];
    fact(p, "Indexes succeeded", "%llu of %u", (unsigned long long)s->counts[INDEX_SUCCEEDED],
         s->n);
    for (int i = 0; i < INDEX_STATES; i++)
        if (i != INDEX_SUCCEEDED && s->counts[i])
            fact(p,
                 i == INDEX_FAILED    ? "Indexes failed"
                 : i == INDEX_WAITING ? "Indexes waiting"
                 : i == INDEX_RUNNING ? "Indexes running"
                                      : "Indexes to be run again",
                 "%llu", (unsigned long long)s->counts[i]);
    fact(p, "Time", "%s", status_duration(wall_of(p), text));
    fact(p, "Attempts", "%llu", (unsigned long long)s->attempts);
    fact(p, "Failed attempts", "%llu", (unsigned long long)s->failed_attempts);
    fact(p, "Pod hours", "%.2f", (double)s->busy_us / 3.6e9);
    fact(p, "of them in failed attempts", "%.2f (%.1f%%)", (double)s->failed_us / 3.6e9,
         s->busy_us ? (double)s->failed_us * 100 / (double)s->busy_us : 0.0);
    if (s->median_us >= 0) {
        fact(p, "Median of a pod", "%s", status_duration(s->median_us, text));
        fact(p, "95% within", "%s", status_duration(s->p95_us, text));
    }
}
static void cell(const struct job_report_page *p, const char *text)
{
    strbuf_adds(p->out, "<td>");
    job_report_escape(p->out, text);
    strbuf_adds(p->out, "</td>");
}

static void node_cell(const struct job_report_page *p, const struct fold_attempt *a)
{
    char text[256];
    const char *node = fold_node(p->v->fold, a);
    journal_decode((struct journal_text){node, strlen(node)}, text, sizeof text);
    cell(p, text);
}

static void add_causes(const struct job_report_page *p)
{
    const struct job_summary *s = &p->summary;
    if (!s->n_causes)
        return;
    strbuf_adds(p->out,
                "<section><h2>What failed</h2>\n<div class=\"wide\"><table><tr><th class=\"n\">"
                "Attempts</th><th class=\"n\">Exit code</th><th>Reason</th><th>Container"
                "</th><th class=\"n\">Last index</th><th class=\"n\">Attempt</th><th>Node"
                "</th></tr>\n");
    for (size_t i = 0; i < s->n_causes; i++) {
        struct attempt_cause c;
        const struct fold_attempt *a = s->causes[i].last;
        attempt_cause_of(p->v->fold, a, &c);
        strbuf_addf(p->out, "<tr><td class=\"n\">%llu</td><td class=\"n\">",
                    (unsigned long long)s->causes[i].attempts);
        if (c.has_exit_code)
            strbuf_addf(p->out, "%d", c.exit_code);
        strbuf_adds(p->out, "</td>");
        cell(p, c.reason);
        cell(p, c.container);
        strbuf_addf(p->out, "<td class=\"n\">%u</td><td class=\"n\">%u</td>", a->index, a->attempt);
        node_cell(p, a);
        strbuf_adds(p->out, "</tr>\n");
    }
    strbuf_adds(p->out, "</table></div></section>\n");
}

static void add_slowest(const struct job_report_page *p)
{
    const struct job_summary *s = &p->summary;
    char text[32];
    if (!s->n_slowest)
        return;
    strbuf_adds(p->out, "<section><h2>Slowest attempts</h2>\n<div class=\"wide\"><table><tr><th "
                        "class=\"n\">Index</th><th class=\"n\">Attempt</th><th class=\"n\">Duration"
                        "</th><th>Outcome</th><th>Node</th></tr>\n");
    for (size_t i = 0; i < s->n_slowest; i++) {
        const struct fold_attempt *a = s->slowest[i];
        strbuf_addf(p->out,
                    "<tr><td class=\"n\">%u</td><td class=\"n\">%u</td><td class=\"n\">%s</td>"
                    "<td>%s</td>",
                    a->index, a->attempt, status_duration(job_summary_duration(a, s->end_us), text),
                    a->phase == JOURNAL_SUCCEEDED ? "succeeded"
                    : a->phase == JOURNAL_FAILED  ? "failed"
                                                  : "not ended");
        node_cell(p, a);
        strbuf_adds(p->out, "</tr>\n");
    }
    strbuf_adds(p->out, "</table></div></section>\n");
}

static void add_failed(const struct job_report_page *p)
{
    if (!p->summary.counts[INDEX_FAILED])
        return;
    strbuf_adds(p->out, "<section><h2>Failed indexes</h2>\n<p><code>");
    strip_ranges(p->summary.states, p->summary.n, INDEX_FAILED, 2000, p->out);
    strbuf_adds(p->out, "</code></p></section>\n");
}

static void add_tables(const struct job_report_page *p)
{
    add_causes(p);
    add_failed(p);
    add_slowest(p);
}

static void add_foot(const struct job_report_page *p)
{
    char text[TIMEFMT_MAX];
    strbuf_addf(p->out, "skjob " PACKAGE_VERSION ", %s",
                timefmt_rfc3339(p->now_us / 1000000, text));
}
static int add_part(const struct job_report_page *p, const char *word, size_t len,
                    struct error *err)
{
    static const struct {
        const char *word;
        void (*add)(const struct job_report_page *);
    } parts[] = {{"NAME", add_name},
                 {"HEAD", add_head},
                 {"FACTS", add_facts},
                 {"TABLES", add_tables},
                 {"FOOT", add_foot}};
    if (len == 6 && memcmp(word, "CHARTS", 6) == 0)
        return job_report_charts(p, err);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].word) == len && memcmp(word, parts[i].word, len) == 0) {
            parts[i].add(p);
            return 0;
        }
    /* An @ of the style sheet. */
    strbuf_addc(p->out, '@');
    strbuf_add(p->out, word, len);
    return 1;
}

static int fill_template(const struct job_report_page *p, struct error *err)
{
    const char *at = job_report_template, *mark;
    while ((mark = strchr(at, '@'))) {
        size_t len = strspn(mark + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        strbuf_add(p->out, at, (size_t)(mark - at));
        int rc = add_part(p, mark + 1, len, err);
        if (rc < 0)
            return -1;
        at = mark + 1 + len + (rc == 0);
    }
    strbuf_adds(p->out, at);
    return p->out->failed ? error_set(err, "out of memory") : 0;
}

int job_report_html(const struct job_view *v, int64_t now_us, FILE *out, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct job_report_page p = {.v = v, .now_us = now_us, .out = &text};
    int rc = job_summary_make(v->fold, now_us, &p.summary, err);
    if (rc == 0)
        rc = fill_template(&p, err);
    job_summary_free(&p.summary);
    if (rc == 0)
        fwrite(strbuf_str(&text), 1, text.len, out);
    return rc;
}
