/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "yaml_emit.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cleanup.h"
#include "gofloat.h"
#include "keys.h"
#include "utf8.h"
#include "yaml_scalar.h"

static int write_handler(void *data, unsigned char *buffer, size_t size)
{
    struct strbuf *out = data;
    strbuf_add(out, buffer, size);
    return !out->failed;
}

static int emit_value(yaml_emitter_t *e, const json_t *v);

static int emit_scalar(yaml_emitter_t *e, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t ev;
    int plain = style == YAML_PLAIN_SCALAR_STYLE;
    return yaml_scalar_event_initialize(&ev, NULL, NULL, (const yaml_char_t *)text, (int)len, plain,
                                        !plain, style) &&
           yaml_emitter_emit(e, &ev);
}

/* Characters that libyaml takes for line breaks, or that no plain or literal text can hold. */
static bool needs_escape(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t c;
        i += utf8_decode(s + i, len - i, &c);
        if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
            c == 0x2029 || c == 0xfeff || (c & 0xfffe) == 0xfffe)
            return true;
    }
    return false;
}

/* A literal block keeps a text readable, but cannot hold every text: blanks at the start of it, at
 * the end of a line, or in an empty line need quotes; and empty lines at the end would need a "..."
 * after the document. */
static bool fits_block(const char *s, size_t len)
{
    if (strchr(" \n\t", s[0]) || (len > 1 && s[len - 1] == '\n' && s[len - 2] == '\n'))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((s[i] == ' ' || s[i] == '\t') && (i + 1 == len || s[i + 1] == '\n'))
            return false;
    return true;
}

static yaml_scalar_style_t string_style(const char *s, size_t len)
{
    if (needs_escape(s, len))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    if (memchr(s, '\n', len) && fits_block(s, len))
        return YAML_LITERAL_SCALAR_STYLE;
    if (yaml_scalar_needs_quotes(s) || strcmp(s, "<<") == 0 || memchr(s, '\n', len))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    return YAML_PLAIN_SCALAR_STYLE; /* libyaml falls back to quotes where plain cannot be */
}

static int emit_string(yaml_emitter_t *e, const char *s, size_t len)
{
    yaml_event_t ev;
    yaml_scalar_style_t style = string_style(s, len);
    /* Both implicit flags: the emitter may choose quotes without writing a tag. */
    return yaml_scalar_event_initialize(&ev, NULL, NULL, (const yaml_char_t *)s, (int)len, 1, 1,
                                        style) &&
           yaml_emitter_emit(e, &ev);
}

static int emit_sequence(yaml_emitter_t *e, const json_t *v)
{
    yaml_event_t ev;
    yaml_sequence_style_t style =
        json_array_size(v) ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE;
    if (!yaml_sequence_start_event_initialize(&ev, NULL, NULL, 1, style) ||
        !yaml_emitter_emit(e, &ev))
        return 0;
    const json_t *child;
    size_t i;
    json_array_foreach (v, i, child)
        if (!emit_value(e, child))
            return 0;
    return yaml_sequence_end_event_initialize(&ev) && yaml_emitter_emit(e, &ev);
}

static int emit_members(yaml_emitter_t *e, const json_t *v)
{
    size_t n;
    cleanup_free const char **keys = keys_sorted(v, &n);
    if (!keys)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!emit_string(e, keys[i], strlen(keys[i])) ||
            !emit_value(e, json_object_get(v, keys[i])))
            return 0;
    return 1;
}

static int emit_mapping(yaml_emitter_t *e, const json_t *v)
{
    yaml_event_t ev;
    yaml_mapping_style_t style =
        json_object_size(v) ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE;
    return yaml_mapping_start_event_initialize(&ev, NULL, NULL, 1, style) &&
           yaml_emitter_emit(e, &ev) && emit_members(e, v) &&
           yaml_mapping_end_event_initialize(&ev) && yaml_emitter_emit(e, &ev);
}

static int emit_value(yaml_emitter_t *e, const json_t *v)
{
    if (json_is_object(v))
        return emit_mapping(e, v);
    if (json_is_array(v))
        return emit_sequence(e, v);
    if (json_is_string(v))
        return emit_string(e, json_string_value(v), json_string_length(v));
    char number[GOFLOAT_TEXT_MAX];
    if (json_is_real(v)) {
        gofloat_json(json_real_value(v), number);
        return emit_scalar(e, number, strlen(number), YAML_PLAIN_SCALAR_STYLE);
    }
    cleanup_free char *text = json_dumps(v, JSON_ENCODE_ANY);
    return text && emit_scalar(e, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static int emit_document(yaml_emitter_t *e, const json_t *v)
{
    yaml_event_t ev;
    return yaml_stream_start_event_initialize(&ev, YAML_UTF8_ENCODING) &&
           yaml_emitter_emit(e, &ev) &&
           yaml_document_start_event_initialize(&ev, NULL, NULL, NULL, 1) &&
           yaml_emitter_emit(e, &ev) && emit_value(e, v) &&
           yaml_document_end_event_initialize(&ev, 1) && yaml_emitter_emit(e, &ev) &&
           yaml_stream_end_event_initialize(&ev) && yaml_emitter_emit(e, &ev) &&
           yaml_emitter_flush(e);
}

int yaml_emit(const json_t *value, struct strbuf *out, struct error *err)
{
    yaml_emitter_t e;
    if (!yaml_emitter_initialize(&e))
        return error_set(err, "out of memory");
    yaml_emitter_set_output(&e, write_handler, out);
    yaml_emitter_set_unicode(&e, 1);
    yaml_emitter_set_width(&e, -1);
    yaml_emitter_set_indent(&e, 2);
    int ok = emit_document(&e, value);
    if (!ok)
        error_set(err, "cannot write YAML: %s", e.problem ? e.problem : "out of memory");
    yaml_emitter_delete(&e);
    return ok ? 0 : -1;
}
