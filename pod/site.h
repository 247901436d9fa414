/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob.conf in the pod runner: read once per process, when it is first asked for.
 */
#ifndef SKJOB_POD_SITE_H
#define SKJOB_POD_SITE_H

#include "conf.h"
#include "error.h"

/* Never NULL: the defaults when the file cannot be used, and then err (may be NULL) says why; else
 * its text is empty. What would run in the wrong place without the file must look at err. */
const struct conf *site_conf(struct error *err);

#endif
