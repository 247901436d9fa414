/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_rows.h"

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"
#define TERMS     "nodeAffinity." REQUIRED ".nodeSelectorTerms"
#define EXPR(x)                                                                                    \
    "'nodeAffinity':{'" REQUIRED "':{'nodeSelectorTerms':[{'matchExpressions':[" x "]}]}}"
#define FIELD(x) "'nodeAffinity':{'" REQUIRED "':{'nodeSelectorTerms':[{'matchFields':[" x "]}]}}"

Test(validate_pod_scheduling, node_affinity)
{
    static const struct pod_row rows[] = {
        {"'nodeAffinity':{'" REQUIRED "':{'nodeSelectorTerms':[]}}",
         TERMS ": Required value: must have at least one node selector term"},
        {EXPR("{'key':'k','operator':'In'}"),
         TERMS "[0].matchExpressions[0].values: Required value: must be specified when `operator` "
               "is 'In' or 'NotIn'"},
        {EXPR("{'key':'k','operator':'Exists','values':['x']}"),
         TERMS "[0].matchExpressions[0].values: Forbidden: may not be specified when `operator` is "
               "'Exists' or 'DoesNotExist'"},
        {EXPR("{'key':'k','operator':'Gt','values':['1','2']}"),
         TERMS "[0].matchExpressions[0].values: Required value: must be specified single value "
               "when `operator` is 'Lt' or 'Gt'"},
        {EXPR("{'key':'a b','operator':'x'}"), TERMS
         "[0].matchExpressions[0].operator: Invalid value: \"x\": not a valid selector "
         "operator\n" TERMS "[0].matchExpressions[0].key: Invalid value: \"a b\": " NAME_PART},
        {EXPR("{'key':'k','operator':'In','values':['a','-']}"),
         TERMS "[0].matchExpressions[0].values[1]: Invalid value: \"-\": " LABEL_VALUE},
        {FIELD("{'key':'k','operator':'Exists'}"),
         TERMS "[0].matchFields[0].operator: Invalid value: \"Exists\": not a valid selector "
               "operator\n" TERMS
               "[0].matchFields[0].key: Invalid value: \"k\": not a valid field selector key"},
        {FIELD("{'key':'metadata.name','operator':'In','values':['a','B']}"),
         TERMS "[0].matchFields[0].values: Required value: must be only one value when `operator` "
               "is 'In' or 'NotIn' for node field selector\n" TERMS
               "[0].matchFields[0].values[1]: Invalid value: \"B\": " SUBDOMAIN},
        {"'nodeAffinity':{'" PREFERRED "':[{'weight':0,'preference':{}},{'weight':101,'preference':"
         "{'matchExpressions':[{'key':'k','operator':'In','values':['-']}]}}]}",
         "nodeAffinity." PREFERRED "[0].weight: Invalid value: 0: must be in the range 1-100\n"
         "nodeAffinity." PREFERRED "[1].weight: Invalid value: 101: must be in the range 1-100"},
        {EXPR("{'key':'a/b','operator':'Lt','values':['5']},{'key':'k','operator':'DoesNotExist'}"),
         ""},
        {FIELD("{'key':'metadata.name','operator':'NotIn','values':['n1']}"), ""},
    };
    pod_rows_run(IN_AFFINITY, rows);
}

Test(validate_pod_scheduling, pod_affinity)
{
    static const struct pod_row rows[] = {
        {"'podAffinity':{'" REQUIRED "':[{}]}",
         "podAffinity." REQUIRED "[0].topologyKey: Required value: can not be empty\n"
         "podAffinity." REQUIRED "[0].topologyKey: Invalid value: \"\": name part must be "
         "non-empty\n"
         "podAffinity." REQUIRED "[0].topologyKey: Invalid value: \"\": " NAME_PART},
        {"'podAntiAffinity':{'" PREFERRED "':[{'weight':0,'podAffinityTerm':{'topologyKey':'k',"
         "'namespaces':['N'],'namespaceSelector':{'matchLabels':{'a':'-'}}}}]}",
         "podAntiAffinity." PREFERRED "[0].weight: Invalid value: 0: must be in the range 1-100\n"
         "podAntiAffinity." PREFERRED
         "[0].podAffinityTerm.namespaceSelector.matchLabels: Invalid value: \"-\": " LABEL_VALUE
         "\npodAntiAffinity." PREFERRED
         "[0].podAffinityTerm.namespace: Invalid value: \"N\": " LABEL},
        {"'podAffinity':{'" REQUIRED "':[{'topologyKey':'k','matchLabelKeys':['a'],"
         "'mismatchLabelKeys':['a']}]}",
         "podAffinity." REQUIRED "[0].matchLabelKeys: Forbidden: must not be specified when "
         "labelSelector is not set\n"
         "podAffinity." REQUIRED "[0].mismatchLabelKeys: Forbidden: must not be specified when "
         "labelSelector is not set\n"
         "podAffinity." REQUIRED "[0].matchLabelKeys[0]: Invalid value: \"a\": exists in both "
         "matchLabelKeys and mismatchLabelKeys"},
        {"'podAffinity':{'" REQUIRED "':[{'topologyKey':'k','matchLabelKeys':['b','a'],"
         "'labelSelector':{'matchLabels':{'a':'x'},'matchExpressions':[{'key':'a','operator':"
         "'Exists'}]}}]}",
         "podAffinity." REQUIRED "[0][1]: Invalid value: \"a\": exists in both matchLabelKeys and "
         "labelSelector"},
        {"'podAffinity':{'" REQUIRED "':[{'topologyKey':'k','labelSelector':{'matchExpressions':"
         "[{'key':'a','operator':'x'},{'key':'a','operator':'In','values':['-']}]}}]}",
         "podAffinity." REQUIRED "[0].labelSelector.matchExpressions[0].operator: Invalid value: "
         "\"x\": not a valid selector operator\n"
         "podAffinity." REQUIRED
         "[0].labelSelector.matchExpressions[1].values[0]: Invalid value: \"-\": " LABEL_VALUE},
        {"'podAntiAffinity':{'" REQUIRED "':[{'topologyKey':'kubernetes.io/hostname',"
         "'labelSelector':{'matchLabels':{'a':'b'}},'matchLabelKeys':['c']}]}",
         ""},
    };
    pod_rows_run(IN_AFFINITY, rows);
}

