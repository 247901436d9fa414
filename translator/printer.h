/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The forms of output that kubectl get knows (-o), but for Go's templates. printing.h prints them.
 */
#ifndef SKJOB_PRINTER_H
#define SKJOB_PRINTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "jsonpath.h"

enum printer_form {
    PRINTER_TABLE, /* no -o, and */
    PRINTER_WIDE,  /* wide, */
    PRINTER_NAME,  /* and name: the caller prints these */
    PRINTER_JSON,
    PRINTER_YAML,
    PRINTER_JSONPATH, /* also jsonpath-file */
    PRINTER_JSONPATH_AS_JSON,
    PRINTER_COLUMNS, /* custom-columns, custom-columns-file */
};

struct printer_column {
    char *header;
    struct jsonpath *path;
};

struct printer {
    enum printer_form form;
    char *template; /* JSONPATH; owned, as the rest */
    struct jsonpath *path;
    struct printer_column *columns;
    size_t n_columns;
    bool no_headers;
};

/* output: the value of -o, NULL = none. Returns 0, or -1 with err in kubectl's words. */
int printer_open(struct printer *p, const char *output, bool allow_missing, struct error *err);
void printer_close(struct printer *p);

#define cleanup_printer __attribute__((cleanup(printer_close)))

#endif
