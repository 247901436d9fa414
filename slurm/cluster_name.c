/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cluster_name.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "slurm_api.h"

#define CONF_MAX ((size_t)1 << 20)

static int keep(char out[CLUSTER_NAME_MAX + 1], const char *s, size_t len)
{
    if (len == 0 || len > CLUSTER_NAME_MAX)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
            return -1;
        out[i] = (char)tolower((unsigned char)s[i]);
    }
    out[len] = '\0';
    return out[0] == '.' ? -1 : 0;
}

int cluster_name_parse(const char *text, char out[CLUSTER_NAME_MAX + 1])
{
    static const char key[] = "ClusterName";
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n");
        if (strncasecmp(line, key, strlen(key)) != 0)
            continue;
        const char *s = line + strlen(key);
        s += strspn(s, " \t");
        if (*s != '=')
            continue;
        s++;
        s += strspn(s, " \t\"");
        return keep(out, s, strcspn(s, " \t\r\n\"#"));
    }
    return -1;
}

static int from_file(const char *path, char out[CLUSTER_NAME_MAX + 1])
{
    cleanup_file FILE *f = path && *path ? fopen(path, "re") : NULL;
    cleanup_free char *text = f ? malloc(CONF_MAX) : NULL;
    if (!text)
        return -1;
    size_t n = fread(text, 1, CONF_MAX - 1, f);
    text[n] = '\0';
    return cluster_name_parse(text, out);
}

int cluster_name(char out[CLUSTER_NAME_MAX + 1], struct error *err)
{
    const char *inside = getenv("SLURM_CLUSTER_NAME");
    const char *conf = getenv("SLURM_CONF");
    if (inside && keep(out, inside, strlen(inside)) == 0)
        return 0;
    if (conf ? from_file(conf, out) == 0
             : from_file("/etc/slurm/slurm.conf", out) == 0 ||
                   from_file("/run/slurm/conf/slurm.conf", out) == 0)
        return 0;
    struct slurm_cluster c;
    if (slurm_api_cluster(&c, err) < 0)
        return -1;
    return keep(out, c.name, strlen(c.name)) == 0
               ? 0
               : error_set(err, "the cluster has no usable name: set SKJOB_STATE");
}
