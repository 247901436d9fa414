/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "submit_signals.h"

#include "submit.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

#define N (sizeof ending / sizeof *ending)

static volatile sig_atomic_t caught;
static struct sigaction before[N];
static sigset_t mask_before;
static bool held;

static void remember(int sig)
{
    caught = sig;
}

int submit_signals_caught(void)
{
    return caught;
}

void submit_signals_open(sigset_t *mask)
{
    if (held)
        *mask = mask_before;
    else
        sigprocmask(SIG_BLOCK, NULL, mask);
}

void submission_hold_signals(void)
{
    sigset_t block;
    caught = 0;
    sigemptyset(&block);
    for (size_t i = 0; i < N; i++) {
        sigaddset(&block, ending[i]);
        sigaction(ending[i], NULL, &before[i]);
        struct sigaction sa = {.sa_handler = remember};
        if (before[i].sa_handler != SIG_IGN) /* nohup */
            sigaction(ending[i], &sa, NULL);
    }
    sigprocmask(SIG_BLOCK, &block, &mask_before);
    held = true;
}

bool submission_signals_let_go(void)
{
    sigset_t open;
    if (!held || !caught)
        return false;
    sigemptyset(&open);
    for (size_t i = 0; i < N; i++) {
        sigaddset(&open, ending[i]);
        sigaction(ending[i], &before[i], NULL);
    }
    sigprocmask(SIG_UNBLOCK, &open, NULL);
    return true;
}

void submission_release_signals(void)
{
    if (!held)
        return;
    held = false;
    for (size_t i = 0; i < N; i++)
        sigaction(ending[i], &before[i], NULL);
    if (caught)
        raise(caught);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}
