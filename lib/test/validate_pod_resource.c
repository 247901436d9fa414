/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_rows.h"

#define NOT_STANDARD "must be a standard resource type or fully qualified"

Test(validate_pod_resource, container)
{
    static const struct pod_row rows[] = {
        {"'resources':{'limits':{'foo':'1'}}",
         "resources.limits[foo]: Invalid value: \"foo\": " NOT_STANDARD
         "\nresources.limits[foo]: Invalid value: \"foo\": must be a standard resource for "
         "containers"},
        {"'resources':{'requests':{'pods':'1.5'}}",
         "resources.requests[pods]: Invalid value: \"pods\": must be a standard resource for "
         "containers\n"
         "resources.requests[pods]: Invalid value: \"1500m\": must be an integer"},
        {"'resources':{'limits':{'a b/c':'1'}}",
         "resources.limits[a b/c]: Invalid value: \"a b/c\": prefix part " SUBDOMAIN
         "\nresources.limits[a b/c]: Invalid value: \"a b/c\": doesn't follow extended resource "
         "name standard"},
        {"'resources':{'limits':{'requests.a/b':'1'}}",
         "resources.limits[requests.a/b]: Invalid value: \"requests.a/b\": doesn't follow extended "
         "resource name standard"},
        {"'resources':{'requests':{'cpu':'-1'}}",
         "resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0"},
        {"'resources':{'requests':{'cpu':'2','memory':'1Gi'},'limits':{'cpu':1,'memory':'1G'}}",
         "resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1\n"
         "resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit "
         "of 1G"},
        {"'resources':{'requests':{'nvidia.com/gpu':'1'}}",
         "resources.limits: Required value: Limit must be set for non overcommitable resources"},
        {"'resources':{'requests':{'nvidia.com/gpu':'1'},'limits':{'nvidia.com/gpu':'2'}}",
         "resources.requests: Invalid value: \"1\": must be equal to nvidia.com/gpu limit of 2"},
        {"'resources':{'limits':{'nvidia.com/gpu':'500m'}}",
         "resources.limits[nvidia.com/gpu]: Invalid value: \"500m\": must be an integer"},
        {"'resources':{'limits':{'hugepages-2Mi':'3Mi','cpu':'1'}}",
         "resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer "
         "multiple of hugepages-2Mi"},
        {"'resources':{'limits':{'hugepages-x':'2Mi','cpu':'1'}}",
         "resources.limits[hugepages-x]: Invalid value: \"2Mi\": 2Mi is not positive integer "
         "multiple of hugepages-x"},
        {"'resources':{'requests':{'hugepages-2Mi':'4Mi'}}",
         "resources.limits: Required value: Limit must be set for non overcommitable resources\n"
         "resources: Forbidden: HugePages require cpu or memory"},
        {"'resources':{'claims':[{'name':'x'}]}",
         "resources.claims[0]: Not found: \"x\": must be one of the names in "
         "pod.spec.resourceClaims which is empty"},
        {"'resources':{'limits':{'cpu':'1','memory':'1Gi','hugepages-2Mi':'4Mi','a.b/c':'3',"
         "'ephemeral-storage':'1'},'requests':{'cpu':'1','hugepages-2Mi':'4Mi','a.b/c':'3'}}",
         ""},
        {"'resources':{'requests':{'kubernetes.io/x':'1.5'}}", ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

Test(validate_pod_resource, claims)
{
    static const struct pod_row rows[] = {
        {"'resourceClaims':[{'name':'b','resourceClaimName':'x'},{'name':'a','resourceClaimName':"
         "'x'}],'containers':[{'name':'c','image':'i','resources':{'claims':[{},{'name':'z'},"
         "{'name':'a','request':'r'},{'name':'a','request':'r'},{'name':'a'},{'name':'b'},{'name':"
         "'b','request':'R'}]}}]",
         "containers[0].resources.claims[0]: Required value\n"
         "containers[0].resources.claims[1]: Not found: \"z\": must be one of the names in "
         "pod.spec.resourceClaims: a, b\n"
         "containers[0].resources.claims[3]: Duplicate value: \"a/r\"\n"
         "containers[0].resources.claims[4]: Duplicate value: \"a\"\n"
         "containers[0].resources.claims[6]: Duplicate value: \"b\""},
        {"'resourceClaims':[{'name':'a','resourceClaimTemplateName':'x'}],'containers':[{'name':"
         "'c','image':'i','resources':{'claims':[{'name':'a','request':'r'},{'name':'a','request':"
         "'s'}]}}]",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod_resource, overhead)
{
    static const struct pod_row rows[] = {
        {"'overhead':{'cpu':'-1','x':'1'}",
         "overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0\n"
         "overhead.limits[x]: Invalid value: \"x\": " NOT_STANDARD
         "\noverhead.limits[x]: Invalid value: \"x\": must be a standard resource for "
         "containers"},
        {"'overhead':{'cpu':'1'}", ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

#define TWO                                                                                        \
    "'containers':[{'name':'a','image':'i','resources':{'requests':{'cpu':'1','memory':'1Gi'},"    \
    "'limits':{'cpu':'3'}}},{'name':'b','image':'i','resources':{'requests':{'cpu':'500m',"        \
    "'memory':'512Mi'}}}],"

Test(validate_pod_resource, pod_level)
{
    static const struct pod_row rows[] = {
        {"'resources':{'limits':{'nvidia.com/gpu':'1','foo':'1'},'claims':[{'name':'x'}]}",
         "resources.claims: Forbidden: claims may not be set for Resources at pod-level\n"
         "resources.limits[nvidia.com/gpu]: Unsupported value: \"nvidia.com/gpu\": supported "
         "values: \"cpu\", \"hugepages-\", \"memory\"\n"
         "resources.limits[foo]: Invalid value: \"foo\": " NOT_STANDARD},
        {"'resources':{'limits':{'cpu':'1'},'requests':{'cpu':'2'}}",
         "resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"},
        {TWO "'resources':{'requests':{'cpu':'1','memory':'1Gi'}}",
         "resources.requests[cpu]: Invalid value: \"1\": must be greater than or equal to "
         "aggregate container requests of 1500m\n"
         "resources.requests[memory]: Invalid value: \"1Gi\": must be greater than or equal to "
         "aggregate container requests of 1536Mi"},
        {TWO "'resources':{'limits':{'cpu':'2'}}",
         "resources.containers[0][cpu].limits: Invalid value: \"3\": must be less than or equal to "
         "pod limits of 2"},
        {TWO "'initContainers':[{'name':'s','image':'i','restartPolicy':'Always','resources':"
             "{'requests':{'cpu':'1'}}},{'name':'j','image':'i','resources':{'requests':{'cpu':"
             "'2'}}}],'resources':{'requests':{'cpu':'2.9'}}",
         "resources.requests[cpu]: Invalid value: \"2900m\": must be greater than or equal to "
         "aggregate container requests of 3"},
        {"'os':{'name':'windows'},'resources':{'limits':{'x':'1'}}",
         "resources: Forbidden: may not be set for a windows pod"},
        {TWO "'resources':{'requests':{'cpu':'1.5','memory':'1536Mi'},'limits':{'cpu':'3'}}", ""},
        {"'resources':{}", ""},
    };
    pod_rows_run(IN_SPEC, rows);
}
