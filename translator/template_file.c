/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "template_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "store.h"
#include "strbuf.h"

int template_file_write(const char *dir, uint32_t number, const json_t *template_,
                        struct error *err)
{
    char host[256];
    cleanup_strbuf struct strbuf path = STRBUF_INIT, aside = STRBUF_INIT;
    cleanup_free char *text = json_dumps(template_, JSON_COMPACT | JSON_SORT_KEYS);
    store_host(host);
    strbuf_addf(&path, "%s/template.%u.json", dir, number);
    strbuf_addf(&aside, "%s.%.100s.%ld", strbuf_str(&path), host, (long)getpid());
    if (!text || aside.failed)
        return error_set(err, "out of memory");
    return files_put(AT_FDCWD, strbuf_str(&aside), strbuf_str(&path), text, strlen(text),
                     FILES_REPLACE) < 0
               ? error_set(err, "cannot write %s: %s", strbuf_str(&path), strerror(errno))
               : 0;
}

int template_file_read(const char *dir, uint32_t number, json_t **out, struct error *err)
{
    json_error_t why;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/template.%u.json", dir, number);
    *out = json_load_file(strbuf_str(&path), 0, &why);
    return *out ? 0 : error_set(err, "cannot read %s: %s", strbuf_str(&path), why.text);
}
