/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain_text.h"

#include <string.h>

#define TEMPLATE "spec.jobTemplate."

/* clang-format off */
static const struct {
    const char *path, *text;
} texts[] = {
    {"", "Creates a Job at each time of a schedule."},
    {"apiVersion", "batch/v1"},
    {"kind", "CronJob"},
    {"metadata", "Name, labels and annotations. The name has at most 52 characters: the Jobs' names add a dash and the minutes since 1970 to it."},
    {"spec", "When Jobs are created, of what, and how many are kept. All of it can be changed."},
    {"spec.schedule", "Minute, hour, day of the month, month, day of the week (0 = Sunday); or @hourly, @daily, @weekly, @monthly, @yearly, @every 1h30m. Required."},
    {"spec.timeZone", "The zone that the schedule is read in, such as Europe/Berlin."},
    {"spec.startingDeadlineSeconds", "A run that could not be started within so many seconds of its time is left out. Default: the latest one that was missed is started, however late."},
    {"spec.concurrencyPolicy", "While Jobs run that it created before: Allow (default) starts the next one, Forbid waits for them to end, Replace deletes them."},
    {"spec.suspend", "Creates no Jobs; those that run go on. Once it goes on, the latest run that was missed starts. Default false."},
    {"spec.successfulJobsHistoryLimit", "How many Jobs that are complete are kept. Default 3."},
    {"spec.failedJobsHistoryLimit", "How many Jobs that have failed are kept. Default 1."},
    {"spec.jobTemplate", "The Job. Its labels and annotations are the Jobs'; its name is not used. Required."},
    {"spec.jobTemplate.metadata", "Labels and annotations of the Jobs."},
    {"spec.jobTemplate.metadata.name", "Not used."},
    {"spec.jobTemplate.metadata.generateName", "Not used."},
    {"spec.jobTemplate.metadata.namespace", "Not used."},
    {"status", "What the schedule has done."},
    {"status.active", "The Jobs that run."},
    {"status.lastScheduleTime", "The time of the schedule that the latest Job was created for."},
    {"status.lastSuccessfulTime", "When a Job was last complete."},
};
/* clang-format on */

const char *explain_cronjob_text(const char *path)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].path, path) == 0)
            return texts[i].text;
    size_t n = strlen(TEMPLATE);
    return strncmp(path, TEMPLATE, n) == 0 ? explain_text(path + n) : "";
}
