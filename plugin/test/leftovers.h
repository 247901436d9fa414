/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a test may not leave behind in its process: descriptors and children.
 */
#ifndef SKJOB_PLUGIN_TEST_LEFTOVERS_H
#define SKJOB_PLUGIN_TEST_LEFTOVERS_H

/* The descriptors that are open now are nobody's fault. */
void leftovers_begin(void);

/* Since then neither a child nor a descriptor was left. */
void expect_nothing_left(const char *proves);

#endif
