/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the runtime of a pod runs one of its containers (runtime.h), from the image to the last trace
 * of it on the node.
 */
#ifndef SKJOB_POD_LAUNCH_H
#define SKJOB_POD_LAUNCH_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#include "container.h"
#include "container_start.h"
#include "error.h"
#include "image.h"

struct launch {
    const struct runtime *runtime; /* NULL = not chosen yet */
    struct image_state image;
    char *id;  /* of the container on this node */
    char *dir; /* for small files, with a slash at its end; NULL = there were none */
    bool is_used;
};

/* Chooses the runtime by the Job and the site. Returns 0; 1 when skjob.conf cannot be used now,
 * -1 when the Job asks for what it cannot have. */
int launch_choose(struct launch *l, const json_t *job, const char *container, struct error *err);

/* Finds the image of spec, a container of the manifest; may take as long as a pull, but not beyond
 * until_ms (both of clock_monotonic_ms(); CLOCK_NEVER = no limit). Returns 0, or 1 with *reason and
 * err: it is not to be had now. */
int launch_image(struct launch *l, const json_t *spec, int64_t now_ms, int64_t until_ms,
                 const char **reason, struct error *err);

/* As container_start() and container_exec(), which call them. */
pid_t launch_start(struct launch *l, const struct container *c, const struct container_io *io,
                   struct error *err);
pid_t launch_exec(const struct launch *l, const struct container *c, char *const argv[],
                  const struct container_io *io, struct error *err);

/* After launch_start(): waits until the container runs, so that it can be entered, but not beyond
 * until_ms nor leader's end. */
void launch_await(const struct launch *l, pid_t leader, int64_t until_ms);

/* After the container's end. */
void launch_clean(struct launch *l);

void launch_free(struct launch *l);

#endif
