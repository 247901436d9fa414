/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the files of a configMap, secret, downwardAPI or projected volume.
 */
#ifndef SKJOB_POD_PAYLOAD_WRITE_H
#define SKJOB_POD_PAYLOAD_WRITE_H

#include "payload.h"

/* Writes them into the empty folder dir: files with their modes whatever the umask, folders 0755.
 * Returns 0 or -1 with err. */
int payload_write(int dir, const struct payload *payload, struct error *err);

#endif
