#include "../payload.h"
#include "tree.h"
#include <string.h>
int payload_make(struct payload *out, const json_t *volume, const struct pod_facts *facts, struct error *err)
{ (void)volume;(void)facts;(void)err; *out=(struct payload){0}; return 0; }
void payload_free(struct payload *p) { (void)p; }
bool payload_is_one(const json_t *volume) { (void)volume; return true; }
