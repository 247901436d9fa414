# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Ports and configuration files of a cluster.

# lock_ports, unlock_ports: one `up` at a time picks ports and has its daemons bind them. The lock is on the directory /tmp
# itself, so that it is the same for all users of the host and leaves no file. Who waits too long goes on without: a port that
# is taken meanwhile is noticed (see port_taken).
lock_ports() {
    exec {lock}</tmp
    flock -w 30 "$lock" || true
}

unlock_ports() {
    exec {lock}<&-
}

# pick_ports COUNT: ports that can be bound now, in the array PORTS. They lie below the range that the kernel hands out to
# connections, or one of those might take the port of a daemon that is being restarted.
pick_ports() {
    mapfile -t PORTS < <(perl -e '
        use strict;
        use Socket;
        my ($count, $top) = @ARGV;
        $top = 30000 if $top < 12000;
        my ($bottom, @held) = (10000);
        my $port = $bottom + int(rand($top - $bottom));
        for (my $tries = 0; @held < $count && $tries < $top - $bottom; $tries++) {
            $port = $bottom if ++$port >= $top;
            socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
            bind($socket, pack_sockaddr_in($port, INADDR_ANY)) or next;
            push @held, $socket;
            print "$port\n";
        }' "$1" "$(cut -f1 /proc/sys/net/ipv4/ip_local_port_range 2>/dev/null || echo 32768)")
    ((${#PORTS[@]} == $1)) || complain "no $1 free ports"
}

# communication_line: where the daemons listen. Slurm can bind one address only: the one that the host's own name stands for,
# and a step's input and output are connected from 127.0.0.1. So when the name stands for 127.0.0.1 nothing else is bound;
# otherwise the daemons listen on all addresses, and munge keeps strangers out.
# Where nothing but loopback is up, the C library finds no IPv4 address (AI_ADDRCONFIG) unless IPv6 is allowed as well; a
# route is the sign of another interface.
communication_line() {
    local words=()
    [[ $netns == no ]] || return 0
    [[ $(getent ahostsv4 "$(uname -n)" | awk '{ print $1; exit }') != 127.0.0.1 ]] ||
        words+=(NoCtldInAddrAny NoInAddrAny)
    (($(wc -l </proc/net/route) > 1)) || words+=(EnableIPv6)
    ((${#words[@]} == 0)) || (IFS=, && echo "CommunicationParameters=${words[*]}")
}

# plugin_dir: where this installation of Slurm keeps its plugins: beside its private library.
plugin_dir() {
    local library
    library=$(ldd "$(command -v scontrol)" | awk '/libslurmfull/ { print $3 }')
    [[ -n $library ]] && dirname "$(readlink -f "$library")"
}

# write_file NAME MODE: standard input becomes the file. It is never readable by others before its mode is set.
write_file() {
    (umask 077 && cat >"$dir/$1") && chmod "$2" "$dir/$1"
}

# node_lines: every node has its own port on loopback. config_overrides lets it claim any size.
node_lines() {
    local i
    for ((i = 1; i <= nodes; i++)); do
        echo "NodeName=node$i NodeHostname=localhost NodeAddr=$(node_address "$i") Port=${PORTS[i + 1]}" \
            "CPUs=$cpus RealMemory=$memory TmpDisk=$memory${gres:+ Gres=$gres}${node_conf:+ $node_conf}"
    done
}

accounting_lines() {
    [[ $slurmdbd == yes ]] || return 0
    cat <<-END
	AccountingStorageType=accounting_storage/slurmdbd
	AccountingStorageHost=127.0.0.1
	AccountingStoragePort=${PORTS[0]}
	AccountingStoragePass=$dir/run/munge.socket
	AccountingStoreFlags=job_comment
	JobAcctGatherType=jobacct_gather/linux
	JobAcctGatherFrequency=5
	END
}

plugin_dir_line() {
    local default
    [[ -n $plugin_path ]] || return 0
    default=$(plugin_dir) || { complain "cannot find Slurm's own plugin directory"; return 1; }
    echo "PluginDir=$plugin_path:$default"
}

# write_slurm_conf: scheduling passes at once, so that nobody waits; times that a test can outlast. Lines of the user come
# last: for most keys Slurm takes the last value.
write_slurm_conf() {
    local me host
    me=$(id -un) host=$(uname -n)
    write_file slurm.conf 644 <<-END
	ClusterName=$cluster_name
	SlurmctldHost=${host%%.*}($(controller_address))
	SlurmctldPort=${PORTS[1]}
	$(communication_line)
	SlurmUser=$me
	SlurmdUser=$me
	AuthType=auth/munge
	AuthInfo=socket=$dir/run/munge.socket
	StateSaveLocation=$dir/state
	SlurmdSpoolDir=$dir/spool/%n
	SlurmctldPidFile=$dir/run/slurmctld.pid
	SlurmdPidFile=$dir/run/%n.pid
	SlurmctldLogFile=$dir/log/slurmctld.log
	SlurmdLogFile=$dir/log/%n.log
	SlurmctldDebug=info
	SlurmdDebug=info
	PlugStackConfig=$dir/plugstack.conf
	$(plugin_dir_line)
	ProctrackType=proctrack/linuxproc
	SlurmdParameters=config_overrides
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU_Memory
	DefMemPerCPU=16
	SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
	MaxArraySize=$max_array_size
	MaxJobCount=$max_job_count
	MinJobAge=300
	JobRequeue=1
	KillWait=5
	ReturnToService=2
	MessageTimeout=30
	MailProg=/bin/true
	SlurmdTimeout=60
	$(accounting_lines)
	$([[ -z $gres ]] || echo "GresTypes=${gres%%:*}")
	$(node_lines)
	PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	$( ((${#conf_lines[@]} == 0)) || printf '%s\n' "${conf_lines[@]}")
	END
}

# write_plugstack: one optional plugin, as on a real site. Without --plugin the file is empty: the host's own is not used.
write_plugstack() {
    { [[ -z $plugin ]] || echo "optional $plugin${plugin_args[*]+ ${plugin_args[*]}}"; } | write_file plugstack.conf 644
}

# write_gres_conf: Slurm drops GPUs without a device of their own; no cgroup guards them here, so any device will do.
write_gres_conf() {
    local name=${gres%%:*} count=${gres##*:} i
    [[ -n $gres ]] || return 0
    for ((i = 0; i < count; i++)); do ln -sf /dev/null "$dir/run/$name$i"; done
    echo "NodeName=node[1-$nodes] Name=$name File=$dir/run/${name}[0-$((count - 1))]" | write_file gres.conf 644
}

# write_cgroup_conf: slurmd prepares cgroups even when no plugin uses them, and gives up where it may not: in a container, or on
# a host with both hierarchies. Before 24.05 they cannot be disabled, but version 1 touches none unasked.
write_cgroup_conf() {
    local version plugin_type=disabled
    version=$(slurmd -V | grep -oE '[0-9]+\.[0-9]+' | head -n 1)
    [[ $(printf '%s\n' "$version" 24.05 | sort -V | head -n 1) == 24.05 ]] || plugin_type=cgroup/v1
    echo "CgroupPlugin=$plugin_type" | write_file cgroup.conf 644
}

write_slurmdbd_conf() {
    [[ $slurmdbd == yes ]] || return 0
    write_file slurmdbd.conf 600 <<-END
	AuthType=auth/munge
	AuthInfo=socket=$dir/run/munge.socket
	DbdHost=localhost
	DbdAddr=127.0.0.1
	DbdPort=${PORTS[0]}
	$(communication_line)
	SlurmUser=$(id -un)
	StorageType=accounting_storage/mysql
	StorageHost=localhost
	StorageUser=$(id -un)
	StorageLoc=slurm
	LogFile=$dir/log/slurmdbd.log
	PidFile=$dir/run/slurmdbd.pid
	END
}

# write_config: every file anew, for the ports in PORTS: slurmdbd, slurmctld, node1, node2, ...
write_config() {
    plugin_dir_line >/dev/null && write_slurm_conf && write_plugstack && write_gres_conf && write_cgroup_conf &&
        write_slurmdbd_conf
}

# make_folders: the folder itself stays open, since users need slurm.conf and the socket. Slurm's state, the key and the
# database are for the owner. A job's user passes through spool/NODE to the batch script; Slurm makes the job's part private.
make_folders() {
    (cd "$dir" && umask 022 && mkdir log run pid spool && umask 077 && mkdir state private) || return 1
    head -c 128 /dev/urandom | write_file private/munge.key 400
}
