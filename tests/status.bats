#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# status, report, wait and completion over states of Jobs that never ran: no Slurm is needed.
# shellcheck disable=SC2016,SC2154 # another shell expands; run sets output and stderr
bats_require_minimum_version 1.5.0

load lib/common

setup() {
    own_home
    export SKJOB_STATE=$BATS_TEST_TMPDIR/state SLURM_CONF=/nonexistent
}

# state NAME ARGUMENT...
state() { "$TOP/contrib/bench/job-state" --state "$SKJOB_STATE" --name "$@"; }

@test "status of a Job that has ended: counts, failures by cause, no colours" {
    state sweep --indexes 100 --end
    run -0 --separate-stderr skjob status sweep
    [[ -z $stderr && $output != *$'\033'* ]]
    [[ $output == *'Status:      Complete, took '*'Reached expected number of succeeded pods)'* ]]
    [[ $output == *'Done:        100/100'$'\n'* ]]
    [[ $output == *'in 10 failed attempts'* ]]
    [[ $(grep -c '^  #*$' <<<"$output") == 2 ]]
    [[ $(sed -n '/^Failures/,$p' <<<"$output" | awk 'NR > 2 {print $1, $2, $3}' | sort | xargs) == '3 137 OOMKilled 3 3 Error 4 1 Error' ]]
    # A Job that its last pod has completed stands still as well.
    state whole --indexes 10 --ended 10 --age 5000
    run -0 --separate-stderr skjob status whole
    [[ $output == *'Status:      Complete, took '* ]]
    # All forms of the name.
    skjob status job sweep >/dev/null
    skjob status job/sweep >/dev/null
}

@test "status of a Job that Slurm may never have got" {
    state asked --indexes 3 --ended 0
    run -0 --separate-stderr skjob status asked 3>&- # bats would wait for the scontrol that is given up
    [[ $output == *$'\nStatus:      Running, no pod has started yet\n'* ]]
    rm "$SKJOB_STATE"/jobs/default/asked/events/login
    run -0 --separate-stderr skjob status asked 3>&- # bats would wait for the scontrol that is given up
    [[ $output == *$'\nStatus:      Running, not known to be in Slurm: skjob reconcile finds out\n'* ]]
}

@test "logs says why there is none" {
    state whole --indexes 10 --ended 10
    state begun --indexes 10 --ended 5
    run -1 --separate-stderr skjob logs job/whole --index 10
    expect 1 '' 'error: job whole has no index 10: they are 0-9'
    run -1 --separate-stderr timeout 20 "$SKJOB" logs -f job/begun --index 10
    expect 1 '' 'error: job begun has no index 10: they are 0-9'
    run -1 --separate-stderr skjob logs job/whole --attempt 7
    expect 1 '' 'error: job whole has no attempt 7'
    run -1 --separate-stderr skjob logs job/whole
    expect 1 '' 'error: job whole has no log: its pods were deleted, or never ran'
    run -1 --separate-stderr skjob logs job/begun --index 9
    expect 1 '' 'error: no pod of index 9 of job begun has started yet (logs -f waits)'
}

@test "status: each index its letter, failed ones by name" {
    state part --indexes 50 --ended 40 --running 4 --fail-every 0 --final 20 --end
    run -0 skjob status part
    [[ $output == *'  ###################x###################xxxxx......'* ]]
    [[ $output == *'Failed:      19,39-43'* && $output == *'Status:      FailureTarget'*'Job has failed indexes'* ]]
    state more --indexes 1000 --ended 400 --running 10 --end --fail-every 0
    COLUMNS=42 run -0 skjob status more
    [[ $output == *'Indexes 0-999, 4 for each character:'* ]]
    [[ $(grep -c '^  [#x.+]\{40\}$' <<<"$output") == 6 ]]
}

@test "colours on a terminal, but not with NO_COLOR" {
    state sweep --indexes 10 --end
    run -0 script -qec "TERM=xterm '$SKJOB' status sweep" /dev/null
    [[ $output == *$'\033[32m'* ]]
    run -0 script -qec "TERM=xterm NO_COLOR=1 '$SKJOB' status sweep" /dev/null
    [[ $output != *$'\033['* ]]
}

