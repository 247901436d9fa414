/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_rows.h"

#define TEMPLATE "spec.jobTemplate.spec"

Test(validate_cron, fields)
{
    static const struct job_row rows[] = {
        {"", ""},
        {"'spec':{'schedule':''}", "spec.schedule: Required value"},
        {"'spec':{'schedule':null}", "spec.schedule: Required value"},
        {"'spec':{'schedule':'* * * *'}", "spec.schedule: Invalid value: \"* * * *\": expected "
                                          "exactly 5 fields, found 4: [* * * *]"},
        {"'spec':{'schedule':'TZ=UTC * * * * *'}",
         "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use TZ or CRON_TZ in "
         "schedule, use timeZone field instead"},
        {"'spec':{'timeZone':'Europe/Berlin'}", ""},
        {"'spec':{'timeZone':''}",
         "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string"},
        {"'spec':{'timeZone':'Nowhere/Land'}",
         "spec.timeZone: Invalid value: \"Nowhere/Land\": unknown time zone Nowhere/Land"},
        {"'spec':{'startingDeadlineSeconds':-1}", "spec.startingDeadlineSeconds: Invalid value: "
                                                  "-1: must be greater than or equal to 0"},
        {"'spec':{'concurrencyPolicy':'allow'}",
         "spec.concurrencyPolicy: Unsupported value: \"allow\": supported values: \"Allow\", "
         "\"Forbid\", \"Replace\""},
        {"'spec':{'concurrencyPolicy':''}", ""}, /* defaults to Allow */
        {"'spec':{'successfulJobsHistoryLimit':-1,'failedJobsHistoryLimit':-2}",
         "spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0\n"
         "spec.failedJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0"},
        {"'metadata':{'name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}", ""},
        {"'metadata':{'name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
         "metadata.name: Invalid value: "
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": must be no more than 52 "
         "characters"},
        {"'metadata':{'name':'a.b'}",
         "W metadata.name: this is used in Pod names and hostnames, which can result in surprising "
         "behavior; a DNS label is recommended: [must not contain dots]"},
    };
    CRON_JOB_ROWS(rows);
}

Test(validate_cron, job_template)
{
    static const struct job_row rows[] = {
        {"'spec':{'jobTemplate':{'spec':{'parallelism':-1,'template':{'spec':{'restartPolicy':"
         "'Always'}}}}}",
         TEMPLATE ".parallelism: Invalid value: -1: must be greater than or equal to 0\n" TEMPLATE
                  ".template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
                  "\"Never\""},
        {"'spec':{'jobTemplate':{'spec':{'selector':{'matchLabels':{'a':'b'}}}}}",
         TEMPLATE ".selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` will be "
                  "auto-generated"},
        {"'spec':{'jobTemplate':{'spec':{'manualSelector':true}}}",
         TEMPLATE ".manualSelector: Unsupported value: true: supported values: \"nil\", \"false\""},
        {"'spec':{'jobTemplate':{'spec':{'manualSelector':false}}}", ""},
        {"'spec':{'jobTemplate':{'spec':{'completionMode':'Indexed'}}}",
         TEMPLATE ".completions: Required value: when completion mode is Indexed"},
        {"'spec':{'jobTemplate':{'spec':{'backoffLimitPerIndex':1}}}",
         TEMPLATE ".backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"},
        {"'spec':{'jobTemplate':{'spec':{'podFailurePolicy':{'rules':[{'action':'FailIndex',"
         "'onPodConditions':[{'type':'A'}]}]}}}}",
         TEMPLATE ".podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the "
                  "backoffLimitPerIndex to be set"},
        /* the length of the pods' host names is found out when a Job is made */
        {"'metadata':{'name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'},'spec':"
         "{'jobTemplate':{'spec':{'completionMode':'Indexed','completions':100000}}}",
         ""},
        {"'spec':{'jobTemplate':{'spec':{'completionMode':'Indexed','completions':100001,"
         "'parallelism':10001}}}",
         "W spec.jobTemplate.spec: In Indexed Jobs with a number of completions higher than 10^5 "
         "and a parallelism higher than 10^4, Kubernetes might not be able to track "
         "completedIndexes when a big number of indexes fail"},
        {"'spec':{'jobTemplate':{'spec':{'template':{'spec':{'terminationGracePeriodSeconds':-1}}}}"
         "}",
         "W spec.jobTemplate.spec.template.spec.terminationGracePeriodSeconds: must be >= 0; "
         "negative values are invalid and will be treated as 1"},
    };
    CRON_JOB_ROWS(rows);
}
