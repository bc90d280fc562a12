/* The same with libnats:  nats_rate URL COUNT */
#include "rate.h"

#include <nats/nats.h>

static void count_message(natsConnection* connection, natsSubscription* subscription, natsMsg* message, void* closure) {
    (void)connection;
    (void)subscription;
    (void)closure;
    received += natsMsg_GetDataLength(message) == PAYLOAD_BYTES;
    natsMsg_Destroy(message);
}

static void check(const char* call, natsStatus status) {
    if (status != NATS_OK) {
        fail(call, natsStatus_GetText(status));
    }
}

int main(int argc, char** argv) {
    natsConnection* publisher = NULL;
    natsConnection* subscriber = NULL;
    natsSubscription* subscription = NULL;
    char payload[PAYLOAD_BYTES] = {0};
    const long count = argc == 3 ? atol(argv[2]) : 0;
    double begin = 0;
    check("connect", natsConnection_ConnectTo(&publisher, argv[1]));
    check("connect", natsConnection_ConnectTo(&subscriber, argv[1]));
    check("subscribe", natsConnection_Subscribe(&subscription, subscriber, "bench", count_message, NULL));
    check("limits", natsSubscription_SetPendingLimits(subscription, -1, -1));
    check("flush", natsConnection_Flush(subscriber));
    begin = seconds();
    for (long sent = 0; sent < count; ++sent) {
        check("publish", natsConnection_Publish(publisher, "bench", payload, sizeof payload));
    }
    check("flush", natsConnection_FlushTimeout(publisher, 60000));
    print_rate(begin, count);
    natsSubscription_Destroy(subscription);
    natsConnection_Destroy(subscriber);
    natsConnection_Destroy(publisher);
    nats_Close();
    return EXIT_SUCCESS;
}
