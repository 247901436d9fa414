#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The throwaway cluster itself: contrib/cluster/cluster.
# shellcheck disable=SC2016 # the jobs expand their variables, not we
bats_require_minimum_version 1.5.0

load lib/cluster

setup_file() { cluster_setup --nodes 2 --cpus 3 --gres gpu:2 --slurm-conf 'PartitionName=short Nodes=node2 MaxTime=10'; }
teardown_file() { cluster_teardown; }

# Clusters that a test starts itself lie in $BASE, which no process has in its environment: see users_of.
setup() {
    cluster_required
    BASE=$(mktemp -d "${TMPDIR:-/tmp}/skjob-test-XXXXXX")
    chmod 755 "$BASE"
}

teardown() {
    local folder
    [[ -n ${BASE-} ]] || return 0
    for folder in "$BASE"/*; do
        [[ ! -f $folder/cluster.state ]] || "$CLUSTER" down --dir "$folder" >&2
    done
    rm -rf --one-file-system "$BASE"
}

# users_of DIR: every process that has something to do with the folder, found in another way than the tool finds them.
users_of() {
    {
        grep -lszF "$1" /proc/[0-9]*/environ /proc/[0-9]*/cmdline
        find /proc/[0-9]*/cwd /proc/[0-9]*/fd -lname "$1*" 2>/dev/null
    } | cut -d/ -f3 | sort -un | awk -v self=$$ '$1 != self'
}

assert_gone() {
    local left
    left=$(users_of "$1")
    [[ -z $left ]] || { ps -o pid,stat,args -p "$(paste -sd, <<<"$left")" >&2; return 1; }
    [[ ! -e $1 ]]
}

# use DIR COMMAND...: a command on another cluster than the file's.
use() {
    local folder=$1
    shift
    (eval "$("$CLUSTER" env --dir "$folder")" && "$@")
}

pid_of() {
    cut -d' ' -f1 "$1/pid/$2"
}

@test "status names every daemon, the nodes have the size asked for" {
    run -0 "$CLUSTER" status --dir "$CLUSTER_BASE/c"
    local name
    for name in munged slurmctld node1 node2; do
        [[ $output =~ $name\ +"runs, pid "[0-9]+ ]]
    done
    [[ $(sinfo -h -N -p debug -o '%N %c %T') == $'node1 3 idle\nnode2 3 idle' ]]
    [[ $(sinfo -h -p short -o '%N %l') == 'node2 10:00' ]]
}

@test "a job runs and its output arrives" {
    cd "$(work_folder)"
    local id
    id=$(sbatch --parsable -o out --wrap 'echo hello from $SLURMD_NODENAME')
    wait_for_job "$id"
    [[ $(<out) == 'hello from node1' ]]
    [[ $(job_field "$id" JobState) == COMPLETED ]]
}

@test "an array runs every index" {
    cd "$(work_folder)"
    local id
    id=$(sbatch --parsable --array=0-4%3 -o out.%a --wrap 'echo $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT')
    wait_for_job "$id"
    [[ $(cat out.*) == $'0 of 5\n1 of 5\n2 of 5\n3 of 5\n4 of 5' ]]
}

@test "a generic resource is granted and counted" {
    cd "$(work_folder)"
    local id
    id=$(sbatch --parsable --gres=gpu:2 -o out --wrap 'echo $CUDA_VISIBLE_DEVICES')
    wait_for_job "$id"
    [[ $(<out) == 0,1 ]]
    run ! sbatch --gres=gpu:3 --wrap true
}

@test "as root: an ordinary user's job runs under the user's own id" {
    ((UID == 0)) || skip "needs root"
    local id folder
    folder=$(work_folder nobody)
    cd "$folder"
    id=$(run_as nobody sbatch --parsable -o out --wrap 'id -u; : >made')
    wait_for_job "$id"
    [[ $(<out) == "$(id -u nobody)" ]]
    [[ $(stat -c %U made) == nobody ]]
    # The same user reaches neither the key nor Slurm's state.
    run ! run_as nobody cat "$CLUSTER_BASE/c/private/munge.key"
    run ! run_as nobody ls "$CLUSTER_BASE/c/state"
    # ... may use the cluster, and may not end it.
    run -0 run_as nobody "$CLUSTER" status --dir "$CLUSTER_BASE/c"
    run -1 run_as nobody "$CLUSTER" down --dir "$CLUSTER_BASE/c"
    [[ $output == *"belongs to another user"* ]]
}

