# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Processes of a cluster: start them, know them again, end them, and never anybody else's.
#
# A daemon is recorded in $dir/pid/NAME as "PID STARTTIME". The start time (field 22 of /proc/PID/stat) stays the same over an
# exec and differs for a reused pid. What has no pid file (slurmstepd, slurmscriptd, the jobs) is known by what it holds: see
# helper_pids and job_pids.

# Debian's programs are called NAME-wlm behind a link.
readonly DAEMON_NAMES='munged|mariadbd|(slurmctld|slurmscriptd|slurmd|slurmdbd|slurmstepd)(-wlm)?'
readonly POLL=0.05 # seconds

# stat_fields PID: fields 3 and following of /proc/PID/stat in the array STAT. The name (field 2) may hold blanks and brackets.
stat_fields() {
    local line
    { line=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    read -r -a STAT <<<"${line##*) }"
}

# runs PID STARTTIME: true when that very process exists. A zombie has ended, whether or not somebody collects it.
runs() {
    stat_fields "$1" && [[ ${STAT[0]} != Z && ${STAT[19]} == "$2" ]]
}

# daemon_pid NAME: the daemon's pid in PID, if it runs.
daemon_pid() {
    local start
    PID=
    { read -r PID start <"$dir/pid/$1"; } 2>/dev/null || return 1
    [[ $PID =~ ^[0-9]+$ ]] && runs "$PID" "$start"
}

# close_descriptors: all but 0, 1 and 2. A test runner waits for the end of every pipe that it handed out.
close_descriptors() {
    local fd
    for fd in "/proc/$BASHPID/fd/"*; do
        fd=${fd##*/}
        ((fd <= 2)) || eval "exec $fd>&-"
    done
}

# spawn NAME COMMAND...: starts a daemon in a session of its own. The process writes its pid file itself, before it becomes
# the daemon: however `up` ends, there is no daemon without a pid file.
spawn() {
    local name=$1
    shift
    rm -f "$dir/pid/$name"
    (
        exec </dev/null >>"$dir/log/$name.err" 2>&1
        close_descriptors
        cd "$dir/log" || exit 1
        stat_fields "$BASHPID" && echo "$BASHPID ${STAT[19]}" >"$dir/pid/$name" && exec setsid "$@"
    ) &
    # The pid file may lag behind, unless the process has failed.
    until [[ -s $dir/pid/$name ]] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
}

# holds_folder PID: the process was started for this cluster (see prepare_environment; slurmstepd overwrites its environment
# with a title), or stands among the logs, or writes one.
holds_folder() {
    grep -qszFx "SKJOB_CLUSTER_DAEMON=$dir" "/proc/$1/environ" && return 0
    [[ $(readlink "/proc/$1/cwd" 2>/dev/null) == "$dir/log" ]] && return 0
    [[ -n $(find "/proc/$1/fd" -lname "$dir/log/*" -print -quit 2>/dev/null) ]]
}

recorded_pids() {
    local file
    for file in "$dir"/pid/*; do
        daemon_pid "${file##*/}" && echo "$PID"
    done
    return 0
}

# helper_pids [NAMES]: processes with the name of a daemon that hold the folder. slurmstepd outlives slurmd, and a daemon killed by
# hand may leave its helper.
helper_pids() {
    local file
    while read -r file; do
        file=${file#/proc/}
        holds_folder "${file%/comm}" && echo "${file%/comm}"
    done < <(grep -lsxE "${1:-$DAEMON_NAMES}" /proc/[0-9]*/comm)
    return 0
}

# job_pids: processes that slurmstepd started for a job of this cluster. A shell that merely uses the cluster has SLURM_CONF,
# but not the name of the node it runs on.
job_pids() {
    grep -lszFx "SLURM_CONF=$dir/slurm.conf" /proc/[0-9]*/environ |
        xargs -r grep -lsz '^SLURMD_NODENAME=' | cut -d/ -f3
}

# with_descendants: adds to the pids on standard input all their children's children. Leaves out what has ended, this program,
# those that called it, and what it has called itself: its children in the same session, for daemons have their own. Should
# it run inside a job, the job's slurmstepd has not called it.
with_descendants() {
    awk -v self=$$ '
        function add_children(set, inside,    p, grown) {
            do {
                grown = 0
                for (p in parent)
                    if (!(p in set) && !(p in spared) && (parent[p] in set) && (inside == "" || session[p] == inside)) {
                        set[p]
                        grown = 1
                    }
            } while (grown)
        }
        NR == FNR { wanted[$1]; next }
        $4 !~ /^Z/ { parent[$1] = $2; session[$1] = $3; name[$1] = $5 }
        END {
            below[self]
            add_children(below, session[self])
            for (p in below) spared[p]
            for (p = self; p in parent && name[p] !~ /^slurmstepd/; p = parent[p]) spared[p]
            for (p in spared) delete wanted[p]
            add_children(wanted, "")
            for (p in wanted) if (p in parent) print p
        }' <(cat) <(ps -e -o pid=,ppid=,sess=,stat=,comm=)
}

# step_pids: the jobs' processes and the slurmstepds above them.
step_pids() {
    {
        helper_pids 'slurmstepd(-wlm)?'
        job_pids
    } | with_descendants
}

# node_step_pids NODE: the part of step_pids on that node: it writes to the node's log, or has the node's name.
node_step_pids() {
    local pid
    for pid in $(step_pids); do
        if grep -qszFx "SLURMD_NODENAME=$1" "/proc/$pid/environ" ||
            [[ -n $(find "/proc/$pid/fd" -lname "$dir/log/$1.log" -print -quit 2>/dev/null) ]]; then
            echo "$pid"
        fi
    done | with_descendants
}

# cluster_pids: everything that belongs to the cluster.
cluster_pids() {
    {
        recorded_pids
        helper_pids
        job_pids
    } | with_descendants
}

# send SIGNAL PID...: a process that has gone meanwhile is fine.
send() {
    local signal=$1
    shift
    (($# == 0)) || kill "-$signal" "$@" 2>/dev/null || true
}

# await_end SECONDS: waits until nothing of the cluster runs.
await_end() {
    local end=$((SECONDS + $1))
    while [[ -n $(cluster_pids) ]]; do
        ((SECONDS < end)) || return 1
        sleep "$POLL"
    done
}

# end_cluster: jobs at once, for their result is thrown away; daemons get a second to leave in good order.
end_cluster() {
    local -a pids
    mapfile -t pids < <(step_pids)
    send KILL "${pids[@]}"
    mapfile -t pids < <(cluster_pids)
    send TERM "${pids[@]}"
    await_end 2 && return 0
    local round
    for round in 1 2 3 4 5; do
        mapfile -t pids < <(cluster_pids)
        send KILL "${pids[@]}"
        await_end 2 && return 0
    done
    mapfile -t pids < <(cluster_pids)
    complain "processes that cannot be ended: ${pids[*]}"
    return 1
}
