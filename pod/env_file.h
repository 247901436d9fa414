/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Variables out of a file of an emptyDir, for fileKeyRef (pkg/kubelet/util/env, Kubernetes 1.36).
 * Lines are KEY='value', where the value may go over several lines and nothing in it is special;
 * blank lines and lines that start with # are passed over.
 */
#ifndef SKJOB_POD_ENV_FILE_H
#define SKJOB_POD_ENV_FILE_H

#include <stddef.h>

#include "error.h"

#define ENV_FILE_MAX ((size_t)1 << 20)

/* The value of key in len bytes of text: 0 with *value, which the caller frees; NULL when it is not
 * there or empty, which is the same to the kubelet. -1 with err at the first line before it that is
 * not of this form. */
int env_file_find(const char *text, size_t len, const char *key, char **value, struct error *err);

/* The same for the file path inside of the folder volume; no symbolic link leads out of it, where
 * the kernel can tell (5.6). A file that is not there has no keys. */
int env_file_read(const char *volume, const char *path, const char *key, char **value,
                  struct error *err);

#endif
