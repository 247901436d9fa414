/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "decode.h"
#include "json_text.h"
#include "strbuf.h"

/* A small schema with a field of every kind; ' stands for " in all JSON here. */
static const struct field inner_fields[] = {
    {.name = "name", .type = F_STRING, .flags = FIELD_KEEP},
    {.name = "count", .type = F_INT32},
    {.name = "kept", .type = F_INT32, .flags = FIELD_KEEP},
    {.name = NULL},
};
static const struct schema inner = {"Inner", inner_fields};

static const struct field outer_fields[] = {
    {.name = "str", .type = F_STRING},
    {.name = "strPtr", .type = F_STRING, .flags = FIELD_PTR},
    {.name = "enum", .type = F_STRING, .go_type = "v1.Mode"},
    {.name = "bool", .type = F_BOOL},
    {.name = "boolPtr", .type = F_BOOL, .flags = FIELD_PTR},
    {.name = "int32", .type = F_INT32},
    {.name = "int32Ptr", .type = F_INT32, .flags = FIELD_PTR},
    {.name = "int64", .type = F_INT64},
    {.name = "quantity", .type = F_QUANTITY},
    {.name = "intOrStr", .type = F_INT_OR_STR},
    {.name = "time", .type = F_TIME},
    {.name = "object", .type = F_OBJECT, .sub = &inner},
    {.name = "list", .type = F_LIST, .elem = F_STRING},
    {.name = "ints", .type = F_LIST, .elem = F_INT32},
    {.name = "objects", .type = F_LIST, .elem = F_OBJECT, .sub = &inner},
    {.name = "map", .type = F_MAP},
    {.name = "resources", .type = F_MAP_QUANTITY},
    {.name = "bytes", .type = F_MAP_BYTES},
    {.name = "any", .type = F_ANY},
    {.name = NULL},
};
static const struct schema outer = {"Outer", outer_fields};

static const struct field keep_fields[] = {
    {.name = "str", .type = F_STRING, .flags = FIELD_KEEP},
    {.name = "int", .type = F_INT64, .flags = FIELD_KEEP},
    {.name = "bool", .type = F_BOOL, .flags = FIELD_KEEP},
    {.name = "object", .type = F_OBJECT, .sub = &inner, .flags = FIELD_KEEP},
    {.name = "list", .type = F_LIST, .elem = F_STRING, .flags = FIELD_KEEP},
    {.name = NULL},
};
static const struct schema keep = {"Keep", keep_fields};

struct row {
    const char *in;
    const char *want; /* the result, or "! error @ path" */
    const char *proves;
};

static void run(const struct schema *schema, const struct row *row)
{
    struct error err = {.text = ""};
    cleanup_decode_report struct decode_report report = {0};
    cleanup_json json_t *in = json_text(row->in);
    cleanup_json json_t *before = json_deep_copy(in);
    cleanup_json json_t *got = decode(schema, in, &report, &err);
    cr_expect(json_equal(in, before), "%s: the input was changed", row->in);
    if (*row->want == '!') {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        strbuf_addf(&b, "! %s @ %s", err.text, report.bad_path ? report.bad_path : "-");
        cr_expect_null(got, "%s: %s", row->in, row->proves);
        cr_expect_str_eq(strbuf_str(&b), row->want, "%s (%s):\nwant %s\ngot  %s", row->in,
                         row->proves, row->want, strbuf_str(&b));
        return;
    }
    cleanup_json json_t *want = json_text(row->want);
    cleanup_free char *text = got ? json_dumps(got, JSON_COMPACT) : NULL;
    cr_expect(json_equal(got, want), "%s (%s): want %s, got %s %s", row->in, row->proves, row->want,
              text ? text : "-", err.text);
}

#define RUN(schema, rows)                                                                          \
    for (size_t i_ = 0; i_ < sizeof(rows) / sizeof *(rows); i_++)                                  \
    run(schema, &(rows)[i_])

