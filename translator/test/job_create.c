/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Creating a Job with an sbatch that does what the real one does not do on demand. What must hold:
 * nothing is submitted twice, nothing half-made stays, and what stays is settled by the next one.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../claim.h"
#include "../job_create.h"
#include "cleanup.h"
#include "fake_slurm.h"
#include "job_text.h"
#include "state_folder.h"
#include "tree.h"

#define LOST                                                                                       \
    "Slurm's answer was lost; the same command again finds out whether pi was submitted, "         \
    "and submits it only if it was not: "
#define READ       "cat > script\n"
#define SAYS(text) READ "echo 'sbatch: error: " text "' >&2\nexit 1\n"

static const struct {
    const char *sbatch; /* what it does; $PWD is the test's folder */
    uint32_t in_slurm;  /* the job that Slurm has all the same */
    enum job_created made;
    const char *error;
    uint32_t id; /* in the journal, 0 = no record */
    bool stays;  /* the Job's folder */
    const char *proves;
} cases[] = {
    {READ "echo 42\n", 0, JOB_CREATED, "", 42, true, "accepted"},
    {READ "echo '42;alpha'\n", 0, JOB_CREATED, "", 42, true, "with the cluster's name"},
    {"echo Hello\n" READ "echo 42\n", 0, JOB_CREATED, "", 42, true, "a wrapper that greets"},
    {READ "echo 42\nexit 1\n", 0, JOB_CREATED, "", 42, true, "what counts is the id"},
    {READ "echo 42\nexec sleep 100\n", 0, JOB_CREATED, "", 42, true, "it is not waited for"},
    {SAYS("Batch job submission failed: Invalid partition name specified"), 9, JOB_FAILED,
     "Batch job submission failed: Invalid partition name specified", 0, false, "refused"},
    {SAYS("Batch job submission failed: Unable to contact slurm controller (connect failure)"), 9,
     JOB_FAILED,
     "Batch job submission failed: Unable to contact slurm controller (connect failure)", 0, false,
     "slurmctld is down"},
    {SAYS("Batch job submission failed: Socket timed out on send/recv operation"), 77, JOB_CREATED,
     "", 77, true, "timed out, but Slurm has it"},
    {SAYS("Batch job submission failed: Socket timed out on send/recv operation"), 0, JOB_FAILED,
     LOST "Batch job submission failed: Socket timed out on send/recv operation", 0, true,
     "timed out, and Slurm does not have it (yet)"},
    {READ "kill -9 $$\n", 77, JOB_CREATED, "", 77, true, "killed after Slurm got it"},
    {READ "kill -9 $$\n", 0, JOB_FAILED, LOST "sbatch was killed before it answered", 0, true,
     "killed"},
    {READ "exit 0\n", 0, JOB_FAILED, LOST "sbatch ended without an answer", 0, true, "no answer"},
    {READ "exit 0\n", 77, JOB_CREATED, "", 77, true, "no answer, but Slurm has it"},
    {READ "echo gibberish\n", 0, JOB_FAILED, LOST "sbatch ended without an answer", 0, true,
     "no answer but something"},
    {READ "echo gibberish >&2\nexit 1\n", 0, JOB_FAILED, "gibberish", 0, false,
     "an error of a wrapper"},
    {READ "echo gibberish >&2\nexit 1\n", 77, JOB_CREATED, "", 77, true,
     "a wrapper that fails behind an sbatch that did not"},
    {"exec <&-\necho 'sbatch: error: first' >&2\necho >&2\nprintf 'sbatch: error: second\\033[m' "
     ">&2\n"
     "exit 1\n",
     0, JOB_FAILED, "first; second?[m", 0, false, "one line, without control characters"},
    {READ "exit 1\n", 0, JOB_FAILED, "sbatch failed without a word", 0, false, "silent"},
};

/* ---- what a case needs ---- */

static struct state_folder folder;

static void set_up(void)
{
    state_folder_make(&folder);
    fake_slurm = (struct fake_slurm){.max_array_size = 1001};
    setenv("SKJOB_LIBEXECDIR", "/opt/skjob", 1);
}

static void tear_down(void)
{
    state_folder_remove(&folder);
}

