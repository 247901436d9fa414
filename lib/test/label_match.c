/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>

#include "cleanup.h"
#include "json_text.h"
#include "label_match.h"

/* "" is none. */
static json_t *json(const char *s)
{
    return *s ? json_text(s) : NULL;
}

Test(label_match, selectors)
{
    static const struct {
        const char *selector, *labels;
        int want;
    } rows[] = {
        {"", "{'a':'1'}", 0}, /* no selector selects nothing */
        {"{}", "{'a':'1'}", 1},
        {"{}", "", 1},
        {"{'matchLabels':{}}", "{}", 1},
        {"{'matchLabels':{'a':'1'}}", "{'a':'1','b':'2'}", 1},
        {"{'matchLabels':{'a':'1'}}", "{'a':'2'}", 0},
        {"{'matchLabels':{'a':'1'}}", "{}", 0},
        {"{'matchLabels':{'a':'1'}}", "", 0},
        {"{'matchLabels':{'a':''}}", "{'a':''}", 1},
        {"{'matchLabels':{'a':''}}", "{}", 0},
        {"{'matchLabels':{'a':'1','b':'2'}}", "{'a':'1'}", 0},
        {"{'matchLabels':{'A':'1'}}", "{'a':'1'}", 0},
        {"{'matchLabels':{'a b':'1'}}", "{}", -1},
        {"{'matchLabels':{'a':'x y'}}", "{'a':'x y'}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'In','values':['1','2']}]}", "{'a':'2'}", 1},
        {"{'matchExpressions':[{'key':'a','operator':'In','values':['1']}]}", "{'a':'2'}", 0},
        {"{'matchExpressions':[{'key':'a','operator':'In','values':['1']}]}", "{}", 0},
        {"{'matchExpressions':[{'key':'a','operator':'NotIn','values':['1']}]}", "{'a':'2'}", 1},
        {"{'matchExpressions':[{'key':'a','operator':'NotIn','values':['1']}]}", "{'a':'1'}", 0},
        {"{'matchExpressions':[{'key':'a','operator':'NotIn','values':['1']}]}", "{}", 1},
        {"{'matchExpressions':[{'key':'a','operator':'Exists'}]}", "{'a':''}", 1},
        {"{'matchExpressions':[{'key':'a','operator':'Exists'}]}", "{'b':''}", 0},
        {"{'matchExpressions':[{'key':'a','operator':'DoesNotExist'}]}", "{'b':''}", 1},
        {"{'matchExpressions':[{'key':'a','operator':'DoesNotExist'}]}", "{'a':''}", 0},
        {"{'matchLabels':{'a':'1'},'matchExpressions':[{'key':'b','operator':'Exists'}]}",
         "{'a':'1','b':'x'}", 1},
        {"{'matchLabels':{'a':'1'},'matchExpressions':[{'key':'b','operator':'Exists'}]}",
         "{'a':'1'}", 0},
        /* not valid, even where another part does not match already */
        {"{'matchExpressions':[{'key':'a','operator':'in','values':['1']}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'','values':['1']}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'','operator':'Exists'}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'In','values':[]}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'In'}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'NotIn'}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'Exists','values':['1']}]}", "{'a':'1'}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'DoesNotExist','values':['1']}]}", "{}", -1},
        {"{'matchExpressions':[{'key':'a','operator':'In','values':['x y']}]}", "{}", -1},
        {"{'matchLabels':{'a':'1'},'matchExpressions':[{'key':'b','operator':'x'}]}", "{}", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_json json_t *selector = json(rows[i].selector);
        cleanup_json json_t *labels = json(rows[i].labels);
        cr_expect_eq(label_selector_matches(selector, labels), rows[i].want, "%s of %s: %d",
                     rows[i].selector, rows[i].labels, label_selector_matches(selector, labels));
    }
}
