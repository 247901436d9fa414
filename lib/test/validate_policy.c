/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_rows.h"

/* One failure rule, one success rule of a Job with five indexes. */
#define FAILURE(rule) "'spec':{'podFailurePolicy':{'rules':[" rule "]}}"
#define FAILURE_PATH  "spec.podFailurePolicy.rules"
#define PER_INDEX(rule)                                                                            \
    "'spec':{'completionMode':'Indexed','completions':5,'backoffLimitPerIndex':1,"                 \
    "'podFailurePolicy':{'rules':[" rule "]}}"
#define SUCCESS(rule)                                                                              \
    "'spec':{'completionMode':'Indexed','completions':5,'successPolicy':{'rules':[" rule "]}}"
#define SUCCESS_PATH "spec.successPolicy.rules"
#define PARSING      "error parsing succeededIndexes: "

Test(validate_policy, failure_rules)
{
    static const struct job_row rows[] = {
        {"'spec':{'podFailurePolicy':{}}", ""},
        {FAILURE(""), ""},
        {FAILURE("{'action':'FailJob','onExitCodes':{'operator':'In','values':[1]}}"), ""},
        {FAILURE("{'action':'Ignore','onPodConditions':[{'type':'DisruptionTarget'}]}"), ""},
        {FAILURE("{'action':'Count','onExitCodes':{'operator':'NotIn','values':[0,-1]}}"),
         FAILURE_PATH "[0].onExitCodes.values: Invalid value: [0,-1]: must be ordered"},
        {FAILURE("{'action':'Count','onExitCodes':{'operator':'NotIn','values':[-1,0,1]}}"), ""},
        /* action */
        {FAILURE("{'onExitCodes':{'operator':'In','values':[1]}}"),
         FAILURE_PATH "[0].action: Required value: valid values: [\"Count\" \"FailIndex\" "
                      "\"FailJob\" \"Ignore\"]"},
        {FAILURE("{'action':'failJob','onExitCodes':{'operator':'In','values':[1]}}"),
         FAILURE_PATH "[0].action: Unsupported value: \"failJob\": supported values: \"Count\", "
                      "\"FailIndex\", \"FailJob\", \"Ignore\""},
        {FAILURE("{'action':'FailIndex','onExitCodes':{'operator':'In','values':[1]}}"),
         FAILURE_PATH
         "[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be set"},
        {PER_INDEX("{'action':'FailIndex','onExitCodes':{'operator':'In','values':[1]}}"), ""},
        /* one requirement, not two */
        {FAILURE("{'action':'Count'}"),
         FAILURE_PATH "[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is "
                      "required"},
        {FAILURE("{'action':'Count','onPodConditions':[]}"),
         FAILURE_PATH "[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is "
                      "required"},
        {FAILURE("{'action':'Count','onExitCodes':{'operator':'In','values':[1]},'onPodConditions':"
                 "[{'type':'A'}]}"),
         FAILURE_PATH "[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not "
                      "supported"},
        {FAILURE("{'action':'Count','onExitCodes':{'operator':'In','values':[1]},'onPodConditions':"
                 "[]}"),
         ""},
        /* each rule is looked at */
        {FAILURE("{'action':'Ignore','onPodConditions':[{'type':'A'}]},{'action':'x'},{}"),
         FAILURE_PATH "[1].action: Unsupported value: \"x\": supported values: \"Count\", "
                      "\"FailIndex\", \"FailJob\", \"Ignore\"\n" FAILURE_PATH
                      "[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is "
                      "required\n" FAILURE_PATH
                      "[2].action: Required value: valid values: [\"Count\" \"FailIndex\" "
                      "\"FailJob\" \"Ignore\"]\n" FAILURE_PATH
                      "[2]: Invalid value: specifying one of OnExitCodes and OnPodConditions is "
                      "required"},
    };
    JOB_ROWS(rows);
}

