/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob.conf in the pod runner: read when it is first asked for, and then only again if it
 * could not be used.
 */
#ifndef SKJOB_POD_SITE_H
#define SKJOB_POD_SITE_H

#include "conf.h"
#include "error.h"

/* Valid until the next call. Never NULL: the defaults when the file cannot be used, and then err
 * (may be NULL) says why; else its text is empty. What would run in the wrong place without the
 * file must look at err. */
const struct conf *site_conf(struct error *err);

#endif
