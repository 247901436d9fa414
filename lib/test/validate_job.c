/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_rows.h"

#define NAME63          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NOT_NEG         "must be greater than or equal to 0"
#define DNS_LABEL(host) "will not able to create pod with invalid DNS label: " host
#define SUBDOMAIN                                                                                  \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "   \
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "  \
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

Test(validate_job, scalars)
{
    static const struct job_row rows[] = {
        {"", ""},
        {"'spec':{'parallelism':-1}", "spec.parallelism: Invalid value: -1: " NOT_NEG},
        {"'spec':{'completions':-1}", "spec.completions: Invalid value: -1: " NOT_NEG},
        {"'spec':{'activeDeadlineSeconds':-9223372036854775808}",
         "spec.activeDeadlineSeconds: Invalid value: -9223372036854775808: " NOT_NEG},
        {"'spec':{'backoffLimit':-1}", "spec.backoffLimit: Invalid value: -1: " NOT_NEG},
        {"'spec':{'ttlSecondsAfterFinished':-2147483648}",
         "spec.ttlSecondsAfterFinished: Invalid value: -2147483648: " NOT_NEG},
        {"'spec':{'completionMode':'Indexed','completions':2,'backoffLimitPerIndex':-1,"
         "'maxFailedIndexes':-1}",
         "spec.backoffLimitPerIndex: Invalid value: -1: " NOT_NEG
         "\nspec.maxFailedIndexes: Invalid value: -1: " NOT_NEG},
        {"'spec':{'parallelism':0,'completions':0,'activeDeadlineSeconds':0,'backoffLimit':0,"
         "'ttlSecondsAfterFinished':0}",
         ""},
        {"'spec':{'ttlSecondsAfterFinished':-1,'parallelism':-2,'completions':-3,"
         "'backoffLimit':-5,'activeDeadlineSeconds':-4}",
         "spec.parallelism: Invalid value: -2: " NOT_NEG
         "\nspec.completions: Invalid value: -3: " NOT_NEG
         "\nspec.activeDeadlineSeconds: Invalid value: -4: " NOT_NEG
         "\nspec.backoffLimit: Invalid value: -5: " NOT_NEG
         "\nspec.ttlSecondsAfterFinished: Invalid value: -1: " NOT_NEG},
    };
    JOB_ROWS(rows);
}

Test(validate_job, completion_mode)
{
    static const struct job_row rows[] = {
        {"'spec':{'completionMode':'indexed'}",
         "spec.completionMode: Unsupported value: \"indexed\": supported values: \"NonIndexed\", "
         "\"Indexed\""},
        {"'spec':{'completionMode':''}",
         "spec.completionMode: Unsupported value: \"\": supported values: \"NonIndexed\", "
         "\"Indexed\""},
        {"'spec':{'completionMode':'Indexed','parallelism':2}",
         "spec.completions: Required value: when completion mode is Indexed"},
        {"'spec':{'completionMode':'Indexed'}", ""}, /* both default to 1 */
        {"'spec':{'backoffLimitPerIndex':1}",
         "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"},
        {"'spec':{'backoffLimitPerIndex':0,'maxFailedIndexes':0}",
         "spec.backoffLimitPerIndex: Invalid value: 0: requires indexed completion mode\n"
         "spec.maxFailedIndexes: Invalid value: 0: requires indexed completion mode"},
        {"'spec':{'completionMode':'NonIndexed','maxFailedIndexes':1}",
         "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified\n"
         "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode"},
        {"'spec':{'completionMode':'Indexed','completions':5,'maxFailedIndexes':1}",
         "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified"},
        {"'spec':{'completionMode':'Indexed','completions':5,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':6}",
         "spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions"},
        {"'spec':{'completionMode':'Indexed','completions':5,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':5}",
         ""},
        {"'spec':{'completionMode':'Indexed','completions':5,'parallelism':100000}", ""},
        {"'spec':{'completionMode':'Indexed','completions':5,'parallelism':100001}",
         "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when "
         "completion mode is Indexed"},
        {"'spec':{'parallelism':100001}", ""}, /* not Indexed: no limit */
    };
    JOB_ROWS(rows);
}