Test(decode, zero_values)
{
    static const struct row rows[] = {
        {"{}", "{}", "nothing is added"},
        {"{'str':null,'int32Ptr':null,'object':null,'list':null,'map':null,'any':null}", "{}",
         "null is absent"},
        {"{'str':'','bool':false,'int32':0,'int64':0,'list':[],'map':{},'resources':{}}", "{}",
         "zero values are dropped"},
        {"{'strPtr':'','boolPtr':false,'int32Ptr':0}", "{'strPtr':'','boolPtr':false,'int32Ptr':0}",
         "but not behind pointers"},
        {"{'object':{}}", "{'object':{'name':'','kept':0}}", "an object is kept, and is filled"},
        {"{'quantity':0,'intOrStr':0}", "{'quantity':'0','intOrStr':0}", "these have no omitempty"},
        {"{'list':[''],'ints':[0],'map':{'a':''}}", "{'list':[''],'ints':[0],'map':{'a':''}}",
         "elements are never dropped"},
        {"{'list':['a',null],'ints':[null,1]}", "{'list':['a',''],'ints':[0,1]}",
         "a null element is a zero value"},
        {"{'objects':[null,{'count':0}]}",
         "{'objects':[{'name':'','kept':0},{'name':'','kept':0}]}", "also a null object"},
        {"{'map':{'a':null},'resources':{'cpu':null}}", "{'map':{'a':''},'resources':{'cpu':'0'}}",
         "and a null map value"},
        {"{'any':{'a':[1,null,{}]}}", "{'any':{'a':[1,null,{}]}}", "not looked into"},
    };
    static const struct row kept[] = {
        {"{}", "{'str':'','int':0,'bool':false,'object':{'name':'','kept':0},'list':null}",
         "fields without omitempty are there"},
        {"{'list':[],'object':{'name':'x','count':1}}",
         "{'str':'','int':0,'bool':false,'object':{'name':'x','count':1,'kept':0},'list':[]}",
         "an empty list is not none"},
        {"{'str':null,'list':null}",
         "{'str':'','int':0,'bool':false,'object':{'name':'','kept':0},'list':null}",
         "null is their zero value"},
    };
    RUN(&outer, rows);
    RUN(&keep, kept);
}

Test(decode, integers)
{
    static const struct row rows[] = {
        {"{'int32':2147483647}", "{'int32':2147483647}", "largest int32"},
        {"{'int32':-2147483648}", "{'int32':-2147483648}", "smallest int32"},
        {"{'int32':2147483648}",
         "! json: cannot unmarshal number 2147483648 into Go struct field Outer.int32 of type "
         "int32 "
         "@ int32",
         "beyond int32"},
        {"{'int32Ptr':-2147483649}",
         "! json: cannot unmarshal number -2147483649 into Go struct field Outer.int32Ptr of type "
         "int32 @ int32Ptr",
         "below int32"},
        {"{'int64':9223372036854775807}", "{'int64':9223372036854775807}", "largest int64"},
        {"{'int64':-9223372036854775808}", "{'int64':-9223372036854775808}", "smallest int64"},
        {"{'int64':1e19}",
         "! json: cannot unmarshal number 10000000000000000000 into Go struct field Outer.int64 of "
         "type int64 @ int64",
         "beyond int64"},
        {"{'int64':1e21}",
         "! json: cannot unmarshal number 1e+21 into Go struct field Outer.int64 of type int64 @ "
         "int64",
         "Go's way with large numbers"},
        {"{'int32':5.0,'int64':1e3}", "{'int32':5,'int64':1000}", "a real without fraction"},
        {"{'int32':1.5}",
         "! json: cannot unmarshal number 1.5 into Go struct field Outer.int32 of type int32 @ "
         "int32",
         "a fraction"},
        {"{'int64':0.1}",
         "! json: cannot unmarshal number 0.1 into Go struct field Outer.int64 of type int64 @ "
         "int64",
         "shortest text"},
        {"{'ints':[1,2147483648]}",
         "! json: cannot unmarshal number 2147483648 into Go struct field Outer.ints of type int32 "
         "@ "
         "ints[1]",
         "list element: Go's path has no index, ours has"},
        {"{'intOrStr':5}", "{'intOrStr':5}", "int or string: int"},
        {"{'intOrStr':'50%'}", "{'intOrStr':'50%'}", "int or string: string"},
        {"{'intOrStr':2147483648}",
         "! json: cannot unmarshal number 2147483648 into Go struct field Outer.intOrStr of type "
         "int32 @ intOrStr",
         "int or string is int32"},
    };
    RUN(&outer, rows);
}