Test(validate_pod_scheduling, tolerations)
{
    static const struct pod_row rows[] = {
        {"'tolerations':[{}]", "tolerations[0].operator: Invalid value: \"\": operator must be "
                               "Exists when `key` is empty, which means \"match all values and "
                               "all keys\""},
        {"'tolerations':[{'key':'a b','operator':'Exists','value':'x'}]",
         "tolerations[0].key: Invalid value: \"a b\": " NAME_PART
         "\ntolerations[0].operator: Invalid value: \"x\": value must be empty when `operator` is "
         "'Exists'"},
        {"'tolerations':[{'key':'a','effect':'NoSchedule','tolerationSeconds':3}]",
         "tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when "
         "`tolerationSeconds` is set"},
        {"'tolerations':[{'key':'a','operator':'x','effect':'y'}]",
         "tolerations[0].operator: Unsupported value: \"x\": supported values: \"Equal\", "
         "\"Exists\"\n"
         "tolerations[0].effect: Unsupported value: \"y\": supported values: \"NoSchedule\", "
         "\"PreferNoSchedule\", \"NoExecute\""},
        {"'tolerations':[{'key':'a','operator':'Gt','value':'5'}]",
         "tolerations[0].operator: Unsupported value: \"Gt\": supported values: \"Equal\", "
         "\"Exists\", \"Lt\", \"Gt\""},
        {"'tolerations':[{'key':'a','value':'-'}]",
         "tolerations[0].operator: Invalid value: \"-\": " LABEL_VALUE},
        {"'tolerations':[{'operator':'Exists'},{'key':'a','value':'b','effect':'NoExecute',"
         "'tolerationSeconds':0}]",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod_scheduling, topology_spread)
{
    static const struct pod_row rows[] = {
        {"'topologySpreadConstraints':[{}]",
         "topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero\n"
         "topologySpreadConstraints[0].topologyKey: Required value: can not be empty\n"
         "topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"\": supported "
         "values: \"DoNotSchedule\", \"ScheduleAnyway\""},
        {"'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'k','whenUnsatisfiable':"
         "'ScheduleAnyway','minDomains':0,'nodeAffinityPolicy':'x','nodeTaintsPolicy':'y'},"
         "{'maxSkew':2,'topologyKey':'k','whenUnsatisfiable':'ScheduleAnyway','matchLabelKeys':"
         "['a']}]",
         "topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "
         "\"{k, ScheduleAnyway}\"\n"
         "topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero\n"
         "topologySpreadConstraints[0].minDomains: Invalid value: 0: can only use minDomains if "
         "whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway\n"
         "topologySpreadConstraints[0].nodeAffinityPolicy: Unsupported value: \"x\": supported "
         "values: \"Honor\", \"Ignore\"\n"
         "topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: \"y\": supported "
         "values: \"Honor\", \"Ignore\"\n"
         "topologySpreadConstraints[1].matchLabelKeys: Forbidden: must not be specified when "
         "labelSelector is not set"},
        {"'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'k','whenUnsatisfiable':"
         "'DoNotSchedule','minDomains':2,'labelSelector':{'matchLabels':{'a':'b'}},"
         "'matchLabelKeys':['c'],'nodeAffinityPolicy':'Ignore'},{'maxSkew':1,'topologyKey':'k',"
         "'whenUnsatisfiable':'ScheduleAnyway'}]",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod_scheduling, warnings)
{
    static const struct pod_row rows[] = {
        {"'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
         "[{'matchExpressions':[{'key':'beta.kubernetes.io/os','operator':'In','values':['-']}]}]},"
         "'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,'preference':"
         "{'matchExpressions':[{'key':'beta.kubernetes.io/arch','operator':'In','values':"
         "['a','-']}]}}]}",
         "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
         ".matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "
         "\"kubernetes.io/os\" instead\n"
         "nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference"
         ".matchExpressions[0].key: beta.kubernetes.io/arch is deprecated since v1.14; use "
         "\"kubernetes.io/arch\" instead\n"
         "nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference"
         ".matchExpressions[0].values[1]: " LABEL_VALUE},
        {"'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'k'}]},"
         "'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,"
         "'podAffinityTerm':{'topologyKey':'k'}},{'weight':1,'podAffinityTerm':{'topologyKey':'k',"
         "'labelSelector':{}}}]}",
         "podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null "
         "labelSelector results in matching no pod\n"
         "podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm"
         ".labelSelector: a null labelSelector results in matching no pod"},
    };
    pod_rows_warn(IN_AFFINITY, rows);
}
