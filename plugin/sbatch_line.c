/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sbatch_line.h"

#include <string.h>

#include "plain_options.h"
#include "sbatch_options.h"

struct words {
    const char *at, *end;
};

/* NULL: there is none, or its end is cut off. */
static const char *next_word(struct words *w)
{
    const char *word = w->at;
    const char *nul = memchr(word, '\0', (size_t)(w->end - word));
    if (!nul)
        return NULL;
    w->at = nul + 1;
    return word;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum verdict { STOP, DONE, VALUE_FOLLOWS };

static bool is_plain(const struct sbatch_option *o)
{
    for (int id = 0; id < PLAIN_OPTIONS; id++)
        if (strcmp(plain_option_table[id].name, o->name) == 0)
            return true;
    return false;
}

static enum verdict look_long(struct sbatch_line *line, const char *word, uint32_t version)
{
    size_t len = strcspn(word, "=");
    const struct sbatch_option *o = sbatch_option_long(word, len, version);
    if (!o || o->no_script || (word[len] && o->value == SBATCH_VALUE_NONE))
        return STOP;
    if (!line->plain && is_plain(o))
        line->plain = word - 2;
    return !word[len] && o->value == SBATCH_VALUE_NEEDED ? VALUE_FOLLOWS : DONE;
}

/* Several letters in one word, the rest of which is the value of the first one that takes any. */
static enum verdict look_letters(const char *letters, uint32_t version)
{
    for (; *letters; letters++) {
        const struct sbatch_option *o = sbatch_option_letter(*letters, version);
        if (!o || o->no_script)
            return STOP;
        if (o->value == SBATCH_VALUE_NEEDED)
            return letters[1] ? DONE : VALUE_FOLLOWS;
        if (o->value == SBATCH_VALUE_POSSIBLE)
            return DONE;
    }
    return DONE;
}

/* sbatch takes the ':' between the components out before it looks at anything else, even where it
 * is the value of an option. */
static bool keep(struct sbatch_line *line, const char *word)
{
    if (!word || strcmp(word, ":") == 0 || line->options_len == SBATCH_LINE_OPTIONS)
        return false;
    line->options[line->options_len++] = word;
    return true;
}

/* Returns the script, or NULL. */
static const char *read_options(struct sbatch_line *line, struct words *w, uint32_t version)
{
    const char *word;
    while ((word = next_word(w))) {
        if (strcmp(word, "--") == 0)
            return next_word(w);
        if (word[0] != '-' || !word[1])
            return word;
        enum verdict v =
            word[1] == '-' ? look_long(line, word + 2, version) : look_letters(word + 1, version);
        if (v == STOP || !keep(line, word) || (v == VALUE_FOLLOWS && !keep(line, next_word(w))))
            return NULL;
    }
    return NULL;
}

bool sbatch_line_parse(struct sbatch_line *out, const char *text, size_t len, bool cut,
                       uint32_t version)
{
    struct words w = {text, text + len};
    out->options_len = 0;
    out->plain = NULL;
    const char *program = next_word(&w);
    if (!program || strcmp(base_name(program), "sbatch") != 0)
        return false;
    out->script = read_options(out, &w, version);
    if (!out->script || !*out->script || strcmp(out->script, ":") == 0)
        return false;
    if (w.at == w.end && cut)
        return false;
    out->behind = w.at < w.end ? w.at : NULL;
    return true;
}
