/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../quantity.h"

#define FORMAT                                                                                     \
    "quantities must match the regular expression "                                                \
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
#define NUMERIC "unable to parse numeric part of quantity"
#define SUFFIX  "unable to parse quantity's suffix"

/* What Kubernetes 1.36 prints, as it is and in a resource list. */
static const struct {
    const char *text;
    const char *printed;
    const char *in_list; /* rounded up to milli */
    const char *proves;
} good[] = {
    {"0", "0", "0", "zero"},
    {"00", "0", "0", "leading zeros only"},
    {"-0", "0", "0", "no negative zero"},
    {"1", "1", "1", "plain"},
    {"+1", "+1", "+1", "a sign is kept"},
    {"001", "001", "001", "leading zeros are kept"},
    {"1.", "1.", "1.", "a point without digits is kept"},
    {".5", "500m", "500m", "no digit before the point"},
    {"0.5", "500m", "500m", "fraction to milli"},
    {"1.5", "1500m", "1500m", "milli"},
    {"1.500", "1.500", "1.500", "a text that looks canonical is kept"},
    {"1.000", "1", "1", "three zeros are not"},
    {"10", "10", "10", "not a multiple of 1000"},
    {"1000", "1k", "1k", "to the next suffix"},
    {"1024", "1024", "1024", "decimal family"},
    {"10000", "10k", "10k", "k"},
    {"1000000", "1M", "1M", "M"},
    {"0.001", "1m", "1m", "milli"},
    {"0.0001", "100u", "1m", "micro"},
    {"0.0000001", "100n", "1m", "nano"},
    {"1n", "1n", "1m", "suffix n"},
    {"999n", "999n", "1m", "below u"},
    {"1000n", "1u", "1m", "n to u"},
    {"1u", "1u", "1m", "suffix u"},
    {"1000u", "1m", "1m", "u to m"},
    {"1m", "1m", "1m", "suffix m"},
    {"100m", "100m", "100m", "of memory: stays"},
    {"1000m", "1", "1", "m to none"},
    {"1100m", "1100m", "1100m", "stays"},
    {"1500m", "1500m", "1500m", "stays"},
    {"1k", "1k", "1k", "suffix k"},
    {"1000k", "1M", "1M", "k to M"},
    {"1M", "1M", "1M", "suffix M"},
    {"1000M", "1G", "1G", "M to G"},
    {"1G", "1G", "1G", "suffix G"},
    {"1000G", "1T", "1T", "G to T"},
    {"1T", "1T", "1T", "suffix T"},
    {"1000T", "1P", "1P", "T to P"},
    {"1P", "1P", "1P", "suffix P"},
    {"1000P", "1E", "1E", "P to E"},
    {"1E", "1E", "1E", "E alone is 10^18"},
    {"12E", "12E", "12E", "12 times that"},
    {"1Ki", "1Ki", "1Ki", "suffix Ki"},
    {"1024Ki", "1Mi", "1Mi", "Ki to Mi"},
    {"1Mi", "1Mi", "1Mi", "suffix Mi"},
    {"1024Mi", "1Gi", "1Gi", "Mi to Gi"},
    {"1Gi", "1Gi", "1Gi", "suffix Gi"},
    {"1024Gi", "1Ti", "1Ti", "Gi to Ti"},
    {"1Ti", "1Ti", "1Ti", "suffix Ti"},
    {"1024Ti", "1Pi", "1Pi", "Ti to Pi"},
    {"1Pi", "1Pi", "1Pi", "suffix Pi"},
    {"1024Pi", "1Ei", "1Ei", "Pi to Ei"},
    {"1Ei", "1Ei", "1Ei", "suffix Ei"},
    {"7Ei", "7Ei", "7Ei", "below the cap"},
    {"8Ei", "9223372036854775807", "9223372036854775807", "capped"},
    {"9223372036854775807Ki", "9223372036854775807", "9223372036854775807", "capped, many digits"},
    {"-8Ei", "-9223372036854775807", "-9223372036854775807", "capped below zero"},
    {"0.5Ki", "512", "512", "below 1024: decimal"},
    {"1023", "1023", "1023", "just decimal"},
    {"1.5Ki", "1536", "1536", "fraction of a binary unit"},
    {"1.5Gi", "1536Mi", "1536Mi", "to Mi"},
    {"0.1Ki", "102400m", "102400m", "not integral: decimal"},
    {"1.1Ki", "1126400m", "1126400m", "not integral: decimal"},
    {"0.0001Ki", "102400u", "103m", "below 1: micro"},
    {"2047Ki", "2047Ki", "2047Ki", "stays"},
    {"2048Ki", "2Mi", "2Mi", "to Mi"},
    {"+5Gi", "+5Gi", "+5Gi", "a sign is kept"},
    {"+4Ki", "+4Ki", "+4Ki", "kept unless divisible by eight"},
    {"+8Ki", "8Ki", "8Ki", "divisible by eight"},
    {"+10000000001Ki", "+10000000001Ki", "+10000000001Ki", "eleven digits are kept"},
    {"+100000000001Ki", "100000000001Ki", "100000000001Ki", "twelve are not"},
    {"0.9765625Ki", "1k", "1k", "1000: decimal"},
    {"-1.5Gi", "-1536Mi", "-1536Mi", "negative binary"},
    {"1e3", "1e3", "1e3", "exponent form stays"},
    {"1E3", "1E3", "1E3", "capital E with digits is an exponent"},
    {"1e0", "1e0", "1e0", "exponent 0 is kept"},
    {"1e1", "10", "10", "exponent to a multiple of 3"},
    {"1e2", "100", "100", "the same"},
    {"1e4", "10e3", "10e3", "the same"},
    {"1e-1", "100e-3", "100e-3", "negative exponent"},
    {"1e-9", "1e-9", "1e-3", "nano"},
    {"1e-10", "1e-9", "1e-3", "finer than nano rounds up"},
    {"1.5e6", "1500e3", "1500e3", "fraction with exponent"},
    {"1e+3", "1e+3", "1e+3", "signed exponent"},
    {"1000e3", "1e6", "1e6", "merged"},
    {"123e10", "1230e9", "1230e9", "exponent is no multiple of 3"},
    {"0e5", "0", "0", "zero"},
    {"1e100", "10e99", "10e99", "beyond every suffix"},
    {"0.1n", "1n", "1m", "rounds up to 1n"},
    {"-0.1n", "-1n", "-1m", "away from zero"},
    {"1.0000000001", "1000000001n", "1001m", "finer than nano rounds up"},
    {"0.9999999999", "1", "1", "carries over"},
    {"3.1415926535", "3141592654n", "3142m", "rounds up at the tenth digit"},
    {"0.0000000000000000000000000001", "1n", "1m", "tiny"},
    {"123456789012345678901234567890", "123456789012345678901234567890",
     "123456789012345678901234567890", "30 digits"},
    {"99999999999999999999.9999999999", "100E", "100E", "carry through 20 digits"},
    {"9223372036854775807", "9223372036854775807", "9223372036854775807", "2^63-1"},
    {"9223372036854775808", "9223372036854775808", "9223372036854775808",
     "2^63 in the decimal family is not capped"},
    {"Ki", "0", "0", "no digits read as zero"},
    {".", "0", "0", "the same"},
    {"+", "0", "0", "the same"},
    {"m", "0", "0", "the same"},
};

