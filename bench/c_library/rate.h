/* Common to both programs: counts the messages of one subscription, and prints their rate. */
#ifndef BENCH_RATE_H
#define BENCH_RATE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAYLOAD_BYTES = 128 };

/* Written by the callback thread, read by main() while it waits. */
static volatile long received;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void fail(const char* call, const char* text) {
    fprintf(stderr, "%s: %s\n", call, text);
    exit(EXIT_FAILURE);
}

/* Prints messages per second, once all have been received. */
static void print_rate(double begin, long count) {
    const struct timespec pause = {0, 100000};
    while (received < count) {
        nanosleep(&pause, NULL);
    }
    printf("%.0f\n", (double)count / (seconds() - begin));
}

#endif
