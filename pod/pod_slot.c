/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "container_start.h"
#include "message.h"
#include "pod_net.h"
#include "small_file.h"
#include "tree.h"

/* For a reader of our output that does not read, once the leader has ended. */
#define STUCK_MS 30000
#define START_MS 60000 /* for a runtime to start a container that has probes or hooks */

void slot_init(struct slot *s, const struct plan_container *plan, struct attempt *attempt,
               struct supervisor *outside)
{
    *s = (struct slot){
        .plan = plan, .attempt = attempt, .outside = outside, .log = -1, .clock = {.fd = -1}};
    for (size_t k = 0; k < CHECKS; k++)
        s->checks[k] = (struct check){.pid = -1, .fd = -1};
}

static void close_run(struct slot *s)
{
    if (s->log >= 0)
        close(s->log);
    s->log = -1;
    log_clock_close(&s->clock);
    free(s->pump);
    s->pump = NULL;
    values_free(&s->values);
    storage_share_free(&s->share);
    s->is_open = false;
}

void slot_free(struct slot *s)
{
    close_run(s);
    launch_free(&s->launch);
    free(s->message);
}

void slot_say(const struct slot *s, const char *fmt, ...)
{
    struct error text;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text.text, sizeof text.text, fmt, ap);
    va_end(ap);
    fprintf(stderr, "skjob-pod: %s\n", text.text);
    if (s->log >= 0)
        dprintf(s->log, "skjob-pod: %s\n", text.text);
}

static const struct plan_action *action_of(const struct slot *s, enum pod_check check)
{
    const struct plan_action *const actions[CHECKS] = {
        [CHECK_STARTUP] = &s->plan->startup.action,
        [CHECK_LIVENESS] = &s->plan->liveness.action,
        [CHECK_POST_START] = &s->plan->post_start,
        [CHECK_PRE_STOP] = &s->plan->pre_stop,
    };
    return actions[check];
}

/* Programs of probes and hooks get what the container got. */
static bool needs_values(const struct slot *s)
{
    for (enum pod_check k = 0; k < CHECKS; k++)
        if (action_of(s, k)->kind == PLAN_EXEC)
            return true;
    return false;
}

static bool has_checks(const struct slot *s)
{
    for (enum pod_check k = 0; k < CHECKS; k++)
        if (action_of(s, k)->kind != PLAN_NONE)
            return true;
    return false;
}

static void open_log(struct slot *s)
{
    struct stat st;
    s->log = attempt_log(s->attempt, s->plan->name);
    s->log_from = s->log >= 0 && fstat(s->log, &st) == 0 ? st.st_size : 0;
    log_clock_open(&s->clock, s->attempt, s->plan->name);
}

static void describe(struct slot *s, const struct values_source *src, const json_t *spec)
{
    const char *hostname = src->net && src->net->path ? src->net->names.hostname : "";
    s->container = (struct container){
        .name = s->plan->name,
        .image = tree_str(spec, "image"),
        .command = s->values.command,
        .args = s->values.args,
        .envp = s->values.envp,
        .cwd = s->values.cwd,
        .launch = &s->launch,
        .mounts = s->share.mounts.items,
        .n_mounts = s->share.mounts.n,
        .hostname = *hostname ? hostname : NULL,
        .read_only_root = tree_bool(tree_get(spec, "securityContext"), "readOnlyRootFilesystem"),
    };
}

static void mark_log(void *arg)
{
    struct slot *s = arg;
    log_clock_mark(&s->clock, s->log);
}

static int start_process(struct slot *s, struct error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return error_set(err, "cannot make a pipe: %s", strerror(errno));
    const struct container_io io = {
        .with_stdin = s->plan->with_stdin, .output = ends[1], .mask = s->outside->old_mask};
    s->pump = malloc(sizeof *s->pump);
    pid_t pid =
        s->pump ? container_start(&s->container, &io, err) : error_set(err, "out of memory");
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return -1;
    }
    s->pid = pid;
    pump_init(s->pump, ends[0]);
    if (s->log >= 0) {
        pump_add(s->pump, "the pod's log", s->log);
        pump_tell(s->pump, mark_log, s);
    }
    pump_add(s->pump, "standard output", STDOUT_FILENO);
    return 0;
}

static int make_values(struct slot *s, const struct values_source *src, const json_t *spec,
                       struct error *err)
{
    cleanup_free char **base = runtime_base_env(s->launch.runtime, src->environ_);
    struct values_source own = *src;
    own.environ_ = base;
    return base ? values_make(&s->values, &own, spec, err) : error_set(err, "out of memory");
}

/* What the runtime does first holds the runner up, so it must end when the pod's time is over. */
static int64_t end_of_time_ms(const struct slot *s, int64_t now_ms)
{
    int64_t at_us = attempt_alarm(s->attempt).at_us;
    return at_us == CLOCK_NEVER ? CLOCK_NEVER : now_ms + (at_us - clock_now_us()) / 1000 + 1;
}

