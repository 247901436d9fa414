/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Private to schema_pod*.c: the shorthand for table rows, and the schemas that more than one of
 * these files uses. Everybody else starts at schema_pod_template_spec (schema.h).
 *
 * A row's suffix says how Go treats the zero value: none = omitempty, P = pointer, K = no
 * omitempty, PK = pointer without omitempty (absent prints null). ENUM is a named string type.
 */
#ifndef SKJOB_SCHEMA_POD_H
#define SKJOB_SCHEMA_POD_H

#include "schema.h"

/* clang-format off */
#define ROW(n, t, f)       {.name = n, .type = t, .flags = f}
#define STR(n)             ROW(n, F_STRING, 0)
#define STRP(n)            ROW(n, F_STRING, FIELD_PTR)
#define STRK(n)            ROW(n, F_STRING, FIELD_KEEP)
#define STRPK(n)           ROW(n, F_STRING, FIELD_PTR | FIELD_KEEP)
#define ENUM(n, g)         {.name = n, .type = F_STRING, .go_type = g}
#define ENUMP(n, g)        {.name = n, .type = F_STRING, .flags = FIELD_PTR, .go_type = g}
#define ENUMK(n, g)        {.name = n, .type = F_STRING, .flags = FIELD_KEEP, .go_type = g}
#define BOOL(n)            ROW(n, F_BOOL, 0)
#define BOOLP(n)           ROW(n, F_BOOL, FIELD_PTR)
#define I32(n)             ROW(n, F_INT32, 0)
#define I32P(n)            ROW(n, F_INT32, FIELD_PTR)
#define I32K(n)            ROW(n, F_INT32, FIELD_KEEP)
#define I64K(n)            ROW(n, F_INT64, FIELD_KEEP)
#define I64P(n)            ROW(n, F_INT64, FIELD_PTR)
#define INTSTRK(n)         ROW(n, F_INT_OR_STR, FIELD_KEEP)
#define QUANTITY(n)        ROW(n, F_QUANTITY, FIELD_PTR)
#define MAP(n)             ROW(n, F_MAP, 0)
#define RESOURCES(n)       {.name = n, .type = F_MAP_QUANTITY, .go_type = "v1.ResourceList"}
#define OBJ(n, s)          {.name = n, .type = F_OBJECT, .flags = FIELD_PTR, .sub = &s}
#define OBJK(n, s)         {.name = n, .type = F_OBJECT, .flags = FIELD_KEEP, .sub = &s}
#define OBJNULL(n, s)      {.name = n, .type = F_OBJECT, .flags = FIELD_PTR | FIELD_KEEP, .sub = &s}
#define LIST(n, e)         {.name = n, .type = F_LIST, .elem = e}
#define LISTK(n, e)        {.name = n, .type = F_LIST, .elem = e, .flags = FIELD_KEEP}
#define LISTENUM(n, g)     {.name = n, .type = F_LIST, .elem = F_STRING, .go_type = g}
#define LISTOF(n, s)       {.name = n, .type = F_LIST, .elem = F_OBJECT, .sub = &s}
#define LISTOFK(n, s) \
    {.name = n, .type = F_LIST, .elem = F_OBJECT, .sub = &s, .flags = FIELD_KEEP}

#define SCHEMA(var, go, ...)                                                                       \
    static const struct field var##_fields[] = {__VA_ARGS__, {.name = 0}};                         \
    static const struct schema var = {go, var##_fields}
#define PUBLIC_SCHEMA(var, go, ...)                                                                \
    static const struct field var##_fields[] = {__VA_ARGS__, {.name = 0}};                         \
    const struct schema var = {go, var##_fields}
/* clang-format on */

extern const struct schema schema_app_armor_profile;
extern const struct schema schema_container;
extern const struct schema schema_ephemeral_container;
extern const struct schema schema_local_object_reference;
extern const struct schema schema_object_field_selector;
extern const struct schema schema_resource_field_selector;
extern const struct schema schema_resource_requirements;
extern const struct schema schema_se_linux_options;
extern const struct schema schema_seccomp_profile;
extern const struct schema schema_volume;
extern const struct schema schema_windows_security_context_options;

#endif
