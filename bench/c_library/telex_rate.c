/* Publishes COUNT messages on one connection and receives them on another:  telex_rate URL COUNT */
#include "rate.h"

#include <telex.h>

static void count_message(void* context, const telex_message* message) {
    size_t size = 0;
    (void)context;
    (void)telex_message_payload(message, &size);
    received += size == PAYLOAD_BYTES;
}

static void check(const char* call, int code) {
    if (code != TELEX_OK) {
        fail(call, telex_error_text());
    }
}

int main(int argc, char** argv) {
    telex_options* options = telex_options_new();
    telex_subscribe_options* unlimited = telex_subscribe_options_new();
    telex_client* publisher = NULL;
    telex_client* subscriber = NULL;
    telex_subscription* subscription = NULL;
    char payload[PAYLOAD_BYTES] = {0};
    const long count = argc == 3 ? atol(argv[2]) : 0;
    double begin = 0;
    check("add_server", telex_options_add_server(options, argc == 3 ? argv[1] : NULL));
    check("connect", telex_connect(options, &publisher));
    check("connect", telex_connect(options, &subscriber));
    check("option", telex_subscribe_options_set_number(unlimited, TELEX_MAX_PENDING_MESSAGES, INT64_MAX));
    check("option", telex_subscribe_options_set_number(unlimited, TELEX_MAX_PENDING_BYTES, INT64_MAX));
    /* The exchange disconnects a subscriber that is slower than its publishers, unless it may pause them. */
    check("option", telex_subscribe_options_set_number(unlimited, TELEX_SLOW_POLICY, TELEX_SLOW_BLOCK));
    check("subscribe", telex_subscribe(subscriber, "bench", unlimited, count_message, NULL, &subscription));
    begin = seconds();
    for (long sent = 0; sent < count; ++sent) {
        check("publish", telex_publish(publisher, "bench", payload, sizeof payload, NULL));
    }
    check("flush", telex_flush(publisher, 60000));
    print_rate(begin, count);
    telex_subscription_free(subscription);
    telex_client_free(subscriber);
    telex_client_free(publisher);
    telex_subscribe_options_free(unlimited);
    telex_options_free(options);
    return EXIT_SUCCESS;
}
