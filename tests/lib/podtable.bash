# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The table of small pods: pods/*.yaml, one manifest each, whose comments at the head say what is to be seen. All of them
# are submitted at once, and each is looked at when it has ended.
#
#   ends: Failed BackoffLimitExceeded    the Job's end (Complete, when this line is missing)
#   endmessage: REGEX                    ... and its message
#   never                                it has not ended: its pod waits
#   refused: TEXT                        it is not accepted, with this message
#   pods: 2                              how many have begun
#   ended: REGEX                         the journal's record of the last pod's end
#   log main: LINE                       the log of a container; all lines with its name are the whole log
#   log~ main: REGEX                     some line of it
#   logs: LINE                           the logs of all pods, sorted
#   absent NAME...                       containers that have no log: they have never begun
#   waits main: TEXT                     why the container waits, as its log tells
#   then: NAME                           what is created while it waits: pods/later/NAME.yaml
#   message main: TEXT                   its termination message; nomessage main: it has none
#   messagesize main: 4096
#   file NAME: LINE                      the lines of a file of the folder that is called @WORK@ in manifests
#   nofile NAME                          it is not there
#   gone: NAME                           the processes whose ids it lists have ended
#   task: WORD...                        words of `scontrol show job`
#   needs PROGRAM                        without which the row is left out
#
# @WORK@ in a manifest and in what is expected is a folder of the user's own, @PORT1@ ... are free ports.

PODS=${BASH_SOURCE[0]%/*}/../pods

# free_ports: below those that clusters take, and that the kernel hands out to connections.
free_ports() {
    python3 -c 'import errno, random, socket
s = []
while len(s) < 2:
    try:
        s.append(socket.create_server(("127.0.0.1", random.randrange(2000, 10000))))
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise
print("".join("s|@PORT%d@|%d|g;" % (i + 1, x.getsockname()[1]) for i, x in enumerate(s)))'
}

# podtable_submit: everything in one go, in a folder of the user's own.
podtable_submit() {
    local file name fill needed
    fill="s|@WORK@|$WORK|g;$(free_ports)"
    mkdir "$WORK/pods" "$WORK/outside"
    echo found >"$WORK/found"
    for file in "$PODS"/*.yaml; do
        name=${file##*/}
        needed=$(sed -n 's/^# needs //p' "$file")
        [[ -z $needed ]] || type -P "$needed" >/dev/null || continue
        sed "$fill" "$file" >"$WORK/pods/$name"
    done
    chown -R "$JOB_USER" "$WORK"
    as_user skjob create -f pods >create.out 2>create.err || true
}

# podtable_check PREFIX: the rows whose names begin so.
podtable_check() {
    local file bad=0 rows=0
    for file in "$WORK/pods/$1"-*.yaml "$WORK/pods/$1.yaml"; do
        [[ -e $file ]] || continue
        rows=$((rows + 1))
        row_check "$file" || bad=$((bad + 1))
    done
    echo "$rows rows, $bad not as expected" >&2
    ((rows > 0 && bad == 0))
}

# ---- one row ----

row_check() {
    local file=$1 line
    ROW=${file##*/} ROW=${ROW%.yaml}
    ROW_DIR=$SKJOB_STATE/jobs/default/$ROW
    ROW_TEXT=$(sed -n '3,/^[^#]/{/^#/!q;s/^# //;p}' "$file")
    ROW_BAD=
    row_end
    [[ $ROW_TEXT == refused:* || $ROW_TEXT == *$'\n'refused:* ]] || row_logs
    while IFS= read -r line; do
        row_line "$line"
    done <<<"$ROW_TEXT"
    [[ -z $ROW_BAD ]] || row_show >&2
    [[ -z $ROW_BAD ]]
}

# row_fail WORD...: remembers what is wrong.
row_fail() {
    ROW_BAD+="$ROW: $*"$'\n'
}

row_show() {
    local log
    printf '%s' "$ROW_BAD"
    for log in "$ROW_DIR"/pods/*/*.log; do
        [[ ! -e $log ]] || sed "s|^|    ${log##*/}: |" "$log"
    done
    grep -h ' event=ended ' "$ROW_DIR"/events/* 2>/dev/null | sed 's/^/    /'
}

# row_end: waits until the row is over; creates what it waits for.
row_end() {
    local want later
    ROW_END=
    grep -q '^refused:' <<<"$ROW_TEXT" && return
    if grep -q '^waits ' <<<"$ROW_TEXT"; then
        poll_until 120 row_waits || row_fail "does not wait"
        later=$(sed -n 's/^then: //p' <<<"$ROW_TEXT")
        [[ -z $later ]] || as_user skjob create -f "$PODS/later/$later.yaml" >/dev/null || row_fail "cannot create $later"
    fi
    if grep -q '^never$' <<<"$ROW_TEXT"; then
        ! row_has_ended || row_fail "has ended"
        return
    fi
    want=$(sed -n 's/^ends: //p' <<<"$ROW_TEXT")
    poll_until "${PODTABLE_LIMIT:-240}" row_has_ended || { row_fail "has not ended"; return; }
    [[ ${want:-Complete} == "${ROW_END%%: *}" ]] || row_fail "has ended as $ROW_END, not ${want:-Complete}"
}

# row_has_ended: ROW_END becomes "Complete" or "Failed REASON: MESSAGE". One answer of skjob serves many rows.
row_has_ended() {
    local line
    line=$(grep "^$ROW " "$WORK/ended" 2>/dev/null) || {
        as_user skjob get jobs -o json | jq -r '.items[] | .metadata.name as $n | .status.conditions // [] | .[] |
            select(.status == "True") | if .type == "Complete" then "\($n) Complete"
            elif .type == "Failed" then "\($n) Failed \(.reason): \(.message)" else empty end' >"$WORK/ended"
        line=$(grep "^$ROW " "$WORK/ended")
    } || return 1
    ROW_END=${line#* }
}

# row_waits: whether the container tells what it waits for.
row_waits() {
    local line what
    line=$(sed -n 's/^waits //p' <<<"$ROW_TEXT")
    what=${line#*: }
    grep -qF -- "${what//@WORK@/$WORK}" "$ROW_DIR"/pods/*/"${line%%: *}.log" 2>/dev/null
}

