/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "attempt_cause.h"
#include "cleanup.h"
#include "config.h"
#include "gantt.h"
#include "job_report.h"
#include "job_summary.h"
#include "status_show.h"
#include "strip.h"
#include "timefmt.h"
#include "tree.h"

#define LANES   150
#define COLUMNS 400
#define BINS    40

struct page {
    const struct job_view *v;
    struct job_summary summary;
    int64_t now_us;
    struct strbuf *out;
};

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

static const char *meta_of(const struct page *p, const char *field)
{
    return tree_str(tree_get(p->v->object, "metadata"), field);
}

static void add_name(const struct page *p)
{
    job_report_escape(p->out, meta_of(p, "name"));
}

static void add_condition(const struct page *p)
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

static void add_head(const struct page *p)
{
    uint32_t id = job_view_slurm_job(p->v);
    strbuf_adds(p->out, "<h1>");
    add_name(p);
    strbuf_adds(p->out, "</h1>\n<p>");
    add_condition(p);
    strbuf_adds(p->out, "</p>\n<p class=\"soft\">namespace ");
    job_report_escape(p->out, meta_of(p, "namespace"));
    if (id)
        strbuf_addf(p->out, ", Slurm job %u", id);
    strbuf_adds(p->out, ", created ");
    job_report_escape(p->out, meta_of(p, "creationTimestamp"));
    strbuf_adds(p->out, "</p>");
}

static void fact(const struct page *p, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void fact(const struct page *p, const char *name, const char *fmt, ...)
{
    va_list ap;
    strbuf_addf(p->out, "<div><dt>%s</dt><dd>", name);
    va_start(ap, fmt);
    strbuf_vaddf(p->out, fmt, ap);
    va_end(ap);
    strbuf_adds(p->out, "</dd></div>\n");
}

static int64_t wall_of(const struct page *p)
{
    struct machine_view view;
    machine_view(fold_machine(p->v->fold), &view);
    return view.start_us == MACHINE_NO_TIME ? -1 : p->summary.end_us - view.start_us;
}

static void add_facts(const struct page *p)
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

static const char *class_of(enum gantt_look look)
{
    static const char *const classes[] = {[GANTT_EMPTY] = "",
                                          [GANTT_SUCCEEDED] = "s",
                                          [GANTT_RUNNING] = "r",
                                          [GANTT_SOME_FAILED] = "m",
                                          [GANTT_FAILED] = "f"};
    return classes[look];
}

/* Cells that look alike are one rectangle. */
static void add_lane(const struct page *p, const struct gantt *g, uint32_t lane)
{
    static const char *const levels[] = {"", " a", " b", " c", ""};
    const struct gantt_cell *row = g->cells + (size_t)lane * g->columns;
    for (uint32_t c = 0, end; c < g->columns; c = end) {
        enum gantt_look look = gantt_look(&row[c]);
        int level = g->busiest > 1 ? gantt_level(g, &row[c]) : 4;
        end = c + 1;
        while (end < g->columns && gantt_look(&row[end]) == look &&
               (g->busiest <= 1 || gantt_level(g, &row[end]) == level))
            end++;
        if (look != GANTT_EMPTY)
            strbuf_addf(
                p->out, "<rect class=\"%s%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%s\"/>",
                class_of(look), levels[level], c, lane, end - c, g->lanes > 60 ? "1" : ".9");
    }
}

static void add_axis(const struct page *p, int64_t span_us)
{
    char text[32];
    strbuf_adds(p->out, "<div class=\"axis\">");
    for (int i = 0; i <= 4; i++)
        strbuf_addf(p->out, "<span>%s</span>",
                    i ? status_duration(span_us / 4 * i, text) : "start");
    strbuf_adds(p->out, "</div>");
}

/* names are escaped; NULL = numbers. */
static void add_lane_labels(const struct page *p, const struct gantt *g, char *const *names,
                            uint32_t total)
{
    uint32_t last = total - 1, steps = total < 5 ? total - 1 : 4;
    strbuf_adds(p->out, "<div class=\"lanes\">");
    for (uint32_t i = 0; i <= steps; i++) {
        uint32_t at = steps ? (uint32_t)((uint64_t)last * i / steps) : 0;
        if (names)
            strbuf_addf(p->out, "<span>%s</span>", names[at]);
        else
            strbuf_addf(p->out, "<span>%u</span>", at);
    }
    strbuf_adds(p->out, "</div>");
    (void)g;
}

/* The colours in use; all of them, or the two ends of an attempt. */
static void add_keys(const struct page *p, enum gantt_look most)
{
    static const struct {
        enum gantt_look look;
        const char *meaning;
    } keys[] = {{GANTT_SUCCEEDED, "succeeded"},
                {GANTT_SOME_FAILED, "some failed"},
                {GANTT_FAILED, "failed"},
                {GANTT_RUNNING, "running"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (most || i % 2 == 0)
            strbuf_addf(p->out, "<span class=\"keys\"><span class=\"key %s\"></span>%s</span> ",
                        class_of(keys[i].look), keys[i].meaning);
}

static void add_chart(const struct page *p, const struct gantt *g, const char *title,
                      const char *what, char *const *names, uint32_t total)
{
    uint32_t height = g->lanes * 12 < 40 ? 40 : g->lanes * 12 > 450 ? 450 : g->lanes * 12;
    strbuf_addf(p->out, "<section><h2>%s</h2>\n<p class=\"soft\">", title);
    if (g->per_lane > 1)
        strbuf_addf(p->out,
                    "Each line stands for %u %s; the fuller it is, the stronger the colour. ",
                    g->per_lane, what);
    add_keys(p, GANTT_FAILED);
    strbuf_adds(p->out, "</p>\n<div class=\"chart\">");
    add_lane_labels(p, g, names, total);
    strbuf_addf(p->out,
                "<svg viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\" style=\"height:%upx\" "
                "role=\"img\" aria-label=\"%s\">",
                g->columns, g->lanes, height, title);
    for (uint32_t lane = 0; lane < g->lanes; lane++)
        add_lane(p, g, lane);
    strbuf_adds(p->out, "</svg>");
    add_axis(p, g->until_us - g->from_us);
    strbuf_adds(p->out, "</div></section>\n");
}

static int add_by_index(const struct page *p, struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(p->v->fold, &n);
    cleanup_gantt struct gantt g = {0};
    cleanup_free uint32_t *lanes = calloc(n + 1, sizeof *lanes);
    if (!lanes)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++)
        lanes[i] = a[i].index;
    if (!p->summary.n)
        return 0;
    if (gantt_make(p->v->fold, lanes, p->summary.n, LANES, COLUMNS, p->now_us, &g, err) < 0)
        return -1;
    /* An index has one pod at a time. */
    if (g.per_lane == 1)
        g.busiest = 1;
    add_chart(p, &g, "Attempts by index", "indexes", NULL, p->summary.n);
    return 0;
}

struct node {
    const char *name; /* borrowed from the fold, encoded */
    uint32_t number;  /* of the text */
};

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct node *)left)->name, ((const struct node *)right)->name);
}