static enum job_created create(struct job_read *read, struct error *err)
{
    cleanup_translation struct translation t = {0};
    struct head head = {0};
    struct store store = {.root = folder.state};
    struct submission *ahead = NULL;
    cr_assert_eq(translation_make(&t, read->manifest.object, err), 0);
    struct job_create job = {.store = &store,
                             .object = read->manifest.object,
                             .translation = &t,
                             .head = &head,
                             .ns = "default",
                             .ahead = &ahead,
                             .now = time(NULL)};
    return job_create(&job, err);
}

static enum job_created create_job(const struct job_text *text, struct error *err)
{
    cleanup_job_read struct job_read read;
    job_read_parts(&read, text);
    return create(&read, err);
}

static const struct job_text pi = {.spec = "  completions: 3\n"};

Test(job_create, answers, .init = set_up, .fini = tear_down)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {""};
        state_folder_empty(&folder);
        state_folder_sbatch(&folder, cases[i].sbatch);
        fake_slurm.job_id = cases[i].in_slurm;
        enum job_created made = create_job(&pi, &err);
        cr_expect_eq(made, cases[i].made, "%s: %d %s", cases[i].proves, made, err.text);
        if (made == JOB_FAILED)
            cr_expect_str_eq(err.text, cases[i].error, "%s: %s", cases[i].proves, err.text);
        cr_expect_eq(state_folder_submitted(&folder, "pi"), cases[i].id, "%s", cases[i].proves);
        cr_expect_eq(state_folder_has(&folder, "jobs/default/pi/object.json"), cases[i].stays, "%s",
                     cases[i].proves);
        cr_expect_eq(state_folder_has(&folder, "jobs"), cases[i].stays, "%s: all or nothing",
                     cases[i].proves);
    }
}

Test(job_create, no_sbatch, .init = set_up, .fini = tear_down)
{
    struct error err;
    setenv("PATH", "/nonexistent", 1);
    cr_expect_eq(create_job(&pi, &err), JOB_FAILED);
    cr_expect_str_eq(err.text, "sbatch is not installed here: No such file or directory");
    cr_expect_not(state_folder_has(&folder, "jobs"));
}

Test(job_create, the_script_is_complete, .init = set_up, .fini = tear_down)
{
    struct error err;
    cleanup_strbuf struct strbuf label = STRBUF_INIT;
    strbuf_adds(&label, "  annotations:\n    text: ");
    for (int i = 0; i < 12000; i++)
        strbuf_adds(&label, "0123456789abcdef");
    strbuf_adds(&label, "\n");
    const struct job_text large = {.meta = strbuf_str(&label)};
    state_folder_sbatch(&folder, "sleep 0.2\n" READ "echo 1\n");
    cr_assert_eq(create_job(&large, &err), JOB_CREATED, "%s", err.text);
    struct stat st;
    cr_assert_eq(stat("script", &st), 0);
    cr_expect_gt(st.st_size, 12000 * 16, "%lld bytes", (long long)st.st_size);
}

/* A pod that submits a Job, in its second run: nothing of that is the new Job's. */
Test(job_create, from_within_a_pod, .init = set_up, .fini = tear_down)
{
    static const char *const of_the_pod[] = {
        "SLURM_RESTART_COUNT", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_MAX",
        "SLURM_JOB_ID",        "SLURM_JOBID",         "SLURM_PROCID",       "SLURMD_NODENAME",
        "SKJOB_SPANK",         "JOB_COMPLETION_INDEX"};
    struct error err;
    char text[8192];
    state_folder_sbatch(&folder, "env > seen\n" READ "echo 1\n");
    for (size_t i = 0; i < sizeof of_the_pod / sizeof *of_the_pod; i++)
        setenv(of_the_pod[i], "1", 1);
    setenv("SLURM_CONF", "/etc/slurm.conf", 1);
    setenv("SLURM_CPU_BIND", "none", 1);
    cr_assert_eq(create_job(&pi, &err), JOB_CREATED, "%s", err.text);
    cleanup_file FILE *f = fopen("seen", "re");
    cr_assert(f);
    text[0] = '\n';
    text[1 + fread(text + 1, 1, sizeof text - 2, f)] = '\0';
    for (size_t i = 0; i < sizeof of_the_pod / sizeof *of_the_pod; i++) {
        char line[64];
        snprintf(line, sizeof line, "\n%s=", of_the_pod[i]);
        cr_expect_not(strstr(text, line), "%s", of_the_pod[i]);
    }
    cr_expect(strstr(text, "\nSLURM_CONF=/etc/slurm.conf\n"), "where slurmctld is");
    cr_expect(strstr(text, "\nSLURM_CPU_BIND=none\n"), "what the user says to srun");
}

