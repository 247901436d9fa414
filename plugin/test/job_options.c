/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options for plain arrays: in sbatch, and on the way to the node. Whatever ends the process is
 * called in a child.
 */
#include "job_options.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "sbatch_options.h"

#define LEN(a) (sizeof(a) / sizeof *(a))

static void setup(void)
{
    host_reset();
    job_options_forget();
}

TestSuite(job_options, .init = setup, .timeout = 300);

static int give(const char *name, char *value, int remote)
{
    for (int i = 0; i < host.options_len; i++)
        if (strcmp(host.options[i]->name, name) == 0)
            return host.options[i]->cb(host.options[i]->val, value, remote);
    cr_assert_fail("--%s is not registered", name);
    return -1;
}

/* As slurmstepd does: from text that it frees again. */
static void arrive(const char *name, const char *value)
{
    char *copy = strdup(value);
    cr_expect_eq(give(name, copy, 1), 0);
    memset(copy, 'x', strlen(copy));
    free(copy);
}

/* ---- in sbatch ---- */

static bool submits;

/* Gives the words, divided by '|', to a process that is called program. Returns what it says. */
static char *submit(const char *program, const char *line, int *status)
{
    static char text[4096];
    int wait_status, out = memfd_create("out", MFD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        char copy[8192], *rest = strcpy(copy, line);
        program_invocation_short_name = (char *)(uintptr_t)program;
        host.context = strcmp(program, "srun") == 0 ? S_CTX_LOCAL : S_CTX_ALLOCATOR;
        submits = true;
        dup2(out, STDOUT_FILENO);
        job_options_register(NULL);
        for (char *word; (word = strsep(&rest, "|"));) {
            char *name = strsep(&word, "=");
            give(name + 2, word, 0);
        }
        job_options_finish();
        fflush(NULL);
        _exit(0);
    }
    cr_assert(pid > 0 && waitpid(pid, &wait_status, 0) == pid);
    ssize_t n = pread(out, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(out);
    *status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    return text;
}

/* exit() in a hook comes by here; what was logged in the child is handed on. */
__attribute__((destructor)) static void say(void)
{
    if (submits)
        dprintf(STDOUT_FILENO, "%s", host.log);
}

static const struct {
    const char *program, *line;
    const char *error; /* NULL = accepted */
    const char *proves;
} rows[] = {
    {"sbatch", "--backoff-limit=3", NULL, "a number"},
    {"sbatch", "--completion-index", NULL, "a flag"},
    {"sbatch", "--max-failed-indexes=1|--backoff-limit-per-index=1", NULL,
     "what goes together, in any order"},
    {"sbatch", "--backoff-limit=x",
     "skjob: --backoff-limit: at character 1: expected a number, found \"x\"\n", "one line"},
    {"sbatch", "--max-failed-indexes=1",
     "skjob: --max-failed-indexes needs --backoff-limit-per-index\n", "a rule between options"},
    {"sbatch", "--pod-failure-policy=FailJob:In(%n%s)",
     "skjob: --pod-failure-policy: at character 12: expected an exit code, found \"%n%s)\"\n",
     "formats are text"},
    {"salloc", "--backoff-limit=3",
     "skjob: --backoff-limit is an option for sbatch: what is retried is a batch script\n",
     "salloc"},
    {"srun", "--completion-index",
     "skjob: --completion-index is an option for sbatch: what is retried is a batch script\n",
     "srun"},
};

Test(job_options, are_checked_before_submission)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        int status;
        const char *text = submit(rows[i].program, rows[i].line, &status);
        cr_expect_str_eq(text, rows[i].error ? rows[i].error : "", "%s: %s", rows[i].proves, text);
        cr_expect_eq(status, rows[i].error ? 1 : 0, "%s: %d", rows[i].proves, status);
    }
}

