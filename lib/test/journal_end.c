/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The terminal decision: made once, whoever else tries.
 */
#include "journal.h"
#include "journal_folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define T0       INT64_C(1767323045123456)
#define WRITERS  8

static const struct journal_end failed = {T0, "Failed", "BackoffLimitExceeded",
                                          "Job has reached the specified backoff limit"};

Test(journal_end, the_first_decision_stays)
{
    struct folder f = make_folder();
    struct journal_end other = {T0 + 1, "Complete", "CompletionsReached", "x"}, got;
    cr_expect_eq(journal_end_read(f.job_fd, &got, NULL), 0);
    cr_expect_eq(journal_end_make(f.job_fd, "n1", &failed, NULL), 1);
    cr_expect_eq(journal_end_make(f.job_fd, "n2", &other, NULL), 0);
    cr_expect_eq(journal_end_make(f.job_fd, "n1", &failed, NULL), 0);
    cr_expect_eq(journal_end_read(f.job_fd, &got, NULL), 1);
    cr_expect(got.time_us == T0 && !strcmp(got.condition, "Failed") &&
              !strcmp(got.reason, failed.reason) && !strcmp(got.message, failed.message));
    remove_folder(&f);
}

Test(journal_end, leaves_no_other_file_and_reuses_what_a_crash_left)
{
    struct folder f = make_folder();
    char tmp[128], command[256];
    snprintf(tmp, sizeof tmp, ".end.n1.%ld.%" PRId64, (long)gettid(), T0);
    int fd = openat(f.job_fd, tmp, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    close(fd);
    cr_expect_eq(journal_end_make(f.job_fd, "n1", &failed, NULL), 1);
    snprintf(command, sizeof command, "test \"$(ls -A %s | tr '\\n' ' ')\" = 'end events '",
             f.path);
    cr_expect_eq(system(command), 0);
    remove_folder(&f);
}

Test(journal_end, of_many_processes_one_wins)
{
    struct folder f = make_folder();
    int winners = 0, winner = -1;
    struct journal_end got;
    fflush(NULL);
    for (int i = 0; i < WRITERS; i++)
        if (fork() == 0) {
            struct journal_end mine = failed;
            mine.time_us += getpid();
            _exit(journal_end_make(f.job_fd, "n1", &mine, NULL));
        }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        pid_t pid = wait(&status);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        if (WEXITSTATUS(status) == 1) {
            winners++;
            winner = pid;
        }
    }
    cr_expect_eq(winners, 1);
    cr_expect(journal_end_read(f.job_fd, &got, NULL) == 1 && got.time_us == T0 + winner);
    remove_folder(&f);
}

Test(journal_end, a_damaged_decision_is_an_error)
{
    static const char *const texts[] = {"", "\n", "Failed\n", "skj1 t=2026-01-02T03:04:05.123456Z",
                                        /* a valid record whose message is not UTF-8 */
                                        NULL};
    for (size_t i = 0; i < N(texts); i++) {
        struct folder f = make_folder();
        struct journal_end got;
        struct error err = {""};
        char line[JOURNAL_LINE_MAX + 1];
        const struct journal_record r = {
            .event = JOURNAL_END, .time_us = T0, .condition = "Failed", .message = "\xff"};
        journal_format(&r, line, NULL);
        const char *text = texts[i] ? texts[i] : line;
        int fd = openat(f.job_fd, "end", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        cr_assert(fd >= 0 && write(fd, text, strlen(text)) >= 0);
        close(fd);
        cr_expect_eq(journal_end_read(f.job_fd, &got, &err), -1, "%s", text);
        cr_expect_str_eq(err.text, "the file end is damaged");
        remove_folder(&f);
    }
}

Test(journal_end, long_messages_are_kept_whole)
{
    struct folder f = make_folder();
    struct journal_end end = failed, got;
    memset(end.message, '=', sizeof end.message - 1); /* every byte takes three */
    end.message[sizeof end.message - 1] = '\0';
    cr_expect_eq(journal_end_make(f.job_fd, "n1", &end, NULL), 1);
    cr_expect_eq(journal_end_read(f.job_fd, &got, NULL), 1);
    cr_expect_str_eq(got.message, end.message);
    remove_folder(&f);
}