Test(quantity, prints_what_kubernetes_prints)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct quantity q;
        char buf[QUANTITY_TEXT_MAX];
        cr_assert_eq(quantity_parse(&q, good[i].text, NULL), 0, "%s: %s", good[i].text,
                     good[i].proves);
        cr_expect_str_eq(quantity_format(&q, buf), good[i].printed, "%s: %s: %s", good[i].text,
                         good[i].proves, buf);
        quantity_round_milli(&q);
        cr_expect_str_eq(quantity_format(&q, buf), good[i].in_list, "%s in a list: %s: %s",
                         good[i].text, good[i].proves, buf);
    }
}

Test(quantity, printed_text_reads_back_as_the_same_value)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct quantity q;
        struct quantity again;
        char buf[QUANTITY_TEXT_MAX];
        cr_assert_eq(quantity_parse(&q, good[i].text, NULL), 0);
        cr_assert_eq(quantity_parse(&again, quantity_format(&q, buf), NULL), 0, "%s", buf);
        cr_expect_eq(quantity_cmp(&q, &again), 0, "%s -> %s", good[i].text, buf);
    }
}

static const struct {
    const char *text;
    const char *error;
    const char *proves;
} bad[] = {
    {"", FORMAT, "empty"},
    {"Ei", NUMERIC, "no digits, long way"},
    {"Pi", NUMERIC, "no digits, long way"},
    {"e-10", NUMERIC, "no digits, long way"},
    {"K", SUFFIX, "K alone is no suffix"},
    {"1K", SUFFIX, "K alone is no suffix"},
    {"1mi", SUFFIX, "lower case"},
    {"1KI", FORMAT, "upper case"},
    {"1i", SUFFIX, "i alone"},
    {".5i", SUFFIX, "i alone"},
    {"1mm", SUFFIX, "doubled"},
    {"1e", SUFFIX, "E is a suffix, e is none"},
    {"1e-", SUFFIX, "sign without digits"},
    {"1ee3", SUFFIX, "doubled e"},
    {"1e9223372036854775808", SUFFIX, "exponent beyond 64 bits"},
    {"1+1", SUFFIX, "sign in the suffix"},
    {"1kB", FORMAT, "B is not in the alphabet"},
    {"1.1.M", FORMAT, "two points"},
    {"1+1.0M", FORMAT, "sign, then a point"},
    {"abc", FORMAT, "letters"},
    {" 1", FORMAT, "blank in front"},
    {"1 ", FORMAT, "blank behind"},
    {"1e3k", FORMAT, "digits, then a suffix"},
    {"--1", SUFFIX, "two signs"},
    {"0x10", FORMAT, "hexadecimal"},
    {"1,5", FORMAT, "comma"},
};

