/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_sbatch.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "store.h"
#include "strbuf.h"
#include "tree.h"

#define FILE_NAME "/sbatch.json"

/* What is no text, or cannot be told, is not kept. */
static json_t *here(void)
{
    cleanup_free char *path = getcwd(NULL, 0);
    json_t *text = path ? json_string(path) : NULL;
    return text ? text : json_string("");
}

static json_t *object_of(const struct head *head, char *const *args, size_t n)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    json_t *list = json_array();
    if (head->interpreter)
        strbuf_addf(&text, "%s\n", head->interpreter);
    for (size_t i = 0; i < head->sbatch_len; i++)
        strbuf_addf(&text, "%s\n", head->sbatch[i].text);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(args[i]));
    json_t *object = json_pack("{s:o, s:s, s:o}", "arguments", list, "head", strbuf_str(&text),
                               "directory", here()); /* takes list */
    bool whole = object && json_array_size(list) == n && !text.failed;
    if (!whole)
        json_decref(object);
    return whole ? object : NULL;
}

int job_sbatch_write(const char *dir, const struct head *head, char *const *args, size_t n,
                     struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    cleanup_json json_t *object = object_of(head, args, n);
    if (!object)
        return error_set(err, "the arguments for sbatch are no UTF-8 text");
    strbuf_addf(&path, "%s" FILE_NAME, dir);
    cleanup_free char *text = json_dumps(object, JSON_COMPACT);
    return text ? store_put(strbuf_str(&path), text, err) : error_set(err, "out of memory");
}

static int take(struct job_sbatch *s, struct error *err)
{
    const json_t *list = tree_get(s->object, "arguments");
    const char *text = tree_str(s->object, "head");
    size_t n = json_array_size(list);
    s->directory = tree_str(s->object, "directory");
    s->args = calloc(n + 1, sizeof *s->args);
    if (!s->args)
        return error_set(err, "out of memory");
    for (; s->args_len < n; s->args_len++) {
        const char *word = json_string_value(json_array_get(list, s->args_len));
        if (!word)
            return error_set(err, "sbatch.json: an argument is no text");
        s->args[s->args_len] = (char *)(uintptr_t)word;
    }
    return head_parse(&s->head, "sbatch.json", text, strlen(text), err);
}

int job_sbatch_read(struct job_sbatch *s, const char *dir, struct error *err)
{
    json_error_t why;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s" FILE_NAME, dir);
    *s = (struct job_sbatch){.directory = ""};
    if (access(strbuf_str(&path), F_OK) < 0 && errno == ENOENT)
        return 0;
    s->object = json_load_file(strbuf_str(&path), 0, &why);
    if (!s->object)
        return error_set(err, "cannot read %s: %s", strbuf_str(&path), why.text);
    return take(s, err);
}

void job_sbatch_free(struct job_sbatch *s)
{
    json_decref(s->object);
    free(s->args);
    head_free(&s->head);
    *s = (struct job_sbatch){0};
}
