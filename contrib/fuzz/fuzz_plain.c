/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The values of sbatch's options for plain arrays, as the plugin reads them. What is accepted keeps
 * the limits that it promises; what is refused says why, in printable words.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "interval.h"
#include "names.h"
#include "plain_options.h"
#include "plain_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_rule(const struct plain_failure_rule *r)
{
    size_t n = 0;
    char type[PLAIN_VALUE_MAX + 32];
    for (int i = 0; i < PLAIN_CODES; i++)
        n += r->codes[i];
    must(r->op ? n > 0 && n <= PLAIN_CODES_MAX : n == 0 && r->status && r->type.len < sizeof type);
    must(!r->op || strcmp(r->op, "In") != 0 || !r->codes[0]);
    if (r->op)
        return;
    memcpy(type, r->type.at, r->type.len);
    type[r->type.len] = '\0';
    must(names_qualified_name(type, NULL, NULL));
}

/* Kubernetes' own reader of index lists has to agree. */
static void check_aim(const struct plain_success_rule *r)
{
    int64_t n = 0;
    must(r->indexes.at || r->count > 0);
    must(!r->indexes.at || r->count <= r->n_indexes);
    if (!r->indexes.at)
        return;
    char *text = strndup(r->indexes.at, r->indexes.len);
    must(text && interval_parse(text, INT32_MAX, &n, NULL) == 0 && n == r->n_indexes);
    free(text);
}

static void check(const struct plain_options *o)
{
    must(o->failure.n <= PLAIN_RULES_MAX && o->success.n <= PLAIN_RULES_MAX);
    for (size_t i = 0; i < o->failure.n; i++)
        check_rule(&o->failure.rules[i]);
    for (size_t i = 0; i < o->success.n; i++)
        check_aim(&o->success.rules[i]);
    must(o->active_deadline == PLAIN_UNSET ||
         (o->active_deadline > 0 && o->active_deadline <= PLAIN_TIME_MAX));
}

static void check_text(const char *text)
{
    must(*text && strlen(text) < sizeof((struct error *)0)->text);
    for (; *text; text++)
        must(*text >= ' ' && *text <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plain_options o;
    struct error err;
    char *value = malloc(size + 1);
    if (!value)
        return 0;
    memcpy(value, data, size);
    value[size] = '\0';
    for (int id = 0; id < PLAIN_OPTIONS; id++) {
        plain_options_init(&o);
        if (plain_options_set(&o, (enum plain_option_id)id, value, &err))
            check_text(err.text);
        else
            check(&o);
    }
    free(value);
    return 0;
}
