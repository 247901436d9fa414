/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * core/v1 ConfigMap, Secret and Service, as tables (k8s.io/api/core/v1/types.go, v1.36).
 */
#include "schema_pod.h"

/* clang-format off */
#define MAPBYTES(n)        {.name = n, .type = F_MAP_BYTES}
#define ANY(n)             {.name = n, .type = F_ANY}

PUBLIC_SCHEMA(schema_config_map, "ConfigMap",
    STR("kind"), STR("apiVersion"), OBJK("metadata", schema_object_meta), BOOLP("immutable"),
    MAP("data"), MAPBYTES("binaryData"));

PUBLIC_SCHEMA(schema_secret, "Secret",
    STR("kind"), STR("apiVersion"), OBJK("metadata", schema_object_meta), BOOLP("immutable"),
    MAPBYTES("data"), MAP("stringData"), ENUM("type", "v1.SecretType"));

PUBLIC_SCHEMA(schema_service, "Service",
    STR("kind"), STR("apiVersion"), OBJK("metadata", schema_object_meta), ANY("spec"),
    ANY("status"));
/* clang-format on */
