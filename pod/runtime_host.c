/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * No image: the node's own programs, with the node's files below the volumes.
 */
#include "runtime.h"

static int start(const struct runtime_request *r, struct runtime_call *call, struct error *err)
{
    const struct container *c = r->container;
    if (!runtime_has_command(c))
        return error_set(err,
                         "container \"%s\" has no command: there is no image whose entrypoint "
                         "could run on the host",
                         c->name);
    runtime_add_command(c, &call->argv);
    arglist_add_all(&call->envp, c->envp);
    call->cwd = c->cwd;
    return 0;
}

const struct runtime runtime_host = {.name = "host", .images = false, .start = start};