static void add_node(struct node *v, uint32_t *n, const struct fold *f,
                     const struct fold_attempt *a, uint32_t *seen)
{
    if (a->node == TEXTPOOL_NONE || seen[a->node])
        return;
    seen[a->node] = 1;
    v[(*n)++] = (struct node){fold_node(f, a), a->node};
}

static char *escaped_node(const struct node *n)
{
    char text[256];
    struct strbuf b = STRBUF_INIT;
    journal_decode((struct journal_text){n->name, strlen(n->name)}, text, sizeof text);
    job_report_escape(&b, *text ? text : "unknown");
    return strbuf_steal(&b);
}

/* lanes: of each attempt, the number of its text; made the place among the sorted nodes. */
static int chart_nodes(const struct page *p, uint32_t *lanes, struct node *nodes, uint32_t total,
                       uint32_t *place, struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(p->v->fold, &n);
    cleanup_gantt struct gantt g = {0};
    cleanup_free char **names = calloc(total + 1, sizeof *names);
    if (!names)
        return error_set(err, "out of memory");
    qsort(nodes, total, sizeof *nodes, by_name);
    for (uint32_t i = 0; i < total; i++) {
        place[nodes[i].number] = i;
        names[i] = escaped_node(&nodes[i]);
    }
    for (size_t i = 0; i < n; i++)
        lanes[i] = a[i].node == TEXTPOOL_NONE ? UINT32_MAX : place[a[i].node];
    int rc = gantt_make(p->v->fold, lanes, total, LANES, COLUMNS, p->now_us, &g, err);
    if (rc == 0)
        add_chart(p, &g, "Attempts by node", "nodes", names, total);
    for (uint32_t i = 0; i < total; i++)
        free(names[i]);
    return rc;
}

static int add_by_node(const struct page *p, struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(p->v->fold, &n);
    uint32_t most = 0, total = 0;
    for (size_t i = 0; i < n; i++)
        if (a[i].node != TEXTPOOL_NONE && a[i].node >= most)
            most = a[i].node + 1;
    cleanup_free uint32_t *lanes = calloc(n + 1, sizeof *lanes);
    cleanup_free uint32_t *place = calloc(most + 1, sizeof *place);
    cleanup_free struct node *nodes = calloc(most + 1, sizeof *nodes);
    if (!lanes || !place || !nodes)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++)
        add_node(nodes, &total, p->v->fold, &a[i], place);
    return total ? chart_nodes(p, lanes, nodes, total, place, err) : 0;
}

struct bins {
    uint64_t succeeded[BINS], failed[BINS];
    uint64_t most;
    int64_t longest;
};