/* A job's own options are in its environment; they are not those of what it submits. */
Test(job_options, are_not_inherited)
{
    static const char travels[] = "_SLURM_SPANK_OPTION_skjob_backoff_limit_per_index";
    static const char leaks[] = "SLURM_SPANK__SLURM_SPANK_OPTION_skjob_completion_index";
    setenv(travels, "3", 1);
    setenv(leaks, "", 1);
    setenv("_SLURM_SPANK_OPTION_other_backoff_limit", "3", 1);
    job_options_register(NULL);
    cr_expect(getenv(travels), "slurmstepd's environment is left alone");
    host.context = S_CTX_ALLOCATOR;
    host.options_len = 0;
    job_options_register(NULL);
    cr_expect_null(getenv(travels));
    cr_expect_null(getenv(leaks));
    cr_expect(getenv("_SLURM_SPANK_OPTION_other_backoff_limit"), "another plugin's");
}

#define LEAKED "SLURM_SPANK__SLURM_SPANK_OPTION_skjob_"

Test(job_options, are_taken_out_of_the_job)
{
    job_options_register(NULL);
    give("max-failed-indexes", (char[]){"1"}, 1);
    host_putenv(LEAKED "max_failed_indexes", "9");
    host_putenv(LEAKED "backoff_limit", "3");
    host_putenv(LEAKED "completion_index", "(null)");
    host_putenv("SLURM_SPANK__SLURM_SPANK_OPTION_other_backoff_limit", "3");
    job_options_collect(NULL);
    cr_expect_eq(host.env_len, 1);
    cr_expect(host_getenv("SLURM_SPANK__SLURM_SPANK_OPTION_other_backoff_limit"));
    const char *const *argv = job_options_argv();
    cr_expect_str_eq(argv[0], "--backoff-limit=3", "with --export=NONE they come in no other way");
    cr_expect_str_eq(argv[1], "--max-failed-indexes=1", "what has come as it should counts");
    cr_expect_str_eq(argv[2], "--completion-index");
    cr_expect_null(argv[3]);
}

/* ---- on the node ---- */

Test(job_options, arrive_as_words)
{
    job_options_register(NULL);
    cr_expect_not(job_options_given());
    arrive("success-policy", "count=3");
    arrive("backoff-limit", "1");
    arrive("backoff-limit", "2");
    arrive("completion-index", "");
    const char *const *argv = job_options_argv();
    cr_expect_str_eq(argv[0], "--backoff-limit=2", "the last one counts");
    cr_expect_str_eq(argv[1], "--success-policy=count=3");
    cr_expect_str_eq(argv[2], "--completion-index");
    cr_expect_null(argv[3]);
    cr_expect(job_options_given() && job_options_retry());
    cr_expect(job_options_has(PLAIN_SUCCESS_POLICY));
    cr_expect_not(job_options_has(PLAIN_ACTIVE_DEADLINE));
}

Test(job_options, the_index_alone_retries_nothing)
{
    job_options_register(NULL);
    arrive("completion-index", "");
    cr_expect(job_options_given());
    cr_expect_not(job_options_retry());
}

/* What arrives need not come from sbatch. */
Test(job_options, what_arrives_is_bounded)
{
    char value[PLAIN_VALUE_MAX + 2];
    memset(value, '1', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    job_options_register(NULL);
    arrive("success-policy", value);
    cr_expect_not(job_options_given());
    cr_expect_str_eq(host.log, "skjob: --success-policy is too long and ignored\n");
}

/* `sbatch --backoff-limit 3 script`: where the script is, is found with the same table. */
Test(job_options, are_known_as_options_of_sbatch)
{
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        const struct plain_option *o = &plain_option_table[id];
        const struct sbatch_option *s =
            sbatch_option_long(o->name, strlen(o->name), SLURM_VERSION_NUMBER);
        cr_assert(s, "--%s", o->name);
        cr_expect_eq(s->value, o->value ? SBATCH_VALUE_NEEDED : SBATCH_VALUE_NONE, "--%s", o->name);
    }
}