Test(job_create, array_too_large, .init = set_up, .fini = tear_down)
{
    static const struct job_text large = {.spec = "  completions: 1002\n"};
    struct error err;
    state_folder_sbatch(&folder,
                        SAYS("Batch job submission failed: Invalid job array specification"));
    cr_expect_eq(create_job(&large, &err), JOB_FAILED);
    cr_expect_str_eq(err.text,
                     "the Job needs 1002 array tasks, and this cluster allows 1001 in one array "
                     "(MaxArraySize); split the Job, or ask the admin to raise it");
}

Test(job_create, generated_name, .init = set_up, .fini = tear_down)
{
    static const char text[] =
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: a-\nspec:\n  template:\n"
        "    spec:\n      restartPolicy: Never\n      containers:\n"
        "      - {name: m, image: x, command: [x]}\n";
    struct error err;
    state_folder_sbatch(&folder, READ "echo 1\n");
    char names[2][32];
    for (int i = 0; i < 2; i++) {
        cleanup_job_read struct job_read read;
        job_read_text(&read, text, UNKNOWN_STRICT);
        cr_assert_eq(create(&read, &err), JOB_CREATED, "%s", err.text);
        snprintf(names[i], sizeof *names, "%s",
                 tree_str(tree_get(read.manifest.object, "metadata"), "name"));
        cr_expect_eq(strlen(names[i]), 7, "%s", names[i]);
        cr_expect_eq(strspn(names[i] + 2, "bcdfghjklmnpqrstvwxz2456789"), 5, "%s", names[i]);
    }
    cr_expect_str_neq(names[0], names[1]);
}

Test(job_create, no_completions, .init = set_up, .fini = tear_down)
{
    static const struct job_text none = {.spec = "  completions: 0\n"};
    struct error err;
    state_folder_sbatch(&folder, "touch called\n");
    cr_expect_eq(create_job(&none, &err), JOB_CREATED, "%s", err.text);
    cr_expect(state_folder_has(&folder, "jobs/default/pi/end"));
    cr_expect_neq(access("called", F_OK), 0, "nothing is submitted");
    cr_expect_eq(create_job(&none, &err), JOB_EXISTS);
    cr_expect_str_eq(err.text, "");
}

/* ---- a second create of the same name ---- */

static const struct {
    const char *first; /* sbatch of the first create */
    long age;          /* seconds, at the second create */
    uint32_t in_slurm; /* what Slurm has then */
    enum job_created made;
    const char *note; /* the beginning of the second one's error */
    uint32_t id;      /* in the journal afterwards */
    const char *proves;
} again[] = {
    {READ "echo 42\n", 0, 42, JOB_EXISTS, "", 42, "it is there"},
    {READ "echo 42\n", 9999, 0, JOB_EXISTS, "", 42, "also when Slurm has forgotten it"},
    {READ "exit 0\n", 0, 0, JOB_EXISTS, "", 0, "young: another create may be at work"},
    {READ "exit 0\n", 100, 0, JOB_EXISTS,
     "Slurm has not got it yet; if it never does, the name is ", 0, "not settled"},
    {READ "exit 0\n", 100, 77, JOB_EXISTS, "", 77, "settled: it is there, and its id is known"},
    {READ "exit 0\n", 301, 77, JOB_EXISTS, "", 77, "settled, late"},
    {READ "exit 0\n", 301, 0, JOB_CREATED, "", 43, "settled: it never got there"},
};