@test "two clusters started at once are apart, and the end of one leaves the other" {
    local one two id
    "$CLUSTER" up --dir "$BASE/one" --nodes 1 3>&- &
    one=$!
    "$CLUSTER" up --dir "$BASE/two" --nodes 1 3>&- &
    two=$!
    wait $one
    wait $two
    for name in one two; do
        id=$(use "$BASE/$name" sbatch --parsable -o "$BASE/$name.out" --wrap 'hostname; echo $SLURM_CLUSTER_NAME')
        use "$BASE/$name" wait_for_job "$id"
        [[ $(head -1 "$BASE/$name.out") == "$(uname -n)" ]]
    done
    [[ $(tail -1 "$BASE/one.out") != "$(tail -1 "$BASE/two.out")" ]]
    "$CLUSTER" down --dir "$BASE/one"
    assert_gone "$BASE/one"
    "$CLUSTER" status --dir "$BASE/two"
    "$CLUSTER" down --dir "$BASE/two"
    assert_gone "$BASE/two"
}

@test "down after slurmctld, slurmd and munged were killed ends the jobs, too" {
    local id
    "$CLUSTER" up --dir "$BASE/c" --nodes 1
    id=$(use "$BASE/c" sbatch --parsable -o "$BASE/out" --wrap '(setsid sleep 1000 &); echo started; exec sleep 1000')
    poll_until 60 grep -qs started "$BASE/out"
    kill -9 "$(pid_of "$BASE/c" slurmctld)" "$(pid_of "$BASE/c" node1)" "$(pid_of "$BASE/c" munged)"
    run -1 "$CLUSTER" status --dir "$BASE/c"
    [[ $output == *"slurmctld  does not run"* ]]
    "$CLUSTER" down --dir "$BASE/c"
    assert_gone "$BASE/c"
}

@test "down after up was killed at any time leaves nothing" {
    local pause up
    for pause in 0 0.02 0.05 0.1 0.2; do
        "$CLUSTER" up --dir "$BASE/c" 3>&- &
        up=$!
        sleep $pause
        kill -9 $up 2>/dev/null || true
        wait $up || true
        run -0 "$CLUSTER" down --dir "$BASE/c"
        # What `up` has just asked of a daemon ends by itself.
        poll_until 60 assert_gone "$BASE/c"
    done
}

@test "an interrupted up cleans up after itself" {
    local up
    # A slurmctld that never gets ready.
    mkdir "$BASE/bin"
    printf '#!/bin/sh\nexec sleep 1000\n' >"$BASE/bin/slurmctld"
    chmod +x "$BASE/bin/slurmctld"
    PATH=$BASE/bin:$PATH "$CLUSTER" up --dir "$BASE/c" 3>&- &
    up=$!
    poll_until 60 test -s "$BASE/c/pid/slurmctld"
    kill -TERM $up
    wait $up && return 1
    assert_gone "$BASE/c"
}

@test "daemons hold no descriptor of whoever called up" {
    "$CLUSTER" up --dir "$BASE/c" --nodes 1 7>"$BASE/held"
    [[ -n $(users_of "$BASE/c") && -z $(users_of "$BASE/held") ]]
}

@test "down spares a process that has got a recorded pid" {
    local other
    "$CLUSTER" up --dir "$BASE/c" --nodes 1
    "$CLUSTER" stop --dir "$BASE/c" node1
    sleep 1000 3>&- &
    other=$!
    echo "$other 1" >"$BASE/c/pid/node1"
    "$CLUSTER" down --dir "$BASE/c"
    kill $other
}

@test "down spares a shell that uses the cluster" {
    local shell
    "$CLUSTER" up --dir "$BASE/c" --nodes 1
    SLURM_CONF=$BASE/c/slurm.conf sleep 1000 3>&- &
    shell=$!
    "$CLUSTER" down --dir "$BASE/c"
    kill $shell
}

@test "down works from within a job of the cluster" {
    "$CLUSTER" up --dir "$BASE/c" --nodes 1
    use "$BASE/c" sbatch -Q -o "$BASE/out" --wrap "'$CLUSTER' down --dir '$BASE/c'; echo afterwards"
    poll_until 60 grep -qsx afterwards "$BASE/out"
    poll_until 60 assert_gone "$BASE/c"
}

@test "down where nothing is says so; up and down leave a foreign folder alone" {
    run -0 "$CLUSTER" down --dir "$BASE/c"
    [[ $output == "no cluster in $BASE/c" ]]
    mkdir "$BASE/c"
    echo precious >"$BASE/c/file"
    run -1 "$CLUSTER" up --dir "$BASE/c"
    [[ $output == *"$BASE/c exists"* ]]
    run -1 "$CLUSTER" down --dir "$BASE/c"
    [[ $(<"$BASE/c/file") == precious ]]
}