#define MANY "when completions are above 100000 and used with backoff limit per index"
#define WARNING                                                                                    \
    "W spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism "     \
    "higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number "  \
    "of indexes fail"

/* The rules that begin at 100,000 completions. */
Test(validate_job, many_completions)
{
    static const struct job_row rows[] = {
        {"'spec':{'completionMode':'Indexed','completions':100001}", ""},
        {"'spec':{'completionMode':'Indexed','completions':100001,'parallelism':10000}", ""},
        {"'spec':{'completionMode':'Indexed','completions':100001,'parallelism':10001}", WARNING},
        {"'spec':{'completionMode':'Indexed','completions':100000,'parallelism':10001}", ""},
        {"'spec':{'completions':100001,'parallelism':10001}", ""},
        {"'spec':{'completionMode':'Indexed','completions':100000,'parallelism':10001,"
         "'backoffLimitPerIndex':1}",
         ""},
        {"'spec':{'completionMode':'Indexed','completions':100001,'backoffLimitPerIndex':1}",
         "spec.maxFailedIndexes: Required value: must be specified when completions is above "
         "100000"},
        {"'spec':{'completionMode':'Indexed','completions':100001,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':10000,'parallelism':10000}",
         ""},
        {"'spec':{'completionMode':'Indexed','completions':100001,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':10001,'parallelism':10001}",
         "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 " MANY
         "\nspec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to "
         "10000 " MANY},
        {"'spec':{'completionMode':'Indexed','completions':200000,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':100001}",
         "spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 100000\n"
         "spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 10000 " MANY},
        {"'spec':{'completionMode':'Indexed','completions':100000,'backoffLimitPerIndex':1,"
         "'maxFailedIndexes':100000}",
         ""},
        {"'spec':{'completionMode':'Indexed','completions':100001,'parallelism':100001,"
         "'backoffLimitPerIndex':1,'maxFailedIndexes':1}",
         "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when "
         "completion mode is Indexed\n"
         "spec.parallelism: Invalid value: 100001: must be less than or equal to 10000 " MANY},
    };
    JOB_ROWS(rows);
}

Test(validate_job, managed_by)
{
    static const struct job_row rows[] = {
        {"'spec':{'managedBy':'acme.io/foo'}", ""},
        {"'spec':{'managedBy':'kubernetes.io/job-controller'}", ""},
        {"'spec':{'managedBy':'acme.io/a/b~c!$'}", ""},
        {"'spec':{'managedBy':''}", "spec.managedBy: Required value"},
        {"'spec':{'managedBy':'foo'}",
         "spec.managedBy: Invalid value: \"foo\": must be a domain-prefixed path (such as "
         "\"acme.io/foo\")"},
        {"'spec':{'managedBy':'/foo'}",
         "spec.managedBy: Invalid value: \"/foo\": must be a domain-prefixed path (such as "
         "\"acme.io/foo\")"},
        {"'spec':{'managedBy':'acme.io/'}",
         "spec.managedBy: Invalid value: \"acme.io/\": must be a domain-prefixed path (such as "
         "\"acme.io/foo\")"},
        {"'spec':{'managedBy':'ACME/foo'}", "spec.managedBy: Invalid value: \"ACME\": " SUBDOMAIN},
        {"'spec':{'managedBy':'acme.io/f o'}",
         "spec.managedBy: Invalid value: \"f o\": Invalid path (regex used for validation is "
         "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"},
        {"'spec':{'managedBy':'a.io/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
         ""},
        {"'spec':{'managedBy':'a.io/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
         "spec.managedBy: Too long: may not be more than 63 bytes"},
    };
    JOB_ROWS(rows);
}

