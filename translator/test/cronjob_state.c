/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is kept of a CronJob: who may write, whose it is, what is counted.
 */
#include "../cronjob_state.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "state_folder.h"
#include "tree.h"

static struct state_folder folder;
static struct store store;

static void set_up(void)
{
    state_folder_make(&folder);
    store.root = folder.state;
}

static void tear_down(void)
{
    state_folder_remove(&folder);
}

static json_t *cronjob(const char *uid)
{
    return json_pack("{s:{s:s, s:s, s:s}}", "metadata", "name", "hello", "namespace", "default",
                     "uid", uid);
}

TestSuite(cronjob_state, .init = set_up, .fini = tear_down);

Test(cronjob_state, what_is_written_is_read)
{
    cleanup_json json_t *c = cronjob("u1"), *other = cronjob("u2");
    cleanup_json json_t *status = json_pack("{s:s}", "lastScheduleTime", "2026-01-02T03:04:00Z");
    cleanup_cronjob_state struct cronjob_state s = {.lock = -1}, r = {.lock = -1}, o = {.lock = -1};
    cr_assert_eq(cronjob_state_lock(&s, &store, c, 0, NULL), 0);
    cr_expect_null(cronjob_state_status(&s));
    cronjob_state_set_status(&s, status);
    cronjob_state_set_timer(&s, CRONJOB_CLOCK, 42, "then");
    cr_assert_eq(cronjob_state_write(&s, NULL), 0);
    cr_assert_eq(cronjob_state_read(&r, &store, c, NULL), 0);
    cr_expect(json_equal(cronjob_state_status(&r), status));
    cr_expect_eq(cronjob_state_timer(&r, CRONJOB_CLOCK), 42);
    cr_expect_str_eq(cronjob_state_timer_for(&r, CRONJOB_CLOCK), "then");
    cr_expect_eq(cronjob_state_timer(&r, CRONJOB_WAKE), 0);
    cr_assert_eq(cronjob_state_read(&o, &store, other, NULL), 0);
    cr_expect_eq(cronjob_state_timer(&o, CRONJOB_CLOCK), 0, "another one of that name");
}

/* In another process, as it is in life. Returns whether it got the lock. */
static bool another_gets_lock(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        cleanup_json json_t *c = cronjob("u1");
        struct cronjob_state s;
        _exit(cronjob_state_lock(&s, &store, c, 0, NULL) == 0 ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    return status == 0;
}

Test(cronjob_state, one_at_a_time)
{
    cleanup_json json_t *c = cronjob("u1");
    struct cronjob_state s;
    cr_assert(another_gets_lock(), "nobody has it");
    cr_assert_eq(cronjob_state_lock(&s, &store, c, 0, NULL), 0, "it ended with its process");
    cr_expect_not(another_gets_lock());
    cronjob_state_close(&s);
    cr_expect(another_gets_lock());
}

Test(cronjob_state, a_lock_in_a_folder_that_was_removed_is_none)
{
    cleanup_json json_t *c = cronjob("u1");
    cleanup_cronjob_state struct cronjob_state s = {.lock = -1}, again = {.lock = -1};
    cr_assert_eq(cronjob_state_lock(&s, &store, c, 0, NULL), 0);
    cr_assert_eq(cronjob_state_remove(&store, "default", "hello", NULL), 0);
    cr_assert_eq(cronjob_state_lock(&again, &store, c, 0, NULL), 0);
    cr_expect(state_folder_has(&folder, "clocks/default/hello/lock"));
}

Test(cronjob_state, events_are_counted_and_forgotten)
{
    cleanup_json json_t *c = cronjob("u1");
    cleanup_cronjob_state struct cronjob_state s = {.lock = -1};
    cr_assert_eq(cronjob_state_lock(&s, &store, c, 0, NULL), 0);
    cronjob_state_tell(&s, 0, "Normal", "A", "same");
    cronjob_state_tell(&s, 60, "Normal", "A", "other");
    cronjob_state_tell(&s, 120, "Normal", "A", "same");
    cleanup_json json_t *list = cronjob_state_events(&s, c);
    cr_assert_eq(json_array_size(list), 2);
    const json_t *last = json_array_get(list, 1);
    cr_expect_str_eq(tree_str(last, "message"), "same");
    cr_expect_eq(tree_int(last, "count"), 2);
    cr_expect_str_eq(tree_str(last, "firstTimestamp"), "1970-01-01T00:00:00Z");
    cr_expect_str_eq(tree_str(last, "lastTimestamp"), "1970-01-01T00:02:00Z");
    cr_expect_str_eq(tree_str(tree_get(last, "involvedObject"), "kind"), "CronJob");
    for (int i = 0; i < 2 * CRONJOB_EVENTS_MAX; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        cronjob_state_tell(&s, i, "Normal", "B", text);
    }
    cleanup_json json_t *many = cronjob_state_events(&s, c);
    cr_expect_eq(json_array_size(many), CRONJOB_EVENTS_MAX);
    cr_expect_str_eq(tree_str(json_array_get(many, CRONJOB_EVENTS_MAX - 1), "message"), "127");
}
