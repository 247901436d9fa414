/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IP addresses as Kubernetes' API has always taken them: like Go's net.ParseIP before 1.17, which
 * allows leading zeros (k8s.io/utils/net ParseIPSloppy). inet_pton() is stricter.
 */
#ifndef SKJOB_NAMES_IP_H
#define SKJOB_NAMES_IP_H

#include <stdbool.h>

bool names_is_ip(const char *s); /* IPv4 or IPv6, without zone and mask */

#endif