Test(validate_policy, exit_codes)
{
#define CODES       FAILURE_PATH "[0].onExitCodes"
#define ON(members) FAILURE("{'action':'FailJob','onExitCodes':{" members "}}")
    static const struct job_row rows[] = {
        {ON(""), CODES ".operator: Required value: valid values: [\"In\" \"NotIn\"]\n" CODES
                       ".values: Invalid value: null: at least one value is required"},
        {ON("'operator':'in','values':[1]"),
         CODES ".operator: Unsupported value: \"in\": supported values: \"In\", \"NotIn\""},
        {ON("'operator':'In','values':[]"),
         CODES ".values: Invalid value: []: at least one value is required"},
        {ON("'operator':'In','values':[0,1]"),
         CODES ".values[0]: Invalid value: 0: must not be 0 for the In operator"},
        {ON("'operator':'NotIn','values':[0,1]"), ""},
        {ON("'operator':'In','values':[7,7,7]"),
         CODES ".values[1]: Duplicate value: 7\n" CODES ".values[2]: Duplicate value: 7"},
        {ON("'operator':'In','values':[7,3]"),
         CODES ".values: Invalid value: [7,3]: must be ordered"},
        {ON("'operator':'In','values':[3,7,3,0]"),
         CODES ".values[2]: Duplicate value: 3\n" CODES
               ".values[3]: Invalid value: 0: must not be 0 for the In operator\n" CODES
               ".values: Invalid value: [3,7,3,0]: must be ordered"},
        {ON("'operator':'In','values':[1],'containerName':'c'"), ""},
        {ON("'operator':'In','values':[1],'containerName':'x'"),
         CODES ".containerName: Invalid value: \"x\": must be one of the container or "
               "initContainer names in the pod template"},
        {ON("'operator':'In','values':[1],'containerName':''"),
         CODES ".containerName: Invalid value: \"\": must be one of the container or "
               "initContainer names in the pod template"},
        {"'spec':{'podFailurePolicy':{'rules':[{'action':'FailJob','onExitCodes':{'operator':'In',"
         "'values':[1],'containerName':'setup'}}]},'template':{'spec':{'initContainers':[{'name':"
         "'setup','image':'i'}]}}}",
         ""},
    };
    JOB_ROWS(rows);
}

Test(validate_policy, pod_conditions)
{
#define PATTERN       FAILURE_PATH "[0].onPodConditions[0]"
#define WHEN(pattern) FAILURE("{'action':'Ignore','onPodConditions':[" pattern "]}")
    static const struct job_row rows[] = {
        {WHEN("{'type':'DisruptionTarget'}"), ""}, /* the status defaults to True */
        {WHEN("{'type':'a.io/B','status':'Unknown'}"), ""},
        {WHEN("{'type':'A','status':'False'},{'type':'A','status':'True'}"), ""},
        {WHEN("{'type':'A','status':'true'}"),
         PATTERN ".status: Unsupported value: \"true\": supported values: \"False\", \"True\", "
                 "\"Unknown\""},
        {WHEN("{'type':'a b','status':'True'}"), PATTERN
         ".type: Invalid value: \"a b\": name part must consist of alphanumeric "
         "characters, '-', '_' or '.', and must start and end with an alphanumeric "
         "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation "
         "is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"},
        {WHEN("{}"),
         PATTERN ".type: Invalid value: \"\": name part must be non-empty\n" PATTERN
                 ".type: Invalid value: \"\": name part must consist of alphanumeric characters, "
                 "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
                 "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                 "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"},
    };
    JOB_ROWS(rows);
}

Test(validate_policy, success_rules)
{
    static const struct job_row rows[] = {
        {SUCCESS("{'succeededIndexes':'0-4','succeededCount':5}"), ""},
        {SUCCESS("{'succeededIndexes':'0,2-3'},{'succeededCount':1}"), ""},
        {SUCCESS("{'succeededIndexes':''}"), ""},
        {SUCCESS(""), SUCCESS_PATH ": Required value: at least one rules must be specified when "
                                   "the successPolicy is specified"},
        {"'spec':{'completionMode':'Indexed','completions':5,'successPolicy':{}}",
         SUCCESS_PATH ": Required value: at least one rules must be specified when the "
                      "successPolicy is specified"},
        {"'spec':{'successPolicy':{'rules':[{'succeededCount':1}]}}",
         "spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires "
         "indexed "
         "completion mode"},
        {"'spec':{'completionMode':'Indexed','parallelism':2,'successPolicy':{'rules':[{},"
         "{'succeededCount':-1}]}}",
         "spec.completions: Required value: when completion mode is Indexed"},
        {SUCCESS("{}"), SUCCESS_PATH "[0]: Required value: at least one of succeededCount or "
                                     "succeededIndexes must be specified"},
        {SUCCESS("{'succeededCount':-1}"),
         SUCCESS_PATH "[0].succeededCount: Invalid value: -1: must be greater than or equal to 0"},
        {SUCCESS("{'succeededCount':6}"),
         SUCCESS_PATH "[0].succeededCount: Invalid value: 6: must be less than or equal to 5 (the "
                      "number of specified completions)"},
        {SUCCESS("{'succeededIndexes':'0-1','succeededCount':3}"),
         SUCCESS_PATH "[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the "
                      "number of indexes in the specified succeededIndexes field)"},
        {SUCCESS("{'succeededIndexes':'0-1','succeededCount':6}"),
         SUCCESS_PATH "[0].succeededCount: Invalid value: 6: must be less than or equal to 5 (the "
                      "number of specified completions)\n" SUCCESS_PATH
                      "[0].succeededCount: Invalid value: 6: must be less than or equal to 2 (the "
                      "number of indexes in the specified succeededIndexes field)"},
        {SUCCESS("{'succeededIndexes':'5'}"), SUCCESS_PATH
         "[0].succeededIndexes: Invalid value: \"5\": " PARSING "too large index: \"5\""},
        {SUCCESS("{'succeededIndexes':'3-3'}"),
         SUCCESS_PATH "[0].succeededIndexes: Invalid value: \"3-3\": " PARSING
                      "non-increasing order, previous: 3, current: 3"},
        {SUCCESS("{'succeededIndexes':'2,1'}"),
         SUCCESS_PATH "[0].succeededIndexes: Invalid value: \"2,1\": " PARSING
                      "non-increasing order, previous: 2, current: 1"},
        {SUCCESS("{'succeededIndexes':'x'}"),
         SUCCESS_PATH "[0].succeededIndexes: Invalid value: \"x\": " PARSING
                      "cannot convert string to integer for index: \"x\""},
        {SUCCESS("{'succeededIndexes':'0-1-2'}"),
         SUCCESS_PATH "[0].succeededIndexes: Invalid value: \"0-1-2\": " PARSING
                      "the fragment \"0-1-2\" violates the requirement that an index interval can "
                      "have at most two parts separated by '-'"},
    };
    JOB_ROWS(rows);
}

/* A list of n times the same element, as a patch. Owned by the caller. */
static char *repeated(const char *head, const char *element, size_t n, const char *tail)
{
    struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, head);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&b, "%s%s", i ? "," : "", element);
    strbuf_adds(&b, tail);
    return strbuf_steal(&b);
}

