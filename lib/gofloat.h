/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Floating point numbers as Go prints them, in the shortest text that reads back the same.
 */
#ifndef SKJOB_GOFLOAT_H
#define SKJOB_GOFLOAT_H

#define GOFLOAT_TEXT_MAX 48

/* As encoding/json writes a float64: 1000000, 0.5, 1e+21, 1e-7. d is finite. Returns out. */
const char *gofloat_json(double d, char out[GOFLOAT_TEXT_MAX]);

/* As strconv.FormatFloat(d, 'g', -1, 32) does: how Kubernetes' YAML-to-JSON step spells a map key
 * that is a float. Returns out. */
const char *gofloat_key(double d, char out[GOFLOAT_TEXT_MAX]);

#endif
