/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state machine as a bookkeeper: somebody else starts the attempts.
 */
#include "machine.h"

#include "cleanup.h"
#include "json_text.h"
#include "status.h"
#include "tree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define BASE   (INT64_C(1767322800) * SECOND) /* 2026-01-02T03:00:00Z */

struct book {
    json_t *job;
    struct job_spec *spec;
    struct machine *machine;
    struct machine_actions actions;
};

/* index_limit: of the annotation JOB_INDEX_LIMIT, NULL = there is none. */
static void open_array(struct book *b, const char *spec, const char *index_limit,
                       bool decided_elsewhere)
{
    char text[1024];
    char annotations[128] = "";
    struct error err;
    if (index_limit)
        snprintf(annotations, sizeof annotations, ",'annotations':{'" JOB_INDEX_LIMIT "':'%s'}",
                 index_limit);
    snprintf(text, sizeof text, "{'metadata':{'name':'j'%s},'spec':{%s,'template':{'spec':{}}}}",
             annotations, spec);
    b->job = json_text(text);
    cr_assert_eq(job_spec_from_json(b->job, &b->spec, &err), 0, "%s", err.text);
    struct machine_config cfg = {.external = true,
                                 .decided_elsewhere = decided_elsewhere,
                                 .backoff_base_us = 10 * SECOND,
                                 .backoff_cap_us = 360 * SECOND};
    b->machine = machine_new(b->spec, &cfg);
}

static void open_book(struct book *b, const char *spec, bool decided_elsewhere)
{
    open_array(b, spec, NULL, decided_elsewhere);
}

static void close_book(struct book *b)
{
    machine_free(b->machine);
    machine_actions_free(&b->actions);
    job_spec_free(b->spec);
    json_decref(b->job);
}

static void handle(struct book *b, struct machine_event ev, int64_t seconds)
{
    struct error err;
    ev.time_us = BASE + seconds * SECOND;
    cr_assert_eq(machine_handle(b->machine, &ev, &b->actions, &err), 0, "%s", err.text);
}

static void starts(struct book *b, uint32_t index, uint32_t attempt, int64_t seconds)
{
    handle(b,
           (struct machine_event){.type = MACHINE_POD_STARTED,
                                  .index = index,
                                  .attempt = attempt,
                                  .phase = MACHINE_RUNNING,
                                  .ready = true},
           seconds);
}

static void ends(struct book *b, uint32_t index, uint32_t attempt, int code, int64_t seconds)
{
    struct machine_container c = {.name = "main", .exit_code = code};
    struct machine_outcome o = {.containers = &c, .n_containers = 1};
    handle(b,
           (struct machine_event){.type = MACHINE_POD_ENDED,
                                  .index = index,
                                  .attempt = attempt,
                                  .phase = code ? MACHINE_FAILED : MACHINE_SUCCEEDED,
                                  .outcome = &o},
           seconds);
}

static struct machine_view view(const struct book *b)
{
    struct machine_view v;
    machine_view(b->machine, &v);
    return v;
}

/* "create 3.1 at 20" or "stop all"; "" for none. Times are seconds since BASE. */
static void expect_actions(const struct book *b, const char *want)
{
    static const char *const names[] = {"create", "delete", "stop all", "delete job"};
    cleanup_strbuf struct strbuf got = STRBUF_INIT;
    for (size_t i = 0; i < b->actions.len; i++) {
        const struct machine_action *a = &b->actions.v[i];
        strbuf_addf(&got, "%s%s", i ? ", " : "", names[a->type]);
        if (a->type == MACHINE_CREATE_POD || a->type == MACHINE_DELETE_POD)
            strbuf_addf(&got, " %u.%u", a->index, a->attempt);
        if (a->type == MACHINE_CREATE_POD)
            strbuf_addf(&got, " at %lld", (long long)((a->at_us - BASE) / SECOND));
    }
    cr_expect_str_eq(strbuf_str(&got), want, "%s, not %s", strbuf_str(&got), want);
}

static void expect_last(const struct book *b, const char *type, const char *reason)
{
    struct machine_view v = view(b);
    cr_assert_gt(v.n_conditions, 0);
    const struct machine_condition *c = &v.conditions[v.n_conditions - 1];
    cr_expect_str_eq(machine_condition_name(c->type), type);
    cr_expect_str_eq(c->reason, reason);
}