@test "a name that is not there; no name" {
    run -1 --separate-stderr skjob status nope
    [[ $stderr == 'Error from server (NotFound): jobs.batch "nope" not found' ]]
    run -1 --separate-stderr skjob status
    [[ $stderr == 'error: you must name a Job: skjob status NAME' ]]
    run -1 --separate-stderr skjob report nope
    [[ $stderr == 'Error from server (NotFound): jobs.batch "nope" not found' ]]
}

@test "report as CSV and JSON: a row for each attempt" {
    state sweep --indexes 20 --end --node-prefix 'a,"b'
    run -0 skjob report sweep -o csv
    [[ ${lines[0]} == index,attempt,pod,node,started,ended,seconds,phase,exitCode,container,reason,restarts ]]
    [[ ${#lines[@]} == 23 ]]
    cat >check.py <<'PY'
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) == 22, rows
assert rows[9]["exitCode"] == "1" and rows[9]["phase"] == "Failed" and rows[10]["attempt"] == "1", rows[9]
assert rows[0]["node"] == 'a,"b000', rows[0]
assert float(rows[0]["seconds"]) > 0
PY
    python3 check.py <<<"$output"
    skjob report sweep --format json | jq -e 'length == 22 and .[9].exitCode == 1 and .[9].reason == "Error" and .[0].node == "a,\"b000"'
    skjob report sweep -o rows.json
    jq -e length rows.json
}

@test "report as a page: nothing from elsewhere, no script, names are text" {
    state sweep --indexes 300 --final 50 --node-prefix '<script>alert("&")</script>' --end
    skjob report job/sweep -o sweep.html
    run -1 grep -qiE '<script|https?:|src=|url\(|@[A-Z]+@' sweep.html
    grep -q '&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;' sweep.html
    python3 - sweep.html <<'PY'
import html.parser, sys
class Checker(html.parser.HTMLParser):
    void, stack, texts = {"meta", "rect"}, [], []
    def handle_starttag(self, tag, attrs):
        if tag not in self.void: self.stack.append(tag)
    def handle_startendtag(self, tag, attrs): pass
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, (tag, self.getpos())
    def handle_data(self, data): self.texts.append(data)
c = Checker(); c.feed(open(sys.argv[1]).read()); c.close()
assert not c.stack, c.stack
text = " ".join(c.texts)
for what in "294 of 300", "Failed indexes", "Attempts by index", "Attempts by node", "How long attempts took":
    assert what in text, what
PY
}

@test "report of a Job without pods; of a file that cannot be written" {
    state idle --indexes 5 --ended 0 --end
    skjob report idle -o idle.html
    grep -q '0 of 5' idle.html
    [[ $(skjob report idle -o csv | wc -l) == 1 ]]
    run -1 --separate-stderr skjob report idle -o nowhere/x.html
    [[ $stderr == 'error: cannot write nowhere/x.html: No such file or directory' ]]
    run -1 --separate-stderr skjob report idle -o idle.pdf
    expect 1 '' 'error: which format is idle.pdf? It ends with none of .html, .csv and .json: --format'
    [[ ! -e idle.pdf ]]
    skjob report idle -o idle.page --format html && grep -q '^<!DOCTYPE html>' idle.page
    skjob report idle -o - | grep -q '^<!DOCTYPE html>'
    run -1 --separate-stderr skjob report idle --format pdf
    [[ $stderr == 'error: unknown format "pdf": html, csv or json' ]]
}

@test "wait: finished tells success from failure; several conditions; JSONPath" {
    state good --indexes 10 --end
    state bad --indexes 20 --final 10 --end
    run -1 skjob wait --for=finished job/good job/bad --timeout=0
    [[ $output == $'job.batch/good condition met\njob.batch/bad failed' ]]
    run -0 skjob wait --for=condition=complete --for=create job good
    [[ $output == 'job.batch/good condition met' ]]
    run -0 skjob wait '--for=jsonpath={.status.succeeded}=10' job/good
    run -0 skjob wait --for=condition=Failed=True job/bad
    run -1 --separate-stderr skjob wait '--for=jsonpath={.status.succeeded}=11' job/good --timeout=0
    [[ $stderr == 'error: condition not met for jobs/good' ]]
    run -1 --separate-stderr skjob wait --for=condition=complete job/bad --timeout=1s
    [[ $stderr == 'error: timed out waiting for the condition on jobs/bad' ]]
    run -1 --separate-stderr skjob wait --for=finished -l nothing=here
    [[ $stderr == 'error: no matching resources found' ]]
    run -1 --separate-stderr skjob wait --for=x job/good
    [[ $stderr == 'error: unrecognized condition: "x"' ]]
    run -1 --separate-stderr skjob wait --for=finished
    [[ $stderr == 'error: you must name a Job: job/NAME, or all of them: --all' ]]
    run -0 script -qec "'$SKJOB' wait --for=finished job/good --progress" /dev/null
    [[ $output == *'good [########################################] 10/10'* ]]
}

# complete WORD...: on one line.
complete_words() { skjob __complete "$@" | cut -f1 | xargs; }

@test "completion: verbs, options, kinds, names, values" {
    state alpha --indexes 2 --end
    state beta --indexes 2 --end
    [[ $(complete_words sta) == status ]]
    [[ $(complete_words logs --prev) == --previous ]]
    [[ $(complete_words status --ind) == '' ]]
    [[ $(complete_words status '') == 'alpha beta' ]]
    [[ $(complete_words wait --for=condition=complete job/a) == job/alpha ]]
    [[ $(complete_words wait --for=fin) == --for=finished ]]
    [[ $(complete_words wait po) == pods ]]
    mkdir -p "$SKJOB_STATE/cronjobs/default"
    echo '{}' >"$SKJOB_STATE/cronjobs/default/nightly.json"
    [[ $(complete_words suspend cr) == cronjob/nightly ]]
    [[ $(complete_words wait --for fin) == finished ]]
    [[ $(complete_words get sec) == secrets ]]
    [[ $(complete_words get jobs b) == beta ]]
    [[ $(complete_words get -n '') == default ]]
    [[ $(complete_words status -n other '') == '' ]]
    [[ $(complete_words logs alpha-1) == "$(skjob report alpha -o csv | sed -n 's/^1,0,\([^,]*\).*/\1/p')" ]]
    [[ $(complete_words create -f '') == '' ]]
    [[ $(complete_words nope '') == '' ]]
    [[ $(complete_words report -o '') == 'csv json html' ]]
}

@test "completion: bash completes words with a sign inside; zsh and fish read their scripts" {
    state alpha --indexes 2 --end
    run -0 bash -c 'source <("$SKJOB" completion bash)
        for line in "$SKJOB wait --for=fin" "$SKJOB status " "$SKJOB get job/al"; do
            COMP_LINE=$line COMP_POINT=${#line}
            _skjob 2>/dev/null
            echo "${COMPREPLY[@]}"
        done'
    [[ $output == $'finished\nalpha\njob/alpha' ]]
    local shell
    for shell in zsh fish; do
        skjob completion "$shell" >script
        [[ -s script ]]
        if command -v "$shell" >/dev/null; then "$shell" -n script; fi
    done
    run -1 --separate-stderr skjob completion csh
    [[ $stderr == "error: expected 'completion bash', 'completion zsh' or 'completion fish'" ]]
}

# screen WAIT_FOR KEYS COMMAND...
screen() { python3 "$TOP/tests/lib/screen.py" "$@"; }

@test "top: all Jobs on 80x24, those that go on first; q gives the terminal back" {
    state 'done' --indexes 10 --end
    state large --indexes 100000 --ended 0 --running 3
    state going --indexes 50 --ended 20 --running 3 --fail-every 4
    run -0 screen 'done ' q "$SKJOB" top
    [[ ${lines[0]} == '3 Jobs in default, 2 not ended; q quits' ]]
    [[ ${lines[4]} == done*Complete*'##########'*' 10/10 '* ]]
    [[ $output == *'going '*'Running   ####......'*' 20/50 '*' 3 '*' 5 '* ]]
    [[ $output == *'large '*'..........'*' 0/100000 '* ]]
    [[ $output == *$'exit 0\nleft\nrestored\ncoloured' ]]
    NO_COLOR=1 run -0 screen 'done ' $'\003' "$SKJOB" top
    [[ $output == *$'exit 0\nleft\nrestored\nplain' ]]
}

@test "top: a signal ends it, and the terminal is as before; more Jobs than lines" {
    local i
    for i in {10..45}; do
        state "job$i" --indexes 2 --end
    done
    run -0 screen 'job45 ' signal:SIGTERM "$SKJOB" top
    [[ $output == *$'signal 15\nleft\nrestored\n'* ]]
    run -1 --separate-stderr skjob top
    [[ $stderr == 'error: skjob top needs a terminal'* ]]
}
