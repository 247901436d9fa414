/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: folds of small Jobs, and their records in short form.
 */
#ifndef SKJOB_TEST_FOLD_ROWS_H
#define SKJOB_TEST_FOLD_ROWS_H

#include "cleanup.h"
#include "fold.h"
#include "journal_lines.h"

#include <criterion/criterion.h>

#define S INT64_C(1000000)

#define INDEXED(n)       "\"completionMode\":\"Indexed\",\"completions\":" #n ",\"parallelism\":" #n
#define STARTED(t, i, a) #t " event=started index=" #i " attempt=" #a " node=n1"
#define SUCCEEDED(t, i, a)                                                                         \
#t " event=ended index=" #i " attempt=" #a " phase=Succeeded containers=main:0:Completed"
#define FAILED(t, i, a)                                                                            \
#t " event=ended index=" #i " attempt=" #a " phase=Failed containers=main:1:Error"
#define DISRUPTED(t, i, a)                                                                         \
#t " event=ended index=" #i " attempt=" #a                                                     \
       " phase=Failed inferred=1 conditions=DisruptionTarget:True:DeletionByPodGC"

/* spec is the inside of an object. */
static inline struct fold *make_fold(const char *spec)
{
    char text[2048];
    struct error err;
    struct fold *f = NULL;
    snprintf(text, sizeof text,
             "{\"metadata\":{\"name\":\"pi\",\"uid\":\"u\",\"creationTimestamp\":"
             "\"2026-01-02T03:04:05Z\"},\"spec\":{%s%s\"template\":{\"spec\":{"
             "\"restartPolicy\":\"%s\",\"containers\":[{\"name\":\"main\"}]}}}}",
             spec, *spec ? "," : "", strstr(spec, "OnFailure") ? "OnFailure" : "Never");
    cleanup_json json_t *job = json_loads(text, 0, NULL);
    cr_assert(job, "%s", text);
    cr_assert_eq(fold_new(job, NULL, &f, &err), 0, "%s", err.text);
    return f;
}

static inline void add(struct fold *f, const char *text)
{
    char buf[JOURNAL_LINE_MAX + 1];
    struct journal_line line;
    cr_assert_eq(line_make(text, buf, &line), 0);
    cr_assert_eq(fold_add(f, &line), 0);
}

#endif
