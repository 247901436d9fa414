/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options of kubectl that mean nothing on Slurm.
 */
#ifndef SKJOB_OPTIONS_KUBECTL_H
#define SKJOB_OPTIONS_KUBECTL_H

/* word: an option as it stands on the command line, "--context=x" or "-k". Returns why it is not
 * taken and what to do instead, or NULL when it is no option of kubectl's either. */
const char *options_kubectl_why(const char *word);

#endif
