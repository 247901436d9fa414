/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_name.h"

#include <stdio.h>
#include <string.h>

static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

#define BASE     27u
#define SUFFIXES (BASE * BASE * BASE * BASE * BASE)

/* Attempts of one index lie this far apart. The golden section of SUFFIXES spreads the multiples of
 * the step most evenly, so that the ranges index..index+n of different attempts meet as late as
 * possible. It shares no factor with SUFFIXES = 3^15. */
#define STEP 8868112u

#define HALF_BITS 12
#define HALF_MASK ((1u << HALF_BITS) - 1)

/* FNV-1a with a last mix (MurmurHash3's), so that every bit of the key depends on all of uid. */
static uint64_t key_of(const char *uid)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *p = uid; *p; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 33);
}

static uint32_t round_of(uint32_t half, uint32_t key)
{
    uint32_t x = (half + key) * 0x9e3779b1u;
    x = (x ^ (x >> 15)) * 0x85ebca6bu;
    return (x ^ (x >> 13)) & HALF_MASK;
}

/* A Feistel network: for each key a bijection of 0..2^24-1. */
static uint32_t permute24(uint32_t n, uint64_t key)
{
    uint32_t left = n >> HALF_BITS;
    uint32_t right = n & HALF_MASK;
    for (unsigned i = 0; i < 6; i++) {
        uint32_t next = left ^ round_of(right, (uint32_t)(key >> (i * 8)) + i);
        left = right;
        right = next;
    }
    return left << HALF_BITS | right;
}

/* The same restricted to 0..SUFFIXES-1: go on until the result falls into the range. */
static uint32_t permute(uint32_t n, uint64_t key)
{
    do {
        n = permute24(n, key);
    } while (n >= SUFFIXES);
    return n;
}

void pod_name_suffix(char out[POD_NAME_SUFFIX + 1], const char *uid, uint32_t index,
                     uint32_t attempt)
{
    uint64_t place = index + (uint64_t)attempt * STEP;
    uint32_t n = permute((uint32_t)(place % SUFFIXES), key_of(uid));
    for (int i = POD_NAME_SUFFIX - 1; i >= 0; i--) {
        out[i] = alphabet[n % BASE];
        n /= BASE;
    }
    out[POD_NAME_SUFFIX] = '\0';
}

int pod_name_make(char out[POD_NAME_MAX + 1], const char *job, const char *uid, bool indexed,
                  uint32_t index, uint32_t attempt, struct error *err)
{
    char infix[16] = "-";
    char suffix[POD_NAME_SUFFIX + 1];
    if (!*job)
        return error_set(err, "the Job has no name");
    if (indexed)
        snprintf(infix, sizeof infix, "-%u-", index);
    pod_name_suffix(suffix, uid, index, attempt);

    /* The controller cuts the name in an Indexed Job, and name and dash together in another. */
    size_t room = POD_NAME_MAX - POD_NAME_SUFFIX;
    size_t name_room = indexed ? room - strlen(infix) : room;
    size_t name = strnlen(job, name_room);
    int n = snprintf(out, room + 1, "%.*s%s", (int)name, job, infix);
    size_t len = (size_t)n > room ? room : (size_t)n;
    memcpy(out + len, suffix, sizeof suffix);
    return 0;
}
