#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The plugin's file. SKJOB_PLUGIN names it.

setup()
{
    plugin=${SKJOB_PLUGIN:-$BATS_TEST_DIRNAME/../.libs/spank_skjob.so}
}

@test "only what Slurm looks up is exported" {
    run nm -D --defined-only "$plugin"
    [ "$status" = 0 ]
    [ "$(awk '{print $3}' <<< "$output" | grep -v -e '^slurm_spank_' | sort | xargs)" = \
        "plugin_name plugin_type plugin_version spank_plugin_version" ]
}

@test "hooks that cost every job of the cluster are not there" {
    run nm -D --defined-only "$plugin"
    [[ $output != *job_prolog* && $output != *job_epilog* && $output != *task_init_privileged* ]]
}

@test "no YAML, JSON or other library than libc; nothing of Slurm's but SPANK and its log" {
    run readelf -d "$plugin"
    [ "$status" = 0 ]
    [ "$(grep NEEDED <<< "$output" | grep -vc 'libc\.so')" = 0 ]
    run nm -D --undefined-only "$plugin"
    [ "$status" = 0 ]
    [ "$(grep -oE '(slurm|spank)_[a-z_]+' <<< "$output" | sort -u | xargs)" = \
        "slurm_error slurm_info spank_context spank_get_item spank_getenv spank_option_register spank_setenv spank_strerror spank_unsetenv" ]
}
