/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "gantt.h"
#include "job_report.h"
#include "job_report_page.h"
#include "status_show.h"

#define LANES   150
#define COLUMNS 400
#define BINS    40

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
static void add_lane(const struct job_report_page *p, const struct gantt *g, uint32_t lane)
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

static void add_axis(const struct job_report_page *p, const char *start, int64_t span_us)
{
    char text[32];
    strbuf_adds(p->out, "<div class=\"axis\">");
    for (int i = 0; i <= 4; i++)
        strbuf_addf(p->out, "<span>%s</span>", i ? status_duration(span_us / 4 * i, text) : start);
    strbuf_adds(p->out, "</div>");
}

/* names are escaped; NULL = numbers. */
static void add_lane_labels(const struct job_report_page *p, char *const *names, uint32_t total)
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
}

/* The colours in use; all of them, or the two ends of an attempt. */
static void add_keys(const struct job_report_page *p, enum gantt_look most)
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

static void add_chart(const struct job_report_page *p, const struct gantt *g, const char *title,
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
    add_lane_labels(p, names, total);
    strbuf_addf(p->out,
                "<svg viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\" style=\"height:%upx\" "
                "role=\"img\" aria-label=\"%s\">",
                g->columns, g->lanes, height, title);
    for (uint32_t lane = 0; lane < g->lanes; lane++)
        add_lane(p, g, lane);
    strbuf_adds(p->out, "</svg>");
    add_axis(p, "start", g->until_us - g->from_us);
    strbuf_adds(p->out, "</div></section>\n");
}

static int add_by_index(const struct job_report_page *p, struct error *err)
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
static int chart_nodes(const struct job_report_page *p, uint32_t *lanes, struct node *nodes,
                       uint32_t total, uint32_t *place, struct error *err)
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

static int add_by_node(const struct job_report_page *p, struct error *err)
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

static void fill_bins(const struct job_report_page *p, struct bins *b)
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

static void bin_rect(const struct job_report_page *p, const char *class, int bin, double from,
                     double height)
{
    if (height > 0)
        strbuf_addf(p->out,
                    "<rect class=\"%s\" x=\"%d.05\" y=\"%.3f\" width=\".9\" height=\"%.3f\"/>",
                    class, bin, 100 - from - height, height);
}

static void add_distribution(const struct job_report_page *p)
{
    struct bins b = {0};
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
    strbuf_adds(p->out, "</svg>");
    add_axis(p, "0.0s", b.longest);
    strbuf_adds(p->out, "</div></section>\n");
}

int job_report_charts(const struct job_report_page *p, struct error *err)
{
    if (add_by_index(p, err) < 0 || add_by_node(p, err) < 0)
        return -1;
    add_distribution(p);
    return 0;
}