Test(machine_external, retries_after_the_back_off)
{
    struct book b = {0};
    open_book(&b, "'completions':3,'parallelism':2,'completionMode':'Indexed'", false);
    handle(&b, (struct machine_event){.type = MACHINE_SYNC}, 0);
    cr_expect_eq(view(&b).start_us, MACHINE_NO_TIME, "the queue is no part of the run");
    expect_actions(&b, "");
    starts(&b, 0, 0, 5);
    cr_expect_eq(view(&b).start_us, BASE + 5 * SECOND);
    ends(&b, 0, 0, 1, 8);
    expect_actions(&b, "create 0.1 at 18");
    ends(&b, 1, 0, 1, 9); /* never announced */
    expect_actions(&b, "create 1.1 at 29");
    ends(&b, 0, 1, 0, 20);
    expect_actions(&b, "");
    ends(&b, 2, 0, 1, 21);
    expect_actions(&b, "create 2.1 at 31");
    cr_expect_eq(view(&b).failed, 3);
    ends(&b, 1, 1, 0, 40);
    ends(&b, 2, 1, 0, 41);
    expect_actions(&b, "stop all");
    expect_last(&b, "Complete", "CompletionsReached");
    cr_expect_eq(view(&b).succeeded, 3);
    close_book(&b);
}

Test(machine_external, limit_per_index_counts_unannounced_attempts)
{
    struct book b = {0};
    open_book(&b,
              "'completions':2,'parallelism':2,'completionMode':'Indexed',"
              "'backoffLimitPerIndex':2",
              false);
    ends(&b, 0, 0, 1, 0);
    expect_actions(&b, "create 0.1 at 10");
    cr_expect_eq(view(&b).failed, 0, "not counted before the replacement");
    ends(&b, 0, 1, 1, 20);
    expect_actions(&b, "create 0.2 at 40");
    cr_expect_eq(b.actions.v[0].failures, 2);
    cr_expect_eq(view(&b).failed, 1);
    starts(&b, 0, 2, 45);
    handle(&b, (struct machine_event){.type = MACHINE_SYNC}, 45);
    cr_expect_eq(view(&b).failed, 2);
    ends(&b, 0, 2, 1, 50);
    expect_actions(&b, "");
    cr_expect(indexset_contains(view(&b).failed_indexes, 0));
    ends(&b, 1, 0, 0, 60);
    expect_last(&b, "Failed", "FailedIndexes");
    cr_expect_eq(view(&b).failed, 3);
    close_book(&b);
}

Test(machine_external, failing_counts_what_runs)
{
    struct book b = {0};
    open_book(&b, "'completions':4,'parallelism':4,'completionMode':'Indexed','backoffLimit':0",
              false);
    starts(&b, 0, 0, 0);
    starts(&b, 1, 0, 0);
    ends(&b, 2, 0, 3, 5);
    expect_actions(&b, "stop all, delete 0.0, delete 1.0");
    expect_last(&b, "FailureTarget", "BackoffLimitExceeded");
    cr_expect_eq(view(&b).failed, 3);
    cr_expect_eq(view(&b).terminating, 2);
    ends(&b, 0, 0, 143, 6);
    expect_actions(&b, "");
    ends(&b, 1, 0, 0, 7); /* it ends well, but it has been counted */
    expect_last(&b, "Failed", "BackoffLimitExceeded");
    cr_expect_eq(view(&b).failed, 3);
    cr_expect_eq(view(&b).succeeded, 0);
    close_book(&b);
}

Test(machine_external, deadline_between_two_events)
{
    struct book b = {0};
    open_book(&b, "'completions':2,'parallelism':2,'activeDeadlineSeconds':30", false);
    starts(&b, 0, 0, 0);
    starts(&b, 1, 0, 10);
    ends(&b, 0, 0, 0, 29);
    ends(&b, 1, 0, 0, 50); /* it ran when the time was over, 20 s ago */
    expect_last(&b, "Failed", "DeadlineExceeded");
    cr_expect_eq(view(&b).succeeded, 1);
    cr_expect_eq(view(&b).failed, 1);
    cr_expect_eq(machine_condition(b.machine, MACHINE_FAILURE_TARGET)->time_us, BASE + 30 * SECOND);
    close_book(&b);
}