@test "what keeps a daemon from starting is said in one line, with the log" {
    run -1 "$CLUSTER" up --dir "$BASE/c" --slurm-conf Nonsense=1
    [[ ${lines[0]} == "cluster: slurmctld has ended: Unable to process configuration file" ]]
    [[ $output == *"unrecognized key: Nonsense"* ]]
    assert_gone "$BASE/c"
}

@test "nodes that Slurm refuses are an error, not a cluster where jobs wait" {
    run -1 "$CLUSTER" up --dir "$BASE/c" --slurm-conf GresTypes=gpu --node-conf Gres=gpu:2
    [[ ${lines[0]} == "cluster: Slurm refuses nodes: "*"gres/gpu count"* ]]
    assert_gone "$BASE/c"
}

@test "a port that is taken between look and use is replaced" {
    # Instead of a free port, the first look finds one that the file's cluster listens on.
    mkdir "$BASE/bin"
    local taken
    taken=$(scontrol show config | sed -n 's/^SlurmctldPort *= //p')
    cat >"$BASE/bin/perl" <<-END
	#!/bin/sh
	if mkdir "$BASE/seen" 2>/dev/null; then
	    echo 9; echo $taken; echo 9
	else
	    exec $(command -v perl) "\$@"
	fi
	END
    chmod +x "$BASE/bin/perl"
    PATH=$BASE/bin:$PATH "$CLUSTER" up --dir "$BASE/c" --nodes 1
    [[ -d $BASE/seen ]]
    "$CLUSTER" status --dir "$BASE/c"
}

