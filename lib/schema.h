/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Kubernetes' object types as tables of fields. One table serves decoding, the loss report and
 * explain. Names, order and zero-value behaviour follow the Go types of k8s.io/api v1.36
 * (batch/v1, core/v1, meta/v1).
 */
#ifndef SKJOB_SCHEMA_H
#define SKJOB_SCHEMA_H

enum field_type {
    F_STRING,
    F_BOOL,
    F_INT32,
    F_INT64,
    F_QUANTITY,     /* resource.Quantity: string or number in, canonical string out */
    F_INT_OR_STR,   /* intstr.IntOrString */
    F_TIME,         /* meta/v1 Time, RFC 3339 */
    F_OBJECT,       /* sub = its fields */
    F_LIST,         /* elem = type of the elements, sub = their fields when elem is F_OBJECT */
    F_MAP,          /* map[string]string */
    F_MAP_QUANTITY, /* ResourceList: map[string]Quantity */
    F_MAP_BYTES,    /* map[string][]byte: base64 strings (Secret.data) */
    F_ANY,          /* kept as it is, not looked into (managedFields, …) */
};

enum {
    /* A Go pointer: the zero value (0, false, "", {}) is kept when the user wrote it. Without this
     * flag a zero value reads as absent, as Go's omitempty does. Objects are kept when written
     * ({} stays {}), whatever the flag. */
    FIELD_PTR = 1,
    /* A Go field without omitempty: always present after decoding, with its zero value when the
     * user wrote none ("" , 0, {} for objects, null for lists). */
    FIELD_KEEP = 2,
};

struct schema;

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    const struct schema *sub;
    enum field_type elem;
    const char *go_type; /* for "of type v1.X" in decoding errors; NULL = from the type */
};

struct schema {
    const char *name;           /* Go struct name: "JobSpec" */
    const struct field *fields; /* ends with a row whose name is NULL */
};

extern const struct schema schema_object_meta;       /* meta/v1 ObjectMeta */
extern const struct schema schema_label_selector;    /* meta/v1 LabelSelector */
extern const struct schema schema_pod_template_spec; /* core/v1 PodTemplateSpec */
extern const struct schema schema_job;               /* batch/v1 Job */
extern const struct schema schema_cron_job;          /* batch/v1 CronJob */
extern const struct schema schema_config_map;        /* core/v1 ConfigMap */
extern const struct schema schema_secret;            /* core/v1 Secret */
extern const struct schema schema_service;           /* core/v1 Service; its spec is F_ANY */

/* The row for a field, or NULL. */
const struct field *schema_field(const struct schema *s, const char *name);

#endif