Test(machine_external, the_latest_attempt_stays)
{
    struct book b = {0};
    open_book(&b, "'completions':2,'parallelism':2,'completionMode':'Indexed'", false);
    starts(&b, 0, 0, 0);
    starts(&b, 0, 1, 30); /* the end of the first one was lost with its node */
    expect_actions(&b, "delete 0.0");
    cr_expect_eq(view(&b).active, 1);
    ends(&b, 0, 1, 0, 40);
    cr_expect_eq(view(&b).succeeded, 1);
    cr_expect_eq(view(&b).failed, 0);
    close_book(&b);
}

Test(machine_external, suspension)
{
    struct book b = {0};
    open_book(&b, "'completions':3,'parallelism':3,'completionMode':'Indexed','backoffLimit':0",
              false);
    starts(&b, 0, 0, 0);
    starts(&b, 1, 0, 0);
    starts(&b, 2, 0, 0);
    b.spec->suspend = true;
    handle(&b, (struct machine_event){.type = MACHINE_SPEC, .spec = b.spec}, 5);
    expect_actions(&b, "delete 0.0, delete 1.0, delete 2.0");
    ends(&b, 0, 0, 143, 6);
    ends(&b, 1, 0, 0, 6); /* was faster: Slurm will not run it again */
    expect_actions(&b, "");
    cr_expect_eq(view(&b).failed, 0);
    cr_expect_eq(view(&b).succeeded, 1);
    expect_last(&b, "Suspended", "JobSuspended");
    b.spec->suspend = false;
    handle(&b, (struct machine_event){.type = MACHINE_SPEC, .spec = b.spec}, 9);
    ends(&b, 2, 0, 143, 10); /* a late end of a killed attempt */
    cr_expect_eq(view(&b).failed, 0);
    cr_expect_eq(view(&b).start_us, BASE + 9 * SECOND);
    close_book(&b);
}

Test(machine_external, work_queue)
{
    struct book b = {0};
    open_book(&b, "'parallelism':4", false);
    for (uint32_t i = 0; i < 4; i++)
        handle(&b,
               (struct machine_event){
                   .type = MACHINE_POD_STARTED, .index = i, .phase = MACHINE_PENDING},
               0);
    cr_expect_eq(view(&b).start_us, MACHINE_NO_TIME, "pending is not running");
    ends(&b, 0, 0, 1, 5);
    expect_actions(&b, "create 0.1 at 15");
    ends(&b, 1, 0, 0, 6);
    cr_expect_not(machine_decided(b.machine), "two are still at work");
    ends(&b, 3, 0, 1, 7);
    expect_actions(&b, ""); /* no retry after the first success */
    ends(&b, 2, 0, 1, 8);
    expect_actions(&b, "stop all");
    expect_last(&b, "Complete", "CompletionsReached");
    cr_expect_eq(view(&b).failed, 3);
    close_book(&b);
}

Test(machine_external, decided_elsewhere)
{
    struct book b = {0};
    open_book(&b, "'completions':3,'parallelism':3,'completionMode':'Indexed','backoffLimit':0",
              true);
    starts(&b, 1, 0, 0);
    ends(&b, 0, 0, 1, 1);
    cr_expect_not(machine_decided(b.machine));
    const struct machine_condition d = {
        .type = MACHINE_FAILED_CONDITION, .reason = "DeadlineExceeded", .message = "late"};
    handle(&b, (struct machine_event){.type = MACHINE_DECIDED, .decision = &d}, 2);
    expect_last(&b, "FailureTarget", "DeadlineExceeded");
    ends(&b, 2, 0, 0, 3); /* not announced, but it ran when the Job was decided */
    cr_expect_eq(view(&b).failed, 3);
    ends(&b, 1, 0, 143, 4);
    expect_last(&b, "Failed", "DeadlineExceeded");
    cr_expect_str_eq(machine_condition(b.machine, MACHINE_FAILED_CONDITION)->message, "late");
    close_book(&b);
}

