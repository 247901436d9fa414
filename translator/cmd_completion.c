/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob completion bash|zsh|fish
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "options.h"

static const char usage[] =
    "Print the script that completes skjob's words in a shell.\n"
    "\n"
    "  skjob completion bash|zsh|fish\n"
    "\n"
    "Examples:\n"
    "  source <(skjob completion bash)                 # in ~/.bashrc\n"
    "  skjob completion zsh >~/.zfunc/_skjob           # in a folder of $fpath\n"
    "  skjob completion fish >~/.config/fish/completions/skjob.fish\n";

/* bash breaks words at = and :, so what stands before the last of them is taken off again. */
static const char bash[] =
    "# bash completion of skjob\n"
    "_skjob() {\n"
    "    local words word head line\n"
    "    read -ra words <<<\"${COMP_LINE:0:COMP_POINT}\"\n"
    "    [[ ${COMP_LINE:0:COMP_POINT} != *[[:space:]] ]] || words+=('')\n"
    "    word=${words[-1]}\n"
    "    head=${word%\"${word##*[=:]}\"}\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        line=${line%%$'\\t'*}\n"
    "        COMPREPLY+=(\"${line#\"$head\"}\")\n"
    "    done < <(\"${words[0]}\" __complete \"${words[@]:1}\" 2>/dev/null)\n"
    "    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=/] ]] || compopt -o nospace\n"
    "}\n"
    "complete -o default -F _skjob skjob\n";

static const char zsh[] =
    "#compdef skjob\n"
    "_skjob() {\n"
    "    local -a lines names shown\n"
    "    local line\n"
    "    lines=(\"${(@f)$(\"${words[1]}\" __complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    for line in $lines; do\n"
    "        names+=(\"${line%%$'\\t'*}\")\n"
    "        shown+=(\"${line//$'\\t'/  -- }\")\n"
    "    done\n"
    "    if (( $#names )); then compadd -l -d shown -- $names; else _files; fi\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _skjob ]; then _skjob \"$@\"; else compdef _skjob skjob; fi\n";

static const char fish[] = "# fish completion of skjob\n"
                           "function __skjob_complete\n"
                           "    set -l words (commandline -opc)\n"
                           "    set -l current (commandline -ct)\n"
                           "    $words[1] __complete $words[2..-1] \"$current\" 2>/dev/null\n"
                           "end\n"
                           "complete -c skjob -a '(__skjob_complete)'\n";

static const struct {
    const char *shell;
    const char *script;
} scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int run(struct options *o, struct error *err)
{
    for (size_t i = 0; o->names_len == 1 && i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(o->names[0], scripts[i].shell) == 0) {
            fputs(scripts[i].script, stdout);
            return 0;
        }
    return error_set(err, "expected 'completion bash', 'completion zsh' or 'completion fish'");
}

const struct verb verb_completion = {
    .name = "completion",
    .what = "print the script that completes words in bash, zsh or fish",
    .usage = usage,
    .options = " ",
    .run = run,
};
