# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Starts the daemons in their order and waits until each is ready.

readonly READY_SECONDS=60 # on a busy machine; a daemon that has ended is noticed at once

# show_log NAME: what the daemon said last.
show_log() {
    local file
    for file in "$dir/log/$1.log" "$dir/log/$1.err"; do
        [[ -s $file ]] || continue
        echo "--- end of $file:"
        tail -n 15 "$file"
        return
    done
} >&2

# last_words NAME: the line with which a daemon gave up, if it said why.
last_words() {
    sed -n 's/.*fatal: /: /p' "$dir/log/$1.err" | tail -n 1
}

# wait_ready NAME COMMAND...: until the command succeeds, or the daemon has ended, or time is up. Sets FAILED and WHY.
wait_ready() {
    local name=$1 end=$((SECONDS + READY_SECONDS)) said
    shift
    until said=$("$@" 2>&1 >/dev/null); do
        FAILED=$name
        daemon_pid "$name" || { WHY="$name has ended$(last_words "$name")"; return 1; }
        ((SECONDS < end)) || { WHY="$name is not ready after $READY_SECONDS s${said:+: ${said##*$'\n'}}"; return 1; }
        sleep "$POLL"
    done
    FAILED=''
}

# port_taken: somebody bound the port between our look and the daemon's.
port_taken() {
    grep -qs 'Address already in use' "$dir"/log/*.log "$dir"/log/*.err
}

slurm() {
    SLURM_CONF=$dir/slurm.conf timeout 10 "$@"
}

# --force: munged dislikes folders below /tmp, but the key is in a private one.
start_munged() {
    spawn munged munged --foreground --force --num-threads=4 --key-file="$dir/private/munge.key" \
        --socket="$dir/run/munge.socket" --pid-file="$dir/run/munged.pid" --log-file="$dir/log/munged.log" \
        --seed-file="$dir/private/munge.seed"
    wait_ready munged munge --no-input --socket="$dir/run/munge.socket"
}

start_mariadbd() {
    local data=$dir/private/mariadb
    if [[ ! -d $data ]]; then
        mkdir -m 700 "$data"
        FAILED=mariadb-install-db
        mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$data" --skip-test-db --force \
            >"$dir/log/mariadb-install-db.log" 2>&1 || { WHY="mariadb-install-db failed"; return 1; }
    fi
    # Whoever reaches the socket may do everything: it lies in the private folder.
    spawn mariadbd mariadbd --no-defaults --user="$(id -un)" --datadir="$data" --socket="$dir/private/mariadb.socket" \
        --pid-file="$dir/run/mariadbd.pid" --log-error="$dir/log/mariadbd.log" --skip-networking --skip-grant-tables \
        --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0
    wait_ready mariadbd mariadb-admin --no-defaults --socket="$dir/private/mariadb.socket" ping && create_database
}

# slurmdbd would create it, but then goes on with the connection that had failed for want of it: with libmariadb 3.4.10 (which
# Slurm 26.05 meets in Debian) no query succeeds on that one.
create_database() {
    [[ -d $dir/private/mariadb/slurm ]] && return 0
    local said
    said=$(mariadb-admin --no-defaults --socket="$dir/private/mariadb.socket" create slurm 2>&1) && return 0
    FAILED=mariadbd WHY="the database cannot be created: $said"
    return 1
}

# The MySQL library takes the socket from MYSQL_UNIX_PORT; slurmdbd.conf has no key for it.
start_slurmdbd() {
    spawn slurmdbd env MYSQL_UNIX_PORT="$dir/private/mariadb.socket" SLURM_CONF="$dir/slurm.conf" slurmdbd -D
    wait_ready slurmdbd slurm sacctmgr -n show cluster || return 1
    [[ -n $(slurm sacctmgr -n show cluster "$cluster_name") ]] ||
        slurm sacctmgr -i add cluster "$cluster_name" >/dev/null
}

start_slurmctld() {
    spawn slurmctld slurmctld -D
    wait_ready slurmctld slurm scontrol ping
}

# slurmd writes run/NODE.pid once it listens.
start_node() {
    local within=()
    rm -f "$dir/run/$1.pid"
    [[ $netns == no ]] || within=(nsenter --net="/run/netns/$(namespace_of "$1")" --)
    spawn "$1" "${within[@]}" slurmd -D -N "$1"
}

# node_ready NODE: it listens and has registered (an asterisk marks a node that does not answer). One that an administrator
# has drained or set down is ready, too.
node_ready() {
    local state
    [[ -s $dir/run/$1.pid ]] || return 1
    read -r state < <(slurm sinfo -h -n "$1" -o %T)
    [[ -n $state && $state != *'*' && $state != unk* ]]
}

# await_nodes NODE...: until each of them is ready.
await_nodes() {
    local node
    for node in "$@"; do wait_ready "$node" node_ready "$node" || return 1; done
}

start_nodes() {
    local node
    for node in "$@"; do start_node "$node"; done
    await_nodes "$@"
}

# node_names: node1, node2, ... in the array NODES.
node_names() {
    local i
    NODES=()
    for ((i = 1; i <= nodes; i++)); do NODES+=("node$i"); done
}

# start_daemons: everything, once.
start_daemons() {
    node_names
    start_munged || return 1
    [[ $slurmdbd == no ]] || { start_mariadbd && start_slurmdbd; } || return 1
    start_slurmctld && start_nodes "${NODES[@]}" && nodes_usable
}

# nodes_usable: a node that Slurm refuses (a line of --slurm-conf that does not fit, say) would let every job wait.
nodes_usable() {
    slurm sinfo -h -N -o %T | grep -qE 'drain|down|inval' || return 0
    FAILED=slurmctld WHY="Slurm refuses nodes: $(slurm sinfo -h -R -o '%N: %E' | paste -sd ';')"
    return 1
}

# start_cluster: picks ports, and picks others when one of them was taken meanwhile.
start_cluster() {
    local attempt
    lock_ports
    for attempt in 1 2 3 4 5; do
        pick_ports $((nodes + 2)) && write_config || return 1
        start_daemons && { unlock_ports; return 0; }
        ((attempt < 5)) && port_taken || return 1
        end_cluster && rm -f "$dir"/log/* || return 1
    done
}