@test "a missing program is named with its package" {
    mkdir "$BASE/bin"
    local program
    for program in bash id readlink dirname basename; do ln -s "$(command -v $program)" "$BASE/bin/"; done
    # The tool itself adds the sbin folders; a copy without them finds nothing.
    cp "${CLUSTER%/*}"/* "$BASE/bin/"
    sed -i '/^PATH=/d' "$BASE/bin/cluster"
    PATH=$BASE/bin run -1 "$BASE/bin/cluster" up --dir "$BASE/c"
    [[ $output == *"munged not found: install the Debian package munge"* ]]
    [[ $output == *"slurmd not found: install the Debian package slurmd"* ]]
    [[ ! -e $BASE/c ]]
}

@test "bad words are refused before anything is started" {
    run -1 "$CLUSTER" up --dir "$BASE/c" --nodes 0
    [[ $output == "cluster: --nodes: a number from 1 to 200 is needed, not '0'" ]]
    run -1 "$CLUSTER" up --dir "$BASE/c" --nodes
    run -1 "$CLUSTER" up --dir "$BASE/c" --frob 1
    [[ $output == *"unknown option --frob"* ]]
    run -1 "$CLUSTER" up --dir "$BASE/with blank"
    run -1 "$CLUSTER" up --dir "$BASE/$(printf 'x%.0s' {1..80})"
    run -1 "$CLUSTER" up --dir "$BASE/c" --slurm-conf $'A=1\nB=2'
    run -1 "$CLUSTER" up --dir "$BASE/c" extra
    run -1 "$CLUSTER" frob
    [[ ! -e $BASE/c ]]
}

@test "slurmctld and a node come back with their jobs" {
    local id
    "$CLUSTER" up --dir "$BASE/c" --nodes 1
    id=$(use "$BASE/c" sbatch --parsable -H -o /dev/null --wrap true)
    "$CLUSTER" stop --dir "$BASE/c" slurmctld
    run -1 "$CLUSTER" status --dir "$BASE/c"
    "$CLUSTER" stop --dir "$BASE/c" --kill node1
    "$CLUSTER" start --dir "$BASE/c"
    "$CLUSTER" status --dir "$BASE/c"
    use "$BASE/c" scontrol release "$id"
    use "$BASE/c" wait_for_job "$id"
    run -1 "$CLUSTER" stop --dir "$BASE/c" node7
}

@test "nodes start where cgroups cannot be used" {
    ((UID == 0)) && unshare --mount true 2>/dev/null || skip "needs the right to mount"
    unshare --mount --propagation private bash -c 'mount -t tmpfs none /sys/fs/cgroup && "$@"' - \
        "$CLUSTER" up --dir "$BASE/c" --nodes 1
    [[ $(use "$BASE/c" sinfo -h -o %T) == idle ]]
}

# The user is daemon: Slurm 26.05 takes nobody for no user at all.
@test "an ordinary user's own cluster" {
    ((UID == 0)) || skip "the whole file has run so"
    local id
    chown daemon "$BASE"
    run_as daemon "$CLUSTER" up --dir "$BASE/c" --nodes 1
    id=$(use_as_daemon sbatch --parsable -D "$BASE" -o "$BASE/out" --wrap 'id -un')
    SLURM_CONF=$BASE/c/slurm.conf wait_for_job "$id"
    [[ $(<"$BASE/out") == daemon ]]
    # Nothing of it runs as anybody else.
    [[ $(ps -o user= -p "$(users_of "$BASE/c" | paste -sd,)" | sort -u) == daemon ]]
    run_as daemon "$CLUSTER" down --dir "$BASE/c"
    assert_gone "$BASE/c"
}

use_as_daemon() {
    run_as daemon env SLURM_CONF="$BASE/c/slurm.conf" "$@"
}

@test "a SPANK plugin is loaded with its arguments" {
    command -v cc >/dev/null && [[ -f /usr/include/slurm/spank.h ]] || skip "needs a compiler and libslurm-dev"
    local id
    cat >"$BASE/hello.c" <<-END
	#include <slurm/spank.h>
	SPANK_PLUGIN(hello, 1);
	int slurm_spank_task_init(spank_t sp, int ac, char **av)
	{
	    return spank_setenv(sp, "HELLO", ac == 2 ? av[1] : "?", 1);
	}
	END
    cc -shared -fPIC -o "$BASE/hello.so" "$BASE/hello.c"
    "$CLUSTER" up --dir "$BASE/c" --nodes 1 --plugin="$BASE/hello.so" --plugstack-arg one=1 --plugstack-arg two=2
    id=$(use "$BASE/c" sbatch --parsable -o "$BASE/out" --wrap 'echo $HELLO')
    use "$BASE/c" wait_for_job "$id"
    [[ $(<"$BASE/out") == two=2 ]]
}

@test "--plugin-dir adds to Slurm's own plugins" {
    mkdir "$BASE/plugins"
    "$CLUSTER" up --dir "$BASE/c" --nodes 1 --plugin-dir "$BASE/plugins"
    local value
    value=$(use "$BASE/c" scontrol show config | sed -n 's/^PluginDir *= //p')
    [[ $value == "$BASE/plugins:$(scontrol show config | sed -n 's/^PluginDir *= //p')" ]]
}

@test "--slurmdbd: the database knows the job" {
    (PATH=$PATH:/usr/sbin && type -P slurmdbd mariadbd) >/dev/null || skip "needs slurmdbd and mariadb-server"
    local id
    "$CLUSTER" up --dir "$BASE/c" --nodes 1 --slurmdbd
    id=$(use "$BASE/c" sbatch --parsable -o /dev/null --wrap 'exit 3')
    poll_until 60 in_database "$BASE/c" "$id" 'FAILED|3:0'
    "$CLUSTER" down --dir "$BASE/c"
    assert_gone "$BASE/c"
}

in_database() {
    [[ $(use "$1" sacct -X -n -P -o state,exitcode -j "$2") == "$3" ]]
}

@test "--netns: nodes with addresses of their own, and nothing of it left, also after a crash" {
    networks_available || skip "needs root and network namespaces"
    local name id
    "$CLUSTER" up --dir "$BASE/n" --nodes 2 --netns >&2
    name=$(use "$BASE/n" bash -c 'echo $SKJOB_CLUSTER_NAME')
    [[ $(ip netns | grep -c "^$name-node") == 2 ]]
    id=$(use "$BASE/n" sbatch --parsable -N 2 -o "$BASE/n.out" --wrap 'srun ip -4 -br address show eth0; srun -n 1 cat /proc/sys/net/ipv4/ping_group_range')
    use "$BASE/n" wait_for_job "$id"
    [[ $(grep -o '10[.][0-9]*[.][0-9]*[.]1[12]/24' "$BASE/n.out" | sort -u | wc -l) == 2 ]]
    grep -q $'^0\t2147483647$' "$BASE/n.out"
    "$CLUSTER" stop --kill node1 slurmctld --dir "$BASE/n"
    "$CLUSTER" start --dir "$BASE/n"
    kill -KILL "$(pid_of "$BASE/n" node2)" "$(pid_of "$BASE/n" munged)"
    "$CLUSTER" down --dir "$BASE/n" >&2
    assert_gone "$BASE/n"
    network_gone "$name"
}