/* The order of the fields is that of kubectl's YAML. */
Test(machine_external, status)
{
    struct book b = {0};
    open_book(&b,
              "'completions':2,'parallelism':2,'completionMode':'Indexed',"
              "'backoffLimitPerIndex':0",
              false);
    starts(&b, 0, 0, 5);
    starts(&b, 1, 0, 6);
    ends(&b, 0, 0, 0, 8);
    cleanup_json json_t *running = status_json(b.machine);
    cleanup_free char *text = json_dumps(running, JSON_COMPACT);
    cr_expect_str_eq(text, "{\"active\":1,\"completedIndexes\":\"0\",\"failedIndexes\":\"\","
                           "\"ready\":1,\"startTime\":\"2026-01-02T03:00:05Z\",\"succeeded\":1,"
                           "\"terminating\":0,\"uncountedTerminatedPods\":{}}");
    ends(&b, 1, 0, 0, 9);
    cleanup_json json_t *done = status_json(b.machine);
    cr_expect_str_eq(tree_str(done, "completionTime"), "2026-01-02T03:00:09Z");
    const json_t *c = json_array_get(tree_get(done, "conditions"), 1);
    cleanup_free char *condition = json_dumps(c, JSON_COMPACT);
    cr_expect_str_eq(condition, "{\"type\":\"Complete\",\"status\":\"True\","
                                "\"lastProbeTime\":\"2026-01-02T03:00:09Z\","
                                "\"lastTransitionTime\":\"2026-01-02T03:00:09Z\","
                                "\"reason\":\"CompletionsReached\","
                                "\"message\":\"Reached expected number of succeeded pods\"}");
    cr_expect_not(tree_has(done, "active"));
    cr_expect_not(tree_has(done, "failed"));
    close_book(&b);
}

/* ---- arrays whose task ids are not 0 to completions-1 (JOB_INDEX_LIMIT) ---- */

Test(machine_external, an_array_is_complete_when_as_many_tasks_have_succeeded)
{
    struct book b = {0};
    open_array(&b, "'completions':3,'parallelism':3,'completionMode':'Indexed'", "10", false);
    ends(&b, 9, 0, 1, 4);
    expect_actions(&b, "create 9.1 at 14");
    ends(&b, 5, 0, 0, 5);
    ends(&b, 7, 0, 0, 6);
    cr_expect_eq(view(&b).succeeded, 2, "indexes above completions count");
    expect_actions(&b, "");
    ends(&b, 10, 0, 0, 7);
    cr_expect_eq(view(&b).succeeded, 2, "those above the limit do not");
    ends(&b, 9, 1, 0, 20);
    expect_last(&b, "Complete", "CompletionsReached");
    close_book(&b);
}

Test(machine_external, indexes_above_completions_fail_and_meet_success_policies)
{
    struct book b = {0};
    open_array(&b,
               "'completions':4,'parallelism':4,'completionMode':'Indexed',"
               "'backoffLimitPerIndex':0,"
               "'successPolicy':{'rules':[{'succeededIndexes':'7,9'}]}",
               "10", false);
    ends(&b, 5, 0, 1, 3);
    cr_assert(view(&b).failed_indexes);
    cr_expect(indexset_contains(view(&b).failed_indexes, 5));
    ends(&b, 7, 0, 0, 5);
    cr_expect_eq(view(&b).n_conditions, 0);
    ends(&b, 9, 0, 0, 6);
    expect_last(&b, "Complete", "SuccessPolicy");
    close_book(&b);
}

Test(machine_external, an_index_limit_is_a_number_above_completions)
{
    static const struct {
        const char *text;
        int32_t limit;
    } rows[] = {{"10", 10},
                {"3", 3},
                {"2", 3},
                {"0", 3},
                {"-1", 3},
                {"", 3},
                {"10x", 3},
                {" 10", 3},
                {"2147483647", INT32_MAX},
                {"2147483648", 3},
                {"99999999999999999999", 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct book b = {0};
        open_array(&b, "'completions':3,'completionMode':'Indexed'", rows[i].text, false);
        cr_expect_eq(job_spec_index_limit(b.spec), (uint32_t)rows[i].limit, "\"%s\"", rows[i].text);
        close_book(&b);
    }
}
