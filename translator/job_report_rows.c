/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_report.h"

#include <string.h>

#include "attempt_cause.h"
#include "cleanup.h"
#include "job_summary.h"
#include "log_pods.h"
#include "timefmt.h"

struct row {
    const struct fold_attempt *a;
    char pod[POD_NAME_MAX + 1];
    char node[256];
    char started[40], ended[40]; /* "" = not known */
    double seconds;              /* -1 = not known */
    const char *phase;
    struct attempt_cause cause;
};

/* RFC 3339 with milliseconds. */
static void stamp(int64_t us, char out[40])
{
    char text[TIMEFMT_MAX];
    timefmt_rfc3339(us / 1000000, text);
    size_t n = strlen(text);
    snprintf(out, 40, "%.*s.%03dZ", n ? (int)n - 1 : 0, text, (int)(us / 1000 % 1000));
}

static void fill(struct row *r, const struct job_view *v, const struct fold_attempt *a,
                 int64_t now_us)
{
    static const char *const phases[] = {[JOURNAL_PHASE_NONE] = "Running",
                                         [JOURNAL_SUCCEEDED] = "Succeeded",
                                         [JOURNAL_FAILED] = "Failed"};
    const char *node = fold_node(v->fold, a);
    int64_t us = job_summary_duration(a, now_us);
    *r = (struct row){.a = a, .seconds = us < 0 ? -1 : (double)us / 1e6};
    r->phase = phases[a->phase];
    log_pod_name(v, a->index, a->attempt, r->pod);
    journal_decode((struct journal_text){node, strlen(node)}, r->node, sizeof r->node);
    if (a->started_us != FOLD_NO_TIME)
        stamp(a->started_us, r->started);
    if (a->phase != JOURNAL_PHASE_NONE) {
        stamp(a->ended_us, r->ended);
        attempt_cause_of(v->fold, a, &r->cause);
    }
}

static void put_csv(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fprintf(out, ",%s", text);
        return;
    }
    fputs(",\"", out);
    for (; *text; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

static void print_csv(FILE *out, const struct row *r)
{
    fprintf(out, "%u,%u", r->a->index, r->a->attempt);
    put_csv(out, r->pod);
    put_csv(out, r->node);
    fprintf(out, ",%s,%s,", r->started, r->ended);
    if (r->seconds >= 0)
        fprintf(out, "%.3f", r->seconds);
    fprintf(out, ",%s,", r->phase);
    if (r->cause.has_exit_code)
        fprintf(out, "%d", r->cause.exit_code);
    put_csv(out, r->cause.container);
    put_csv(out, r->cause.reason);
    fprintf(out, ",%u\n", r->a->restarts);
}

int job_report_csv(const struct job_view *v, int64_t now_us, FILE *out, struct error *err)
{
    size_t n;
    (void)err;
    const struct fold_attempt *a = fold_attempts(v->fold, &n);
    fputs("index,attempt,pod,node,started,ended,seconds,phase,exitCode,container,reason,restarts\n",
          out);
    for (size_t i = 0; i < n; i++) {
        struct row r;
        fill(&r, v, &a[i], now_us);
        print_csv(out, &r);
    }
    return 0;
}

static json_t *text_or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *object_of(const struct row *r)
{
    return json_pack(
        "{s:i, s:i, s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:i}", "index", (int)r->a->index,
        "attempt", (int)r->a->attempt, "pod", r->pod, "node", text_or_null(r->node), "started",
        text_or_null(r->started), "ended", text_or_null(r->ended), "seconds",
        r->seconds < 0 ? json_null() : json_real(r->seconds), "phase", r->phase, "exitCode",
        r->cause.has_exit_code ? json_integer(r->cause.exit_code) : json_null(), "container",
        text_or_null(r->cause.container), "reason", text_or_null(r->cause.reason), "restarts",
        (int)r->a->restarts);
}

int job_report_json(const struct job_view *v, int64_t now_us, FILE *out, struct error *err)
{
    size_t n;
    const struct fold_attempt *a = fold_attempts(v->fold, &n);
    fputc('[', out);
    for (size_t i = 0; i < n; i++) {
        struct row r;
        fill(&r, v, &a[i], now_us);
        cleanup_json json_t *o = object_of(&r);
        if (!o)
            return error_set(err, "out of memory, or a name that is no UTF-8");
        fputs(i ? ",\n " : "\n ", out);
        json_dumpf(o, out, JSON_COMPACT | JSON_REAL_PRECISION(9));
    }
    fputs("\n]\n", out);
    return 0;
}
