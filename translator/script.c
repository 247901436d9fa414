/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "tree.h"
#include "yaml_emit.h"

#ifndef SKJOB_LIBEXECDIR
#define SKJOB_LIBEXECDIR "/usr/libexec/skjob"
#endif

#define SHEBANG_MAX 127 /* kernels before 5.1 cut the line here */

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "-_./:=,%@+*^[]&|!<>(){}?~$;";

void script_option(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addf(out, "#SBATCH --%s", name);
    if (value) {
        bool quote = !*value || value[strspn(value, plain)];
        strbuf_adds(out, quote ? "=\"" : "=");
        for (; *value; value++) {
            if (*value == '"' || *value == '\\')
                strbuf_addc(out, '\\');
            strbuf_addc(out, *value);
        }
        strbuf_adds(out, quote ? "\"" : "");
    }
    strbuf_addc(out, '\n');
}

int script_interpreter(struct strbuf *out, struct error *err)
{
    const char *dir = getenv("SKJOB_LIBEXECDIR");
    if (!dir || !*dir)
        dir = SKJOB_LIBEXECDIR;
    size_t len = strlen(dir) + strlen("#!/" PRAGMA_INTERPRETER);
    if (dir[0] != '/' || strpbrk(dir, " \t\n\r") || len > SHEBANG_MAX)
        return error_set(err,
                         "%s/%s cannot be the interpreter of a script: the path must be absolute, "
                         "without blanks, and shorter than %d characters",
                         dir, PRAGMA_INTERPRETER, SHEBANG_MAX);
    strbuf_addf(out, "#!%s/%s\n", dir, PRAGMA_INTERPRETER);
    return 0;
}

struct pragma script_pragma(const json_t *job)
{
    const json_t *spec = tree_get(job, "spec");
    const json_t *pod = tree_at(spec, "template", "spec", NULL);
    return (struct pragma){
        .indexed = tree_is(spec, "completionMode", "Indexed"),
        .deadline =
            tree_has(spec, "activeDeadlineSeconds") || tree_has(pod, "activeDeadlineSeconds"),
    };
}

int script_render(const struct translation *t, const struct head *head, const struct pragma *pragma,
                  const json_t *job, struct strbuf *out, struct error *err)
{
    if (head->interpreter)
        strbuf_addf(out, "%s\n", head->interpreter);
    else if (script_interpreter(out, err) < 0)
        return -1;
    /* Second, since the plugin reads the first 4 KiB only. */
    if (pragma_print(pragma, out, err) < 0)
        return -1;
    for (size_t i = 0; i < t->options_len; i++)
        script_option(out, t->options[i].name, t->options[i].value);
    for (size_t i = 0; i < head->sbatch_len; i++)
        strbuf_addf(out, "%s\n", head->sbatch[i].text);
    if (yaml_emit(job, out, err) < 0)
        return -1;
    return out->failed ? error_set(err, "out of memory") : 0;
}