Test(job_create, second_create, .init = set_up, .fini = tear_down)
{
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        struct error err = {""};
        state_folder_empty(&folder);
        state_folder_sbatch(&folder, again[i].first);
        fake_slurm.job_id = 0;
        create_job(&pi, &err);
        state_folder_age(&folder, "jobs/default/pi/object.json", again[i].age);
        state_folder_sbatch(&folder, READ "echo again >> submissions\necho 43\n");
        fake_slurm.job_id = again[i].in_slurm;
        enum job_created made = create_job(&pi, &err);
        cr_expect_eq(made, again[i].made, "%s: %d %s", again[i].proves, made, err.text);
        cr_expect(strncmp(err.text, again[i].note, strlen(again[i].note)) == 0 &&
                      (*again[i].note || !*err.text),
                  "%s: %s", again[i].proves, err.text);
        cr_expect_eq(state_folder_submitted(&folder, "pi"), again[i].id, "%s", again[i].proves);
        cr_expect_eq(access("submissions", F_OK) == 0, made == JOB_CREATED, "%s", again[i].proves);
        unlink("submissions");
    }
}

Test(job_create, second_create_when_slurmctld_is_down, .init = set_up, .fini = tear_down)
{
    struct error err;
    state_folder_sbatch(&folder, READ "exit 0\n");
    create_job(&pi, &err);
    state_folder_age(&folder, "jobs/default/pi/object.json", 9999);
    fake_slurm.down = true;
    cr_expect_eq(create_job(&pi, &err), JOB_FAILED);
    cr_expect_str_eq(err.text, "slurmctld cannot be asked: it is down");
    cr_expect(state_folder_has(&folder, "jobs/default/pi/object.json"), "nothing was touched");
}

/* A create that was killed before it wrote the object. */
Test(job_create, folder_without_object, .init = set_up, .fini = tear_down)
{
    struct error err;
    struct store store = {.root = folder.state};
    cr_assert_eq(store_make(&store, "default", "pi", &err), 0);
    cr_expect_eq(claim_name(&store, "default", "pi", &err), 1);
    state_folder_age(&folder, "jobs/default/pi", 301);
    cr_expect_eq(claim_name(&store, "default", "pi", &err), 0);
}

/* And one that was killed while it removed such a folder. */
Test(job_create, abandoned_mark, .init = set_up, .fini = tear_down)
{
    struct error err;
    struct store store = {.root = folder.state};
    cr_assert_eq(store_make(&store, "default", "pi", &err), 0);
    cr_assert_eq(mkdir("state/jobs/default/pi/.abandoned", 0700), 0);
    state_folder_age(&folder, "jobs/default/pi", 301);
    cr_expect_eq(claim_name(&store, "default", "pi", &err), 1, "somebody is at it");
    state_folder_age(&folder, "jobs/default/pi/.abandoned", 301);
    state_folder_age(&folder, "jobs/default/pi", 301);
    cr_expect_eq(claim_name(&store, "default", "pi", &err), 0, "not any more");
}

/* A submission that takes long shows that it is alive. */
Test(job_create, sign_of_life, .init = set_up, .fini = tear_down)
{
    struct error err;
    struct store store = {.root = folder.state};
    state_folder_sbatch(&folder, READ "exit 0\n");
    create_job(&pi, &err);
    state_folder_age(&folder, "jobs/default/pi/object.json", 9999);
    claim_keep(&store, "default", "pi");
    cr_expect_eq(claim_name(&store, "default", "pi", &err), 1);
}

/* Many at once find a leftover folder: one gets the name. */
Test(job_create, race_for_a_leftover, .init = set_up, .fini = tear_down)
{
    struct store store = {.root = folder.state};
    for (int round = 0; round < 50; round++) {
        struct error err;
        int winners = 0;
        state_folder_empty(&folder);
        cr_assert_eq(store_make(&store, "default", "pi", &err), 0);
        state_folder_age(&folder, "jobs/default/pi", 301);
        for (int i = 0; i < 8; i++)
            if (fork() == 0)
                _exit(claim_name(&store, "default", "pi", &err) == 0 ? 10 : 0);
        for (int i = 0, status; i < 8; i++)
            if (wait(&status) > 0)
                winners += WIFEXITED(status) && WEXITSTATUS(status) == 10;
        cr_expect_eq(winners, 1, "round %d: %d winners", round, winners);
    }
}
