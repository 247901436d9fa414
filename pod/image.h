/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finding a container's image, and getting it, as imagePullPolicy and skjob.conf say. What is not
 * to be had makes the container wait, with the kubelet's reasons and messages (pkg/kubelet/images,
 * Kubernetes 1.36); it never fails the pod.
 */
#ifndef SKJOB_POD_IMAGE_H
#define SKJOB_POD_IMAGE_H

#include <stdint.h>

#include "conf.h"
#include "error.h"
#include "runtime.h"

enum image_answer {
    IMAGE_READY,   /* where: what runtime_request.image wants */
    IMAGE_HOST,    /* skjob.conf says that this image stands for the node itself */
    IMAGE_WAITING, /* reason, message: to be asked again later */
    IMAGE_STOPPED, /* a SIGTERM or SIGINT is pending (they are blocked), or the time is over:
                    * nothing was decided */
};

struct image_request {
    const struct runtime *runtime; /* one with images */
    const struct conf *conf;
    const char *image;     /* as in the manifest */
    const char *policy;    /* imagePullPolicy; "" = by the image's tag */
    char *const *node_env; /* the environment of the task */
    int64_t until_ms;      /* when the programs are ended: clock_monotonic_ms(), or CLOCK_NEVER */
};

/* One per container, all zero at first. */
struct image_state {
    char *where;        /* after IMAGE_READY; owned */
    const char *reason; /* after IMAGE_WAITING: "ErrImagePull"; static */
    struct error message;
    unsigned failures; /* of pulls, one after the other */
    int64_t next_ms;   /* no pull before: 10 s, 20 s, ... 300 s after a failure */
    struct error why;  /* the last failure */
};

/* now_ms: of a clock that nobody sets. May take as long as a pull; runs the runtime's programs. */
enum image_answer image_get(const struct image_request *r, struct image_state *s, int64_t now_ms);

void image_free(struct image_state *s);

#define cleanup_image __attribute__((cleanup(image_free)))

#endif