# row_logs: every container that has "log" lines has exactly these.
row_logs() {
    local name want got
    while read -r name; do
        want=$(sed -n "s/^log $name: \{0,1\}//p" <<<"$ROW_TEXT")
        got=$(cat "$ROW_DIR"/pods/*/"$name.log" 2>&1)
        [[ $got == "$want" ]] || row_fail "log of $name is not: $want"
    done < <(sed -n 's/^log \([^:]*\):.*/\1/p' <<<"$ROW_TEXT" | sort -u)
    want=$(sed -n 's/^logs: //p' <<<"$ROW_TEXT")
    [[ -z $want || $want == "$(cat "$ROW_DIR"/pods/*/*.log | sort)" ]] || row_fail "logs are not: $want"
}

# row_line LINE: everything that is told in one line.
row_line() {
    local what=${1%%:*} value=${1#*: } name
    value=${value//@WORK@/$WORK}
    name=${what#* }
    case $what in
        refused) grep -qF -- "$value" create.err || row_fail "not refused: $value" ;;
        endmessage) grep -qE -- "$value" <<<"$ROW_END" || row_fail "end says: $ROW_END" ;;
        pods) [[ $(row_events started | wc -l) == "$value" ]] || row_fail "not $value pods" ;;
        ended) row_events ended | tail -n 1 | grep -qE -- "${value// / .*}" || row_fail "ended is not: $value" ;;
        "log~ "*) cat "$ROW_DIR"/pods/*/"$name.log" | grep -qE -- "$value" || row_fail "log of $name has not: $value" ;;
        "absent "*) row_absent "$name" ;;
        "message "*) [[ $(row_message "$name") == "$value" ]] || row_fail "message of $name is: $(row_message "$name")" ;;
        "messagesize "*) [[ $(row_message "$name" | wc -c) == "$value" ]] || row_fail "message of $name has another size" ;;
        "nomessage "*) [[ -z $(row_message "$name") ]] || row_fail "$name has a message" ;;
        "file "*) row_file "$name" ;;
        "nofile "*) [[ ! -e $WORK/$name ]] || row_fail "$WORK/$name is there" ;;
        gone) row_gone "$value" ;;
        task) row_task "$value" ;;
        "log "* | logs | "waits "* | then | ends | never | "needs "*) ;; # looked at elsewhere
        *) row_fail "unknown expectation: $1" ;;
    esac
}

row_events() {
    sort "$ROW_DIR/events"/* | grep -- " event=$1 "
}

row_message() {
    cat "$ROW_DIR"/pods/*/"$1.message" 2>/dev/null
}

row_absent() {
    local name
    for name in $1; do
        [[ -z $(ls "$ROW_DIR"/pods/*/"$name.log" 2>/dev/null) ]] || row_fail "$name has begun"
    done
}

row_file() {
    local want
    want=$(sed -n "s|^file $1: ||p" <<<"$ROW_TEXT")
    [[ $(cat "$WORK/$1" 2>&1) == "$want" ]] || row_fail "$1 is not: $want"
}

row_gone() {
    local pid
    [[ -s $WORK/$1 ]] || row_fail "$1 is empty"
    while read -r pid; do
        poll_until 60 row_dead "$pid" || row_fail "process $pid runs"
    done <"$WORK/$1"
}

# row_dead PID: ended, or another one by now (the state's folder is in the environment of ours).
row_dead() {
    ! { tr '\0' '\n' <"/proc/$1/environ" | grep -qF "SKJOB_STATE=$SKJOB_STATE"; } 2>/dev/null
}

row_task() {
    local id word shown
    id=$(row_events submitted | sed -n 's/.* job=\([0-9]*\).*/\1/p' | tail -n 1)
    shown=$(scontrol show -o job "$id")
    for word in $1; do
        [[ " $shown " == *" $word "* ]] || row_fail "Slurm shows no $word"
    done
}
