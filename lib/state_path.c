/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state_path.h"

#include <string.h>

static bool is_set(const char *s)
{
    return s && *s;
}

bool state_name_ok(const char *name)
{
    size_t len = strnlen(name, 256);
    if (len == 0 || len > 255 || name[0] == '.')
        return false;
    for (const char *p = name; *p; p++)
        if (*p == '/' || (unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    return true;
}

static int below_home(const struct state_env *env, struct strbuf *out, struct error *err)
{
    if (is_set(env->xdg_state_home) && env->xdg_state_home[0] == '/') {
        strbuf_adds(out, env->xdg_state_home);
        return 0;
    }
    if (!is_set(env->home) || env->home[0] != '/')
        return error_set(err, "no folder for the state: neither SKJOB_STATE, XDG_STATE_HOME nor "
                              "HOME is an absolute path");
    strbuf_addf(out, "%s/.local/state", env->home);
    return 0;
}

int state_root(const struct state_env *env, struct strbuf *out, struct error *err)
{
    if (is_set(env->skjob_state)) {
        if (env->skjob_state[0] != '/')
            return error_set(err, "SKJOB_STATE is not an absolute path: %.200s", env->skjob_state);
        strbuf_adds(out, env->skjob_state);
        return 0;
    }
    const char *cluster = is_set(env->cluster) ? env->cluster : "default";
    if (!state_name_ok(cluster))
        return error_set(err, "the cluster's name cannot be a folder: %.200s", cluster);
    if (below_home(env, out, err))
        return -1;
    strbuf_addf(out, "/skjob/%s", cluster);
    return 0;
}
