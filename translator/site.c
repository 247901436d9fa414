/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>

const struct conf *site_conf(void)
{
    static struct conf conf;
    static bool loaded;
    struct error err;
    if (!loaded && conf_load(&conf, getenv(CONF_VARIABLE), &err) < 0)
        fprintf(stderr, "Warning: %s; the defaults are used instead of the whole file\n", err.text);
    loaded = true;
    return &conf;
}

struct fold_config site_fold_config(void)
{
    const struct conf *conf = site_conf();
    struct fold_config config = {.backoff_base_us = conf->backoff_base_us,
                                 .backoff_cap_us = conf->backoff_max_us,
                                 .start_at_submission =
                                     conf->deadline_from == CONF_DEADLINE_SUBMIT};
    fold_config_backoff(&config, getenv("SKJOB_BACKOFF_BASE"), getenv("SKJOB_BACKOFF_MAX"));
    return config;
}
