/* The clients and subscriptions of the driver, by their names. One thread looks them up; handlers
 * use one of them.
 *
 * A name keeps its bearer for the whole run. The driver uses a name again only when every call on
 * its last client or subscription has returned. */
#ifndef CONFORMANCE_BEARERS_H
#define CONFORMANCE_BEARERS_H

#include <pthread.h>
#include <stdint.h>
#include <telex.h>

struct client {
    char* name;
    telex_client* handle; /* NULL until it was made */
    struct client* next;
};

struct subscription {
    char* name;
    telex_subscription* handle; /* NULL until it was made */
    struct subscription* next;
    /* Messages with numbers, of a subscription that counts; callback thread. */
    uint64_t end;
    uint64_t next_number;
    uint64_t received;
    int in_order;
    /* The last message, for a reply; guarded by the mutex. */
    pthread_mutex_t mutex;
    telex_message* last;
};

/* Return the bearer of a name, which is made if `add`; end the program if there is none. */
struct client* find_client(const char* name, int add);
struct subscription* find_subscription(const char* name, int add);
/* Returns NULL for a name without a client. */
struct client* find_known_client(const char* name);

void remember_message(struct subscription* subscription, const telex_message* message);
/* Returns a copy of the last message. */
telex_message* last_message(struct subscription* subscription);

/* Ends the subscription of a name, so that it can be used again. */
void end_subscription(struct subscription* subscription);
void close_clients(void);
/* Frees everything, after close_clients(). */
void free_bearers(void);

#endif
