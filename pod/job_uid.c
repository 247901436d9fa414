/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_uid.h"

#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

/* The name space of these names: a random UUID, chosen once and never changed. */
static const uuid_t space = {0x6f, 0x1c, 0x9b, 0x52, 0x0d, 0x5e, 0x4c, 0x2b,
                             0x9a, 0x3e, 0x57, 0xc8, 0x11, 0xd4, 0xa0, 0x7e};

void job_uid_derive(char out[JOB_UID_LEN + 1], const char *cluster, uint32_t job_id)
{
    char name[320];
    uuid_t uid;
    int n = snprintf(name, sizeof name, "%.255s/%u", cluster ? cluster : "", job_id);
    uuid_generate_sha1(uid, space, name, (size_t)n);
    uuid_unparse_lower(uid, out);
}
