/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_answer.h"

#include <stdbool.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

/* The API's own errors start here; below are those of the transport and of authentication, above
 * those of the sockets. */
#define API_ERROR_FIRST 2000
#define API_ERROR_LAST  4999

enum slurm_answer slurm_answer_judge(int error, const char *text, struct error *err)
{
    bool api = error >= API_ERROR_FIRST && error <= API_ERROR_LAST;
    bool passing = error == ESLURM_IN_STANDBY_MODE || error == ESLURM_TRANSITION_STATE_NO_UPDATE;
    error_set(err, "slurmctld: %s", text);
    return api && !passing ? SLURM_REFUSED : SLURM_UNAVAILABLE;
}
