/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A span of time as people who use Slurm or Kubernetes write it:
 *
 *   time     = slurm | duration ;
 *   slurm    = minutes | minutes ":" seconds | hours ":" minutes ":" seconds
 *            | days "-" hours [ ":" minutes [ ":" seconds ] ] ;
 *   duration = number unit { number unit } ;    unit = "h" | "m" | "s" ;
 *
 * A bare number is minutes, as in sbatch --time. Whole numbers only.
 */
#ifndef SKJOB_PLAIN_TIME_H
#define SKJOB_PLAIN_TIME_H

#include <stdint.h>

#include "error.h"

#define PLAIN_TIME_MAX INT64_C(2147483647) /* seconds: 68 years */

/* Seconds, 1 to PLAIN_TIME_MAX. */
int plain_time_parse(const char *text, int64_t *seconds, struct error *err);

#endif
