/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "template_file.h"

#include "cleanup.h"
#include "store.h"
#include "strbuf.h"

int template_file_write(const char *dir, uint32_t number, const json_t *template_,
                        struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    cleanup_free char *text = json_dumps(template_, JSON_COMPACT | JSON_SORT_KEYS);
    strbuf_addf(&path, "%s/template.%u.json", dir, number);
    return text ? store_put(strbuf_str(&path), text, err) : error_set(err, "out of memory");
}

int template_file_read(const char *dir, uint32_t number, json_t **out, struct error *err)
{
    json_error_t why;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/template.%u.json", dir, number);
    *out = json_load_file(strbuf_str(&path), 0, &why);
    return *out ? 0 : error_set(err, "cannot read %s: %s", strbuf_str(&path), why.text);
}