Test(quantity, refuses_in_the_words_of_kubernetes)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct quantity q;
        const char *error = "";
        cr_assert_eq(quantity_parse(&q, bad[i].text, &error), -1, "%s: %s", bad[i].text,
                     bad[i].proves);
        cr_expect_str_eq(error, bad[i].error, "%s: %s: %s", bad[i].text, bad[i].proves, error);
    }
}

/* Where this library is stricter, or keeps a value that Kubernetes loses. */
Test(quantity, differs_from_kubernetes_on_purpose)
{
    struct quantity q;
    char buf[QUANTITY_TEXT_MAX];
    char digits[QUANTITY_DIGITS + 2];
    const char *error = "";
    cr_expect_eq(quantity_parse(&q, "1e2147483648", &error), -1, "exponent beyond 32 bits");
    cr_expect_str_eq(error, SUFFIX);
    memset(digits, '7', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    cr_expect_eq(quantity_parse(&q, digits, &error), -1, "too many digits");
    cr_expect_str_eq(error, NUMERIC);
    cr_assert_eq(quantity_parse(&q, "1000E", NULL), 0);
    cr_expect_str_eq(quantity_format(&q, buf), "1e21");
}

Test(quantity, takes_as_many_digits_as_it_promises)
{
    struct quantity q;
    char buf[QUANTITY_TEXT_MAX];
    char digits[QUANTITY_DIGITS + 40];
    memset(digits, '9', QUANTITY_DIGITS);
    digits[QUANTITY_DIGITS] = '\0';
    cr_assert_eq(quantity_parse(&q, digits, NULL), 0);
    cr_expect_str_eq(quantity_format(&q, buf), digits);
    strcpy(digits + QUANTITY_DIGITS, ".1");
    cr_expect_eq(quantity_parse(&q, digits, NULL), -1, "one more would be lost");
    strcpy(digits + QUANTITY_DIGITS, ".0000000000000000");
    cr_expect_eq(quantity_parse(&q, digits, NULL), 0, "zeros are no digits");
    strcpy(digits + QUANTITY_DIGITS - 9, ".9999999999");
    cr_expect_eq(quantity_parse(&q, digits, NULL), 0, "finer than nano is rounded away");
    cr_expect_eq(q.ndigits, 1U, "999…9.9999999999 carries all the way");
}

static const struct {
    const char *a;
    const char *b;
    int sign;
    const char *proves;
} pairs[] = {
    {"1", "1000m", 0, "across suffixes"},
    {"1Ki", "1024", 0, "across families"},
    {"1e3", "1k", 0, "exponent and suffix"},
    {"0", "-0", 0, "zeros"},
    {"1.5Gi", "1536Mi", 0, "fraction"},
    {"1", "1001m", -1, "by a milli"},
    {"1Gi", "1G", 1, "binary is more"},
    {"999999999n", "1", -1, "by a nano"},
    {"-1", "1", -1, "sign"},
    {"-2", "-1", -1, "below zero the greater is less"},
    {"-1n", "0", -1, "below zero"},
    {"1e100", "9E", 1, "huge"},
    {"1e2147483647", "1e2147483646", 1, "largest exponents"},
    {"12", "119m", 1, "digits do not decide"},
    {"100", "99999m", 1, "length does not decide"},
};

Test(quantity, compares)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct quantity a;
        struct quantity b;
        cr_assert_eq(quantity_parse(&a, pairs[i].a, NULL), 0);
        cr_assert_eq(quantity_parse(&b, pairs[i].b, NULL), 0);
        cr_expect_eq(quantity_cmp(&a, &b), pairs[i].sign, "%s", pairs[i].proves);
        cr_expect_eq(quantity_cmp(&b, &a), -pairs[i].sign, "%s", pairs[i].proves);
    }
}