Test(decode, wrong_types)
{
    static const struct row rows[] = {
        {"{'str':5}",
         "! json: cannot unmarshal number into Go struct field Outer.str of type string @ str",
         "number for string"},
        {"{'str':1.5}",
         "! json: cannot unmarshal number into Go struct field Outer.str of type string @ str",
         "real for string"},
        {"{'str':true}",
         "! json: cannot unmarshal bool into Go struct field Outer.str of type string @ str",
         "YAML's yes for string"},
        {"{'str':[]}",
         "! json: cannot unmarshal array into Go struct field Outer.str of type string @ str",
         "list for string"},
        {"{'str':{}}",
         "! json: cannot unmarshal object into Go struct field Outer.str of type string @ str",
         "object for string"},
        {"{'enum':1}",
         "! json: cannot unmarshal number into Go struct field Outer.enum of type v1.Mode @ enum",
         "Go's type name"},
        {"{'bool':'true'}",
         "! json: cannot unmarshal string into Go struct field Outer.bool of type bool @ bool",
         "string for bool"},
        {"{'bool':1}",
         "! json: cannot unmarshal number into Go struct field Outer.bool of type bool @ bool",
         "number for bool"},
        {"{'int32':'1'}",
         "! json: cannot unmarshal string into Go struct field Outer.int32 of type int32 @ int32",
         "string for int"},
        {"{'int32':true}",
         "! json: cannot unmarshal bool into Go struct field Outer.int32 of type int32 @ int32",
         "bool for int"},
        {"{'intOrStr':true}",
         "! json: cannot unmarshal bool into Go struct field Outer.intOrStr of type "
         "intstr.IntOrString @ intOrStr",
         "bool for int or string"},
        {"{'object':[]}",
         "! json: cannot unmarshal array into Go struct field Outer.object of type v1.Inner @ "
         "object",
         "list for object"},
        {"{'object':{'name':1}}",
         "! json: cannot unmarshal number into Go struct field Inner.object.name of type string @ "
         "object.name",
         "the struct is the inner one, the path the whole"},
        {"{'list':'x'}",
         "! json: cannot unmarshal string into Go struct field Outer.list of type []string @ list",
         "string for list"},
        {"{'list':['x',1]}",
         "! json: cannot unmarshal number into Go struct field Outer.list of type string @ list[1]",
         "number in a list of strings"},
        {"{'objects':{}}",
         "! json: cannot unmarshal object into Go struct field Outer.objects of type []v1.Inner @ "
         "objects",
         "object for list of objects"},
        {"{'objects':[{},{'count':'1'}]}",
         "! json: cannot unmarshal string into Go struct field Inner.objects.count of type int32 @ "
         "objects[1].count",
         "inside a list of objects"},
        {"{'objects':[5]}",
         "! json: cannot unmarshal number into Go struct field Outer.objects of type v1.Inner @ "
         "objects[0]",
         "number for an object in a list"},
        {"{'map':[]}",
         "! json: cannot unmarshal array into Go struct field Outer.map of type map[string]string "
         "@ map",
         "list for map"},
        {"{'map':{'a.b/c':5}}",
         "! json: cannot unmarshal number into Go struct field Outer.map of type string @ "
         "map[a.b/c]",
         "number for a label"},
        {"{'resources':[]}",
         "! json: cannot unmarshal array into Go struct field Outer.resources of type "
         "v1.ResourceList @ resources",
         "list for resources"},
        {"{'time':5}",
         "! json: cannot unmarshal number into Go struct field Outer.time of type v1.Time @ time",
         "number for time"},
        {"{'time':'yesterday'}",
         "! parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it @ time",
         "no time"},
        {"{'time':'2026-07-23T07:07:48Z'}", "{'time':'2026-07-23T07:07:48Z'}", "a time"},
        {"{'bytes':{'a':'eA=='}}", "{'bytes':{'a':'eA=='}}", "base64"},
        {"{'bytes':{'a':'x'}}", "! illegal base64 data at input byte 0 @ bytes[a]", "no base64"},
        {"{'bytes':{'a':1}}",
         "! json: cannot unmarshal number into Go struct field Outer.bytes of type string @ "
         "bytes[a]",
         "number for base64"},
        {"{'str':1,'int32':'x','bool':5}",
         "! json: cannot unmarshal number into Go struct field Outer.bool of type bool @ bool",
         "the first in the order of names, as kubectl sends them"},
        {"[]", "! json: cannot unmarshal into Go value of type v1.Outer: not an object @ -",
         "no object at all"},
        {"5", "! json: cannot unmarshal into Go value of type v1.Outer: not an object @ -",
         "no object at all"},
    };
    RUN(&outer, rows);
}

#define FORMAT                                                                                     \
    "! quantities must match the regular expression "                                              \
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' @ "

