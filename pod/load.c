/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "decode.h"
#include "reader.h"
#include "strbuf.h"
#include "tree.h"

#define SCRIPT_MAX ((size_t)4 << 20) /* Slurm's default max_script_size */

static int read_file(const char *path, struct strbuf *out, struct error *err)
{
    struct stat st;
    char buf[16384];
    ssize_t n;
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st))
        return error_set(err, "%.300s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "%.300s: not a regular file", path);
    out->max = SCRIPT_MAX;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        strbuf_add(out, buf, (size_t)n);
    if (n < 0)
        return error_set(err, "%.300s: %s", path, strerror(errno));
    return out->failed ? error_set(err, "%.300s: larger than 4 MiB", path) : 0;
}

static int read_pragma(const struct strbuf *text, struct pod_script *out, struct error *err)
{
    size_t len;
    const char *line = pragma_find(strbuf_str(text), text->len, &len);
    return line ? pragma_parse(line, len, &out->pragma, err) : 0;
}

static bool is_job(const json_t *root)
{
    return json_is_object(root) && tree_is(root, "apiVersion", "batch/v1") &&
           tree_is(root, "kind", "Job");
}

/* The only object of the script, which must be a Job. */
static json_t *find_job(struct reader *reader, struct error *err)
{
    cleanup_document struct document first = {0};
    cleanup_document struct document more = {0};
    int rc = reader_next(reader, &first, err);
    if (rc < 0)
        return NULL;
    if (rc == 0 || !is_job(first.root)) {
        error_set(err, "no Job (apiVersion batch/v1, kind Job) in the script");
        return NULL;
    }
    rc = reader_next(reader, &more, err);
    if (rc > 0)
        error_set(err, "more than one object in the script");
    return rc == 0 ? json_incref(first.root) : NULL;
}

static int parse(const char *path, const struct strbuf *text, struct pod_script *out,
                 struct error *err)
{
    struct reader *reader = NULL;
    struct reader_limits limits = reader_default_limits;
    cleanup_decode_report struct decode_report report = {0};
    limits.bytes = SCRIPT_MAX;
    if (reader_open(&reader, path, strbuf_str(text), text->len, &limits, err))
        return -1;
    cleanup_json json_t *raw = find_job(reader, err);
    reader_close(reader);
    if (!raw)
        return -1;
    out->job = decode(&schema_job, raw, &report, err);
    return out->job ? 0 : -1;
}

int pod_load(const char *path, struct pod_script *out, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    *out = (struct pod_script){0};
    if (read_file(path, &text, err))
        return -1;
    if (read_pragma(&text, out, err) || parse(path, &text, out, err)) {
        pod_script_free(out);
        return error_prefix(err, "the batch script");
    }
    return 0;
}

void pod_script_free(struct pod_script *script)
{
    json_decref(script->job);
    script->job = NULL;
}
