/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object_delete.h"

#include <stdio.h>

static int not_found(enum object_kind kind, const char *name)
{
    fprintf(stderr, "Error from server (NotFound): %s \"%s\" not found\n", objects_plural(kind),
            name);
    return 1;
}

int object_delete(const struct store *s, const struct options *o, enum object_kind kind,
                  const char *name, struct error *err)
{
    int rc = objects_remove(s->root, kind, o->ns, name, err);
    if (rc == 0)
        printf("%s \"%s\" deleted from %s namespace\n", objects_singular(kind), name, o->ns);
    return rc > 0 ? not_found(kind, name) : rc;
}