static void fill_bins(const struct page *p, struct bins *b)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(p->v->fold, &n);
    for (size_t i = 0; i < n; i++)
        if (a[i].phase != JOURNAL_PHASE_NONE && job_summary_duration(&a[i], 0) > b->longest)
            b->longest = job_summary_duration(&a[i], 0);
    for (size_t i = 0; i < n; i++) {
        int64_t d = a[i].phase != JOURNAL_PHASE_NONE ? job_summary_duration(&a[i], 0) : -1;
        if (d < 0)
            continue;
        int bin = b->longest ? (int)((double)d / (double)b->longest * BINS) : 0;
        bin = bin < BINS ? bin : BINS - 1;
        (a[i].phase == JOURNAL_FAILED ? b->failed : b->succeeded)[bin]++;
        if (b->failed[bin] + b->succeeded[bin] > b->most)
            b->most = b->failed[bin] + b->succeeded[bin];
    }
}

static void bin_rect(const struct page *p, const char *class, int bin, double from, double height)
{
    if (height > 0)
        strbuf_addf(p->out,
                    "<rect class=\"%s\" x=\"%d.05\" y=\"%.3f\" width=\".9\" height=\"%.3f\"/>",
                    class, bin, 100 - from - height, height);
}

static void add_distribution(const struct page *p)
{
    struct bins b = {0};
    char text[32];
    fill_bins(p, &b);
    if (!b.most)
        return;
    strbuf_adds(p->out, "<section><h2>How long attempts took</h2>\n<p class=\"soft\">");
    add_keys(p, GANTT_EMPTY);
    strbuf_adds(p->out, "</p>\n<div class=\"chart\"><div class=\"lanes\">");
    strbuf_addf(p->out, "<span>%llu</span><span>0</span></div>", (unsigned long long)b.most);
    strbuf_addf(p->out,
                "<svg viewBox=\"0 0 %d 100\" preserveAspectRatio=\"none\" style=\"height:160px\" "
                "role=\"img\" aria-label=\"distribution of durations\">",
                BINS);
    for (int i = 0; i < BINS; i++) {
        double ok = (double)b.succeeded[i] * 96 / (double)b.most;
        bin_rect(p, "s", i, 0, ok);
        bin_rect(p, "f", i, ok, (double)b.failed[i] * 96 / (double)b.most);
    }
    strbuf_adds(p->out, "</svg><div class=\"axis\">");
    for (int i = 0; i <= 4; i++)
        strbuf_addf(p->out, "<span>%s</span>", status_duration(b.longest / 4 * i, text));
    strbuf_adds(p->out, "</div></div></section>\n");
}

static void cell(const struct page *p, const char *text)
{
    strbuf_adds(p->out, "<td>");
    job_report_escape(p->out, text);
    strbuf_adds(p->out, "</td>");
}

static void node_cell(const struct page *p, const struct fold_attempt *a)
{
    char text[256];
    const char *node = fold_node(p->v->fold, a);
    journal_decode((struct journal_text){node, strlen(node)}, text, sizeof text);
    cell(p, text);
}

static void add_causes(const struct page *p)
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

static void add_slowest(const struct page *p)
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

static void add_failed(const struct page *p)
{
    if (!p->summary.counts[INDEX_FAILED])
        return;
    strbuf_adds(p->out, "<section><h2>Failed indexes</h2>\n<p><code>");
    strip_ranges(p->summary.states, p->summary.n, INDEX_FAILED, 2000, p->out);
    strbuf_adds(p->out, "</code></p></section>\n");
}

static void add_tables(const struct page *p)
{
    add_causes(p);
    add_failed(p);
    add_slowest(p);
}

static void add_foot(const struct page *p)
{
    char text[TIMEFMT_MAX];
    strbuf_addf(p->out, "skjob " PACKAGE_VERSION ", %s",
                timefmt_rfc3339(p->now_us / 1000000, text));
}

static int add_charts(const struct page *p, struct error *err)
{
    if (add_by_index(p, err) < 0 || add_by_node(p, err) < 0)
        return -1;
    add_distribution(p);
    return 0;
}

static int add_part(const struct page *p, const char *word, size_t len, struct error *err)
{
    static const struct {
        const char *word;
        void (*add)(const struct page *);
    } parts[] = {{"NAME", add_name},
                 {"HEAD", add_head},
                 {"FACTS", add_facts},
                 {"TABLES", add_tables},
                 {"FOOT", add_foot}};
    if (len == 6 && memcmp(word, "CHARTS", 6) == 0)
        return add_charts(p, err);
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

static int fill_template(const struct page *p, struct error *err)
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
    struct page p = {.v = v, .now_us = now_us, .out = &text};
    int rc = job_summary_make(v->fold, now_us, &p.summary, err);
    if (rc == 0)
        rc = fill_template(&p, err);
    job_summary_free(&p.summary);
    if (rc == 0)
        fwrite(strbuf_str(&text), 1, text.len, out);
    return rc;
}
