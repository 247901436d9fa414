/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cleanup attributes for locals: the variable is released when it leaves its scope.
 * steal_ptr() hands ownership on: the local forgets the pointer.
 */
#ifndef SKJOB_CLEANUP_H
#define SKJOB_CLEANUP_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_freep(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_filep(FILE **f)
{
    if (*f)
        fclose(*f);
}

static inline void cleanup_jsonp(json_t **j)
{
    json_decref(*j);
}

#define cleanup_free  __attribute__((cleanup(cleanup_freep)))
#define cleanup_close __attribute__((cleanup(cleanup_closep)))
#define cleanup_file  __attribute__((cleanup(cleanup_filep)))
#define cleanup_json  __attribute__((cleanup(cleanup_jsonp)))

/* The value of *p, after setting *p to NULL. */
#define steal_ptr(p)                                                                               \
    __extension__({                                                                                \
        __typeof__(*(p)) stolen_ = *(p);                                                           \
        *(p) = NULL;                                                                               \
        stolen_;                                                                                   \
    })

#endif