Test(validate_job, restart_and_replacement)
{
    static const struct job_row rows[] = {
        {"'spec':{'template':{'spec':{'restartPolicy':'OnFailure'}}}", ""},
        {"'spec':{'template':{'spec':{'restartPolicy':'Always'}}}",
         "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
         "\"Never\""},
        {"'spec':{'template':{'spec':{'restartPolicy':null}}}",
         "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
         "\"Never\""},
        {"'spec':{'template':{'spec':{'restartPolicy':'never'}}}",
         "spec.template.spec.restartPolicy: Unsupported value: \"never\": supported values: "
         "\"Always\", \"OnFailure\", \"Never\"\n"
         "spec.template.spec.restartPolicy: Unsupported value: \"never\": supported values: "
         "\"OnFailure\", \"Never\""},
        {"'spec':{'podFailurePolicy':{'rules':[]},'template':{'spec':{'restartPolicy':"
         "'OnFailure'}}}",
         "spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is "
         "supported when podFailurePolicy is specified"},
        {"'spec':{'podReplacementPolicy':'Failed'}", ""},
        {"'spec':{'podReplacementPolicy':'TerminatingOrFailed'}", ""},
        {"'spec':{'podReplacementPolicy':'Never'}",
         "spec.podReplacementPolicy: Unsupported value: \"Never\": supported values: \"Failed\", "
         "\"TerminatingOrFailed\""},
        {"'spec':{'podReplacementPolicy':''}",
         "spec.podReplacementPolicy: Unsupported value: \"\": supported values: \"Failed\", "
         "\"TerminatingOrFailed\""},
        {"'spec':{'podReplacementPolicy':'TerminatingOrFailed','podFailurePolicy':{'rules':[]}}",
         "spec.podReplacementPolicy: Unsupported value: \"TerminatingOrFailed\": supported values: "
         "\"Failed\""},
        {"'spec':{'podFailurePolicy':{'rules':[]}}", ""}, /* the default is Failed then */
    };
    JOB_ROWS(rows);
}

#define UID "00000000-0000-0000-0000-000000000000"

Test(validate_job, selector)
{
    static const struct job_row rows[] = {
        {"'spec':{'manualSelector':true}",
         "spec.selector: Required value\n"
         "spec.template.metadata.labels: Invalid value: null: `selector` does not match template "
         "`labels`"},
        {"'spec':{'manualSelector':true,'selector':{'matchLabels':{'a':'b'}},'template':"
         "{'metadata':{'labels':{'a':'b','c':'d'}}}}",
         ""},
        {"'spec':{'manualSelector':true,'selector':{'matchLabels':{'a':'b'}},'template':"
         "{'metadata':{'labels':{'a':'c'}}}}",
         "spec.template.metadata.labels: Invalid value: {\"a\":\"c\"}: `selector` does not match "
         "template `labels`"},
        {"'spec':{'manualSelector':true,'selector':{},'template':{'metadata':{'labels':{'a':"
         "'c'}}}}",
         ""}, /* an empty selector matches everything */
        {"'spec':{'manualSelector':true,'selector':{'matchExpressions':[{'key':'a','operator':"
         "'In','values':['b','c']}]},'template':{'metadata':{'labels':{'a':'c'}}}}",
         ""},
        {"'spec':{'manualSelector':true,'selector':{'matchExpressions':[{'key':'a','operator':"
         "'x'}]},'template':{'metadata':{'labels':{'a':'c'}}}}",
         "spec.selector.matchExpressions[0].operator: Invalid value: \"x\": not a valid selector "
         "operator"},
        {"'spec':{'manualSelector':true,'selector':{'matchExpressions':[{'key':'a','operator':"
         "'In'},{'key':'a','operator':'Exists','values':['x']}]}}",
         "spec.selector.matchExpressions[0].values: Required value: must be specified when "
         "`operator` is 'In' or 'NotIn'\n"
         "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when "
         "`operator` is 'Exists' or 'DoesNotExist'"},
        /* without manualSelector the labels of the template are the server's */
        {"'spec':{'selector':{'matchLabels':{'job-name':'demo'}}}", ""},
        {"'spec':{'selector':{'matchLabels':{'job-name':'other'}}}",
         "spec.selector: Invalid value: {\"matchLabels\":{\"job-name\":\"other\","
         "\"batch.kubernetes.io/controller-uid\":\"" UID "\"}}: `selector` not auto-generated\n"
         "spec.template.metadata.labels: Invalid value: {\"controller-uid\":\"" UID
         "\",\"batch.kubernetes.io/controller-uid\":\"" UID
         "\",\"job-name\":\"demo\",\"batch.kubernetes.io/job-name\":\"demo\"}: `selector` does not "
         "match template `labels`"},
        {"'spec':{'template':{'metadata':{'labels':{'job-name':'x'}}}}",
         "spec.template.metadata.labels[job-name]: Invalid value: {\"job-name\":\"x\","
         "\"controller-uid\":\"" UID "\",\"batch.kubernetes.io/controller-uid\":\"" UID
         "\",\"batch.kubernetes.io/job-name\":\"demo\"}: must be 'demo'"},
        {"'spec':{'template':{'metadata':{'labels':{'job-name':'demo'}}}}", ""},
        {"'spec':{'manualSelector':true,'selector':{'matchLabels':{'job-name':'x'}},'template':"
         "{'metadata':{'labels':{'job-name':'x'}}}}",
         ""},
    };
    JOB_ROWS(rows);
}