static int find_image(struct slot *s, const json_t *spec, struct error *err)
{
    int64_t now_ms = clock_monotonic_ms();
    return launch_image(&s->launch, spec, now_ms, end_of_time_ms(s, now_ms), &s->waiting, err);
}

/* Probes and hooks count from when the container runs, which may be later than its runtime. */
static void await_container(const struct slot *s)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t until_ms = end_of_time_ms(s, now_ms);
    if (until_ms > now_ms + START_MS)
        until_ms = now_ms + START_MS;
    if (has_checks(s))
        launch_await(&s->launch, s->pid, until_ms);
}

static void tell(struct slot *s, int rc, const struct error *err)
{
    if (rc < 0 || !s->is_told)
        slot_say(s, "%s", err->text);
    s->is_told = rc > 0;
}

int slot_start(struct slot *s, const struct values_source *src, const json_t *spec)
{
    struct error err;
    int64_t started_us = 0; /* before the container can write its termination message */
    open_log(s);
    s->waiting = "CreateContainerConfigError";
    int rc = launch_choose(&s->launch, src->job, s->plan->name, &err);
    if (rc == 0)
        rc = find_image(s, spec, &err);
    if (rc == 0)
        rc = make_values(s, src, spec, &err);
    if (rc == 0)
        rc = pod_storage_share(src->storage, src->facts, spec, s->values.env, &s->share, &err);
    if (rc == 0) {
        describe(s, src, spec);
        started_us = clock_now_us();
        rc = start_process(s, &err);
    }
    if (rc) {
        tell(s, rc, &err);
        close_run(s);
        return rc;
    }
    s->container.image = NULL;
    if (!needs_values(s))
        values_free(&s->values);
    s->is_open = true;
    s->is_told = s->wants_term = s->has_term = false;
    s->missed = supervise_waiting(s->outside);
    s->times = (struct pod_times){.started_us = started_us};
    canary_join(&s->outside->canary, s->pid);
    await_container(s);
    return 0;
}

void slot_kill(const struct slot *s)
{
    if (!s->pid)
        return;
    kill(-s->pid, SIGKILL);
    kill(s->pid, SIGKILL); /* should it have left its group */
}

/* Everything that the ended processes have written is in the pipe. Whoever could not be killed may
 * hold its other end open, so its end is not waited for. A container that ends badly may have been
 * signalled by Slurm a moment before we are. */
void slot_ended(struct slot *s, int status)
{
    int left = 0;
    int64_t now = clock_monotonic_ms();
    s->pid = 0;
    s->status = status;
    s->settle_at = status ? now + SUPERVISE_SETTLE_MS : now;
    s->stuck_at = now + STUCK_MS;
    s->times.ended_us = clock_now_us();
    if (s->pump->in >= 0)
        ioctl(s->pump->in, FIONREAD, &left);
    s->drain_to = s->pump->total + (unsigned)left;
}

static bool is_drained(const struct slot *s)
{
    const struct pump *p = s->pump;
    return !s->pid && (p->in < 0 || p->total >= s->drain_to) && !pump_pending(p);
}

void slot_poll(const struct slot *s, struct pollfd *fds)
{
    for (size_t k = 0; k < PUMP_POLLS; k++)
        fds[k] = (struct pollfd){.fd = -1};
    if (s->is_open && !is_drained(s))
        pump_poll(s->pump, fds);
}

static bool wait_until(int64_t at, int64_t now, int64_t *due)
{
    if (at > now && at < *due)
        *due = at;
    return at <= now;
}

bool slot_look(struct slot *s, int64_t now, int64_t *due)
{
    if (!s->is_open)
        return false;
    /* One buffer at most while it runs: signals must not wait behind an endless writer. */
    while (!is_drained(s) && pump_run(s->pump) && !s->pid)
        ;
    if (s->pid || (!is_drained(s) && !wait_until(s->stuck_at, now, due)))
        return false;
    return s->outside->signalled || wait_until(s->settle_at, now, due);
}

static int exit_code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void take_message(struct slot *s, int folder, int exit_code)
{
    char name[300];
    char text[MESSAGE_MAX + 1];
    const char *file = s->share.message_file ? s->share.message_file : s->plan->message_path;
    size_t len = message_read_file(text, file, s->times.started_us);
    if (!len && exit_code && s->plan->message_from_log)
        len = message_read_log(text, s->log, s->log_from);
    if (!len)
        return;
    text[len] = '\0';
    free(s->message);
    s->message = strdup(text);
    snprintf(name, sizeof name, "%s.message", s->plan->name);
    if (folder >= 0)
        small_file_replace(folder, name, text, len);
}

int slot_finish(struct slot *s, int folder)
{
    int exit_code = exit_code_of(s->status);
    for (size_t k = 0; k < CHECKS; k++)
        check_cancel(&s->checks[k]);
    pump_close(s->pump);
    take_message(s, folder, exit_code);
    close_run(s);
    return exit_code;
}

void slot_check(struct slot *s, enum pod_check check, int64_t until_ms)
{
    check_begin(&s->checks[check], action_of(s, check), until_ms, &s->container,
                &s->outside->old_mask);
}