static const struct {
    const char *text;
    long long units;
    long long milli;
    long long mib;
    bool integer;
    const char *proves;
} rounded[] = {
    {"0", 0, 0, 0, true, "zero"},
    {"1", 1, 1000, 1, true, "one"},
    {"1n", 1, 1, 1, false, "anything is at least one"},
    {"500m", 1, 500, 1, false, "half a core"},
    {"1500m", 2, 1500, 1, false, "up"},
    {"1001m", 2, 1001, 1, false, "up by one milli"},
    {"2000m", 2, 2000, 1, true, "exact"},
    {"1Mi", 1048576, 1048576000, 1, true, "one MiB"},
    {"1048577", 1048577, 1048577000, 2, true, "one byte more"},
    {"1Gi", 1073741824, 1073741824000, 1024, true, "GiB"},
    {"1G", 1000000000, 1000000000000, 954, true, "GB is 953.67 MiB"},
    {"1.5Gi", 1610612736, 1610612736000, 1536, true, "1.5 GiB"},
    {"100m", 1, 100, 1, false, "a fraction of a byte"},
    {"-1500m", -2, -1500, -1, false, "away from zero"},
    {"9223372036854775807", INT64_MAX, INT64_MAX, 8796093022208, true, "milli saturates"},
    {"1E", 1000000000000000000, INT64_MAX, 953674316407, true, "milli saturates"},
    {"10E", INT64_MAX, INT64_MAX, 9536743164063, true, "units saturate"},
    {"-10E", -INT64_MAX, -INT64_MAX, -9536743164063, true, "units saturate below zero"},
    {"1e40", INT64_MAX, INT64_MAX, INT64_MAX, true, "everything saturates"},
    {"1e2147483647", INT64_MAX, INT64_MAX, INT64_MAX, true, "no loop over the exponent"},
};

Test(quantity, rounds_up_to_units)
{
    for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++) {
        struct quantity q;
        cr_assert_eq(quantity_parse(&q, rounded[i].text, NULL), 0);
        cr_expect_eq(quantity_ceil(&q), rounded[i].units, "%s: %s", rounded[i].text,
                     rounded[i].proves);
        cr_expect_eq(quantity_ceil_milli(&q), rounded[i].milli, "%s: milli: %s", rounded[i].text,
                     rounded[i].proves);
        cr_expect_eq(quantity_ceil_mib(&q), rounded[i].mib, "%s: MiB: %s", rounded[i].text,
                     rounded[i].proves);
        cr_expect_eq(quantity_is_integer(&q), rounded[i].integer, "%s: %s", rounded[i].text,
                     rounded[i].proves);
        cr_expect_eq(quantity_sign(&q), (rounded[i].units > 0) - (rounded[i].units < 0));
    }
}

Test(quantity, made_from_an_integer)
{
    static const int64_t values[] = {0, 1, -1, 1000, 1024, INT64_MAX, INT64_MIN};
    static const char *const printed[] = {
        "0", "1", "-1", "1k", "1024", "9223372036854775807", "-9223372036854775808"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct quantity q;
        char buf[QUANTITY_TEXT_MAX];
        quantity_set_int(&q, values[i]);
        cr_expect_str_eq(quantity_format(&q, buf), printed[i]);
    }
}
