/* Calls that wait: each has a thread, so that it does not delay later commands. */
#ifndef CONFORMANCE_WAITING_H
#define CONFORMANCE_WAITING_H

#include "bearers.h"

#include <stdint.h>

struct call {
    void (*run)(const struct call* call);
    uint64_t command;
    struct client* client;
    struct subscription* subscription;
    int64_t timeout; /* ms */
    struct call* next;
    pthread_t thread;
};

/* Runs a copy of the call. */
void begin_call(struct call call);
/* Waits for all of them. */
void finish_calls(void);

#endif
