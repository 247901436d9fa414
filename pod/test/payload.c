/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "../payload.h"

/* "path mode data" lines; bytes that are no printable characters as \xx. */
static void render(const struct payload *p, struct strbuf *out)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct payload_file *f = &p->files[i];
        strbuf_addf(out, "%s %o ", f->path, (unsigned)f->mode);
        for (size_t k = 0; k < f->len; k++)
            if (f->data[k] >= ' ' && f->data[k] <= '~')
                strbuf_addc(out, f->data[k]);
            else
                strbuf_addf(out, "\\%02x", (unsigned char)f->data[k]);
        cr_expect_eq(f->data[f->len], 0);
        strbuf_addc(out, '\n');
    }
}

struct row {
    const char *volume; /* its members */
    int rc;
    const char *want; /* the files, or the message */
    const char *proves;
};

static void run(const struct row *rows, size_t n)
{
    struct world w;
    world_make(&w);
    for (size_t i = 0; i < n; i++) {
        struct error err = {""};
        struct payload p;
        cleanup_strbuf struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
        strbuf_addf(&text, "{%s,'name':'v'}", rows[i].volume);
        cleanup_json json_t *volume = facts_json(strbuf_str(&text));
        int rc = payload_make(&p, volume, &w.facts, &err);
        cr_expect_eq(rc, rows[i].rc, "%s: %d %s", rows[i].proves, rc, err.text);
        render(&p, &got);
        cr_expect(rc == 0 || p.len == 0);
        cr_expect_str_eq(rc ? err.text : strbuf_str(&got), rows[i].want, "%s:\n%s", rows[i].proves,
                         rc ? err.text : strbuf_str(&got));
        payload_free(&p);
    }
    world_free(&w);
}

Test(payload, config_maps)
{
    static const struct row rows[] = {
        {"'configMap':{'name':'c'}", 0,
         "9 644 nine\nA 644 1\nB.b 644 two\nEMPTY 644 \nbin 644 \\00\\ff\n",
         "all keys, binary ones, too"},
        {"'configMap':{'name':'c','defaultMode':256,'items':[{'key':'A','path':'x/./y//z'},"
         "{'key':'bin','path':'b','mode':73}]}",
         0, "b 111 \\00\\ff\nx/y/z 400 1\n", "only the items, with their modes"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'p'},{'key':'B.b','path':'p'}]}", 0,
         "p 644 two\n", "the later item wins"},
        {"'configMap':{'name':'c','items':[{'key':'k','path':'p'}]}", 1,
         "configmap references non-existent config key: k", "a missing key"},
        {"'configMap':{'name':'c','optional':true,'items':[{'key':'k','path':'p'}]}", 0, "",
         "a missing optional key"},
        {"'configMap':{'name':'none'}", 1, "configmap \"none\" not found", "missing"},
        {"'configMap':{'name':'none','optional':true}", 0, "", "optional"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'p'},{'key':'A','path':'p/q'}]}", -1,
         "p is a file and a folder of the same volume", "in each other's way"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'../p'}]}", -1,
         "the path ../p of a file does not stay in its volume", "outside"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'/p'}]}", -1,
         "the path /p of a file does not stay in its volume", "absolute"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'a/..'}]}", -1,
         "the path a/.. of a file does not stay in its volume", "up and down"},
        {"'configMap':{'name':'c','items':[{'key':'A','path':'.'}]}", -1,
         "the path of a file in a volume is empty", "the volume itself"},
    };
    run(rows, sizeof rows / sizeof *rows);
}

Test(payload, secrets)
{
    static const struct row rows[] = {
        {"'secret':{'secretName':'s'}", 0, "A 644 secret\nP 644 $(A)\nnul 644 a\\00b\n",
         "decoded, NUL bytes and all"},
        {"'secret':{'secretName':'s','items':[{'key':'k','path':'p'}]}", 1,
         "references non-existent secret key: k", "a missing key"},
        {"'secret':{'secretName':'none'}", 1, "secret \"none\" not found", "missing"},
        {"'secret':{'secretName':'none','optional':true}", 0, "", "optional"},
    };
    run(rows, sizeof rows / sizeof *rows);
}

Test(payload, downward)
{
    static const struct row rows[] = {
        {"'downwardAPI':{'items':[{'path':'labels','fieldRef':{'fieldPath':'metadata.labels'}},"
         "{'path':'cpu','mode':384,'resourceFieldRef':{'containerName':'main','resource':"
         "'limits.cpu','divisor':'1m'}}]}",
         0, "cpu 600 1500\nlabels 644 app=\"demo\"\\0ajob-name=\"j\"\\0aq=\"a b\"\n",
         "a whole map and a resource"},
        {"'downwardAPI':{'items':[{'path':'p','resourceFieldRef':{'containerName':'x','resource':"
         "'limits.cpu'}}]}",
         -1, "container x not found", "another container"},
        {"'downwardAPI':{}", 0, "", "nothing"},
    };
    run(rows, sizeof rows / sizeof *rows);
}

Test(payload, projected)
{
    static const struct row rows[] = {
        {"'projected':{'defaultMode':288,'sources':[{'configMap':{'name':'d'}},{'secret':{'name':"
         "'tls','items':[{'key':'tls.crt','path':'tls/crt','mode':256}]}},{'downwardAPI':{'items':["
         "{'path':'name','fieldRef':{'fieldPath':'metadata.name'}}]}}]}",
         0, "A 440 d\nname 440 j-0-abcde\ntls/crt 400 CRT\n", "all three"},
        {"'projected':{'sources':[{'configMap':{'name':'c','items':[{'key':'A','path':'A'}]}},"
         "{'configMap':{'name':'d'}}]}",
         0, "A 644 d\n", "the later source wins"},
        {"'projected':{'sources':[{'secret':{'name':'none'}}]}", 1, "secret \"none\" not found",
         "missing"},
        {"'projected':{'sources':[{'secret':{'name':'none','optional':true}}]}", 0, "", "optional"},
        {"'projected':{'sources':[{'serviceAccountToken':{'path':'token'}}]}", -1,
         "serviceAccountToken: there is no Kubernetes API that would take one", "a token"},
        {"'projected':{'sources':[]}", 0, "", "no sources"},
        {"'emptyDir':{}", -1, "volume v has no files of its own", "another kind"},
    };
    run(rows, sizeof rows / sizeof *rows);
}

/* The same MiB under many paths. */
Test(payload, bounded)
{
    struct world w;
    struct error err;
    struct payload p;
    size_t mib = (size_t)1 << 20;
    world_make(&w);
    cleanup_free char *data = malloc(mib + 1);
    memset(data, 'a', mib);
    data[mib] = '\0';
    json_object_set_new(tree_at(w.objects, "configmaps", "d", "data", NULL), "A",
                        json_string(data));
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "{'name':'v','configMap':{'name':'d','items':[{'key':'A','path':'0'}");
    for (int i = 1; i < 16; i++)
        strbuf_addf(&text, ",{'key':'A','path':'%d'}", i);
    strbuf_adds(&text, "]}}");
    cleanup_json json_t *volume = facts_json(strbuf_str(&text));
    cr_expect_eq(payload_make(&p, volume, &w.facts, &err), -1);
    cr_expect_str_eq(err.text, "the volume's files are larger than 16 MiB together");
    world_free(&w);
}