Test(validate_policy, too_many)
{
    static const struct {
        const char *head, *element, *tail;
        size_t max;
        const char *error;
    } rows[] = {
        {"'spec':{'podFailurePolicy':{'rules':[",
         "{'action':'Count','onPodConditions':[{'type':'A'}]}", "]}}", 20,
         FAILURE_PATH ": Too many: 21: must have at most 20 items"},
        {"'spec':{'podFailurePolicy':{'rules':[{'action':'Count','onPodConditions':[",
         "{'type':'A'}", "]}]}}", 20,
         FAILURE_PATH "[0].onPodConditions: Too many: 21: must have at most 20 items"},
        {"'spec':{'completionMode':'Indexed','completions':5,'successPolicy':{'rules':[",
         "{'succeededCount':1}", "]}}", 20,
         SUCCESS_PATH ": Too many: 21: must have at most 20 items"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_free char *most =
            repeated(rows[i].head, rows[i].element, rows[i].max, rows[i].tail);
        cleanup_free char *more =
            repeated(rows[i].head, rows[i].element, rows[i].max + 1, rows[i].tail);
        const struct job_row both[] = {{most, ""}, {more, rows[i].error}};
        JOB_ROWS(both);
    }
}

/* 255 exit codes are allowed; 200,000 are refused in time. */
Test(validate_policy, many_exit_codes)
{
    static const size_t counts[] = {255, 256, 200000};
    for (size_t c = 0; c < 3; c++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        char want[128] = "";
        strbuf_adds(&b, "'spec':{'podFailurePolicy':{'rules':[{'action':'FailJob','onExitCodes':"
                        "{'operator':'In','values':[");
        for (size_t i = 0; i < counts[c]; i++)
            strbuf_addf(&b, "%s%zu", i ? "," : "", i + 1);
        strbuf_adds(&b, "]}}]}}");
        if (counts[c] > 255)
            snprintf(want, sizeof want,
                     FAILURE_PATH
                     "[0].onExitCodes.values: Too many: %zu: must have at most 255 items",
                     counts[c]);
        const struct job_row row[] = {{strbuf_str(&b), want}};
        JOB_ROWS(row);
    }
}

Test(validate_policy, long_indexes)
{
    static const struct {
        size_t pieces;
        const char *want;
    } rows[] = {
        {9361, ""}, /* 65,526 bytes */
        {9363, SUCCESS_PATH "[0].succeededIndexes: Too long: may not be more than 65536 bytes"},
    };
    for (size_t r = 0; r < 2; r++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "'spec':{'completionMode':'Indexed','completions':1000000,"
                        "'successPolicy':{'rules':[{'succeededIndexes':'");
        for (size_t i = 0; i < rows[r].pieces; i++)
            strbuf_addf(&b, "%s%06zu", i ? "," : "", 100000 + i);
        strbuf_adds(&b, "'}]}}");
        const struct job_row row[] = {{strbuf_str(&b), rows[r].want}};
        JOB_ROWS(row);
    }
}
