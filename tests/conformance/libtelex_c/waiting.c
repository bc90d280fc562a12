#include "waiting.h"

#include "memory.h"

#include <stdlib.h>

static struct call* calls;

static void* run_call(void* argument) {
    const struct call* const call = argument;
    call->run(call);
    return NULL;
}

void begin_call(struct call call) {
    struct call* const begun = allocate(sizeof *begun);
    *begun = call;
    begun->next = calls;
    calls = begun;
    if (pthread_create(&begun->thread, NULL, run_call, begun) != 0) {
        give_up("no thread", "pthread_create");
    }
}

void finish_calls(void) {
    while (calls != NULL) {
        struct call* const call = calls;
        calls = call->next;
        pthread_join(call->thread, NULL);
        free(call);
    }
}