Test(decode, quantities)
{
    static const struct row rows[] = {
        {"{'quantity':'1000m'}", "{'quantity':'1'}", "canonical"},
        {"{'quantity':5}", "{'quantity':'5'}", "an integer"},
        {"{'quantity':1.5}", "{'quantity':'1500m'}", "a real"},
        {"{'quantity':0.1}", "{'quantity':'100m'}", "a real that has no exact binary form"},
        {"{'quantity':1e9}", "{'quantity':'1G'}", "a float is written without exponent"},
        {"{'quantity':1e21}", "{'quantity':'1e+21'}", "up to 10^21"},
        {"{'quantity':' 1 '}", "{'quantity':'1'}", "blanks around"},
        {"{'quantity':'\\t1'}", FORMAT "quantity", "but no tab"},
        {"{'quantity':''}", FORMAT "quantity", "empty"},
        {"{'quantity':true}", FORMAT "quantity", "bool"},
        {"{'quantity':[1]}", FORMAT "quantity", "list"},
        {"{'quantity':{}}", FORMAT "quantity", "object"},
        {"{'quantity':'1 Gi'}", FORMAT "quantity", "blank inside"},
        {"{'resources':{'cpu':'0.1m','memory':'1Gi'}}", "{'resources':{'cpu':'1m','memory':'1Gi'}}",
         "resources are rounded up to milli"},
        {"{'quantity':'0.1m'}", "{'quantity':'100u'}", "other quantities are not"},
        {"{'resources':{'cpu':1,'memory':'1x'}}", FORMAT "resources[memory]", "which one"},
        {"{'resources':{'cpu':'1mi'}}", "! unable to parse quantity's suffix @ resources[cpu]",
         "suffix"},
    };
    RUN(&outer, rows);
}

Test(decode, unknown_fields)
{
    static const struct {
        const char *in, *want; /* "path suggestion" lines */
    } rows[] = {
        {"{'str':'x'}", ""},
        {"{'strr':'x'}", "strr str\n"},
        {"{'Str':'x'}", "Str str\n"},
        {"{'zzz':1,'aaa':{'b':1}}", "aaa -\nzzz -\n"},
        {"{'object':{'nmae':1},'objects':[{},{'cuont':1,'x':null}]}",
         "object.nmae name\nobjects[1].cuont count\nobjects[1].x -\n"},
        {"{'a.b':1}", "a.b -\n"},
        {"{'any':{'x':1},'map':{'x':'y'}}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        cleanup_decode_report struct decode_report report = {0};
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        cleanup_json json_t *in = json_text(rows[i].in);
        cleanup_json json_t *got = decode(&outer, in, &report, &err);
        cr_assert_not_null(got, "%s: %s", rows[i].in, err.text);
        for (size_t k = 0; k < report.unknown_len; k++)
            strbuf_addf(&b, "%s %s\n", report.unknown[k].path,
                        report.unknown[k].suggestion ? report.unknown[k].suggestion : "-");
        cr_expect_str_eq(strbuf_str(&b), rows[i].want, "%s: %s", rows[i].in, strbuf_str(&b));
        cr_expect_null(json_object_get(got, "strr"), "unknown fields are left out");
    }
}

/* More unknown fields than the first allocation holds. */
Test(decode, many_unknown_fields)
{
    struct error err;
    cleanup_decode_report struct decode_report report = {0};
    cleanup_json json_t *in = json_object();
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%03d", i);
        json_object_set_new(in, name, json_true());
    }
    cleanup_json json_t *got = decode(&outer, in, &report, &err);
    cr_assert_not_null(got);
    cr_assert_eq(report.unknown_len, 1000);
    cr_expect_str_eq(report.unknown[0].path, "f000");
    cr_expect_str_eq(report.unknown[999].path, "f999");
}

/* In the order of the Go struct, whatever the order of the input: as Kubernetes dumps objects. */
Test(decode, order)
{
    struct error err;
    cleanup_decode_report struct decode_report report = {0};
    cleanup_json json_t *in = json_text("{'objects':[{'count':1,'name':'x'}],'int32':5,'str':'a',"
                                        "'map':{'b':'1','a':'2'}}");
    cleanup_json json_t *got = decode(&outer, in, &report, &err);
    cleanup_free char *text = json_dumps(got, JSON_COMPACT);
    cr_expect_str_eq(text,
                     "{\"str\":\"a\",\"int32\":5,\"objects\":[{\"name\":\"x\",\"count\":1,"
                     "\"kept\":0}],\"map\":{\"b\":\"1\",\"a\":\"2\"}}",
                     "%s", text);
}