#define DNS_WARNING                                                                                \
    "W metadata.name: this is used in Pod names and hostnames, which can result in surprising "    \
    "behavior; a DNS label is recommended: [must not contain dots]"

Test(validate_job, pod_hostname)
{
    static const struct job_row rows[] = {
        {"'metadata':{'name':'a.b'},'spec':{'completionMode':'Indexed','completions':1}",
         "metadata.name: Invalid value: \"a.b\": " DNS_LABEL("a.b-0")},
        {"'metadata':{'name':'a.b'},'spec':{'completionMode':'Indexed','completions':0,"
         "'parallelism':1}",
         DNS_WARNING},
        {"'metadata':{'name':'a.b'}", DNS_WARNING},
        {"'metadata':{'name':'" NAME63 "a'},'spec':{'manualSelector':true,'selector':{}}",
         "W metadata.name: this is used in Pod names and hostnames, which can result in surprising "
         "behavior; a DNS label is recommended: [must be no more than 63 characters]"},
        {"'metadata':{'name':'" NAME63 "'}", ""},
        {"'metadata':{'name':'" NAME63 "'},'spec':{'completionMode':'Indexed','completions':1}",
         "metadata.name: Invalid value: \"" NAME63 "\": " DNS_LABEL(NAME63 "-0")},
        /* 58 + "-" + 4 digits = 63; one digit more is too much */
        {"'metadata':{'name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'},'spec':"
         "{'completionMode':'Indexed','completions':10000}",
         ""},
        {"'metadata':{'name':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'},'spec':"
         "{'completionMode':'Indexed','completions':10001}",
         "metadata.name: Invalid value: "
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": " DNS_LABEL(
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-10000")},
        {"'metadata':{'name':null,'generateName':'gen-'}", ""},
        {"'metadata':{'name':null}",
         "metadata.name: Required value: name or generateName is required"},
    };
    JOB_ROWS(rows);
}

/* All at once, in the order of the API server. */
Test(validate_job, order)
{
    static const struct job_row rows[] = {
        {"'metadata':{'name':'A'},'spec':{'parallelism':-1,'completionMode':'x','managedBy':'',"
         "'podFailurePolicy':{'rules':[{'action':'x'}]},'successPolicy':{},'podReplacementPolicy':"
         "'x','manualSelector':true,'template':{'spec':{'restartPolicy':'OnFailure','containers':"
         "[]}}}",
         "metadata.name: Invalid value: \"A\": " SUBDOMAIN
         "\nspec.parallelism: Invalid value: -1: " NOT_NEG "\nspec.managedBy: Required value\n"
         "spec.completionMode: Unsupported value: \"x\": supported values: \"NonIndexed\", "
         "\"Indexed\"\n"
         "spec.podFailurePolicy.rules[0].action: Unsupported value: \"x\": supported values: "
         "\"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"\n"
         "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and "
         "OnPodConditions is required\n"
         "spec.successPolicy: Invalid value: {\"rules\":null}: requires indexed completion mode\n"
         "spec.podReplacementPolicy: Unsupported value: \"x\": supported values: \"Failed\"\n"
         "spec.template.spec.containers: Required value\n"
         "spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is "
         "supported when podFailurePolicy is specified\n"
         "spec.selector: Required value\n"
         "spec.template.metadata.labels: Invalid value: null: `selector` does not match template "
         "`labels`"},
    };
    JOB_ROWS(rows);
}
