/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pod's folder on the node: PARENT/skjob-UID/NAME@HOST, mode 0700, gone with the pod. PARENT is a
 * place where everybody may write (/tmp, /dev/shm), so nothing is taken for granted there: a
 * skjob-UID that is a symbolic link, another user's, or open to others is passed over, and
 * skjob-UID.1, .2 … are tried.
 *
 * Its owner holds a lock (flock) on the folder itself for as long as it lives. A folder of this
 * host that is not locked belongs to a runner that was killed: anybody of the same user may sweep
 * it away. Those of other hosts are left alone: PARENT may be on a file system that nodes share,
 * and the lock of a folder on NFS or Lustre is known to its own host only.
 */
#ifndef SKJOB_POD_RUN_DIR_H
#define SKJOB_POD_RUN_DIR_H

#include "error.h"

struct run_dir {
    int parent; /* descriptors, -1 = not open */
    int base;
    int fd; /* the folder, locked; all of them close-on-exec */
    char base_name[32];
    char name[160];
    char *path; /* absolute, symbolic links resolved */
};

#define RUN_DIR_INIT                                                                               \
    {                                                                                              \
        .parent = -1, .base = -1, .fd = -1                                                         \
    }

/* Makes an empty folder below parent. name is a plain file name; while another live runner has one
 * of that name on this host, a number is added. Returns 0, or -1 with err when parent is unfit: not
 * there, full, writable by others without the sticky bit, or without locks. */
int run_dir_open(struct run_dir *out, const char *parent, const char *name, struct error *err);

/* Removes the folder with everything in it, and skjob-UID when it is empty then. Returns 0, or -1
 * with err when something stays; the structure is closed either way. Safe when not open. */
int run_dir_remove(struct run_dir *dir, struct error *err);

/* Closes without removing. */
void run_dir_close(struct run_dir *dir);

/* Removes the folders of this user and host below parent whose owner is gone. Cheap when there are
 * none. */
void run_dir_sweep(const char *parent);

#endif
