/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>

#include "../submit.h"

static const struct {
    const char *text;
    bool uncertain;
} answers[] = {
    {"sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", true},
    {"sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received", true},
    {"sbatch: error: Batch job submission failed: Unexpected message received", true},
    {"sbatch: error: Batch job submission failed: Message receive failure", true},
    {"sbatch: error: Batch job submission failed: Unable to contact slurm controller (receive "
     "failure)",
     true},
    {"sbatch: error: Batch job submission failed: Connection reset by peer", true},
    {"sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect "
     "failure)",
     false},
    {"sbatch: error: Batch job submission failed: Invalid partition name specified", false},
    {"sbatch: error: Batch job submission failed: Invalid job array specification", false},
    {"", false},
};

Test(submit, uncertain_answers)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        cr_expect_eq(submit_is_uncertain(answers[i].text), answers[i].uncertain, "%s",
                     answers[i].text);
}

static const struct {
    const char *out;
    uint32_t id; /* 0 = none */
    const char *proves;
} outputs[] = {
    {"123\n", 123, "an id"},
    {"123;cluster\n", 123, "with its cluster"},
    {"123", 0, "not before the line ends: more digits may follow"},
    {"", 0, "nothing"},
    {"Submitted batch job 123\n", 0, "not the answer to --parsable"},
    {"Welcome!\n123\n", 123, "a wrapper's greeting"},
    {"0\n", 0, "no job"},
    {"-5\n", 0, "negative"},
    {" 5\n", 0, "blanks"},
    {"5 jobs\n", 0, "more words"},
    {"4294967295\n", 0, "out of range"},
    {"99999999999999999999999\n", 0, "far out of range"},
    {"4294967293\n", 4294967293u, "large"},
};

Test(submit, id)
{
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        uint32_t id = 0;
        cr_expect_eq(submit_parse_id(outputs[i].out, &id), outputs[i].id != 0, "%s",
                     outputs[i].proves);
        cr_expect_eq(id, outputs[i].id, "%s", outputs[i].proves);
    }
}
