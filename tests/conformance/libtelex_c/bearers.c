#include "bearers.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static struct client* clients;
static struct subscription* subscriptions;

struct client* find_known_client(const char* name) {
    struct client* client = clients;
    while (client != NULL && strcmp(client->name, name) != 0) {
        client = client->next;
    }
    return client;
}

struct client* find_client(const char* name, int add) {
    struct client* client = find_known_client(name);
    if (client == NULL && !add) {
        give_up("unknown client", name);
    }
    if (client == NULL) {
        client = allocate(sizeof *client);
        client->name = copy_text(name);
        client->next = clients;
        clients = client;
    }
    return client;
}

struct subscription* find_subscription(const char* name, int add) {
    struct subscription* subscription = subscriptions;
    while (subscription != NULL && strcmp(subscription->name, name) != 0) {
        subscription = subscription->next;
    }
    if (subscription == NULL && !add) {
        give_up("unknown subscription", name);
    }
    if (subscription == NULL) {
        subscription = allocate(sizeof *subscription);
        subscription->name = copy_text(name);
        pthread_mutex_init(&subscription->mutex, NULL);
        subscription->next = subscriptions;
        subscriptions = subscription;
    }
    return subscription;
}

void remember_message(struct subscription* subscription, const telex_message* message) {
    telex_message* const copy = telex_message_copy(message);
    pthread_mutex_lock(&subscription->mutex);
    telex_message_free(subscription->last);
    subscription->last = copy;
    pthread_mutex_unlock(&subscription->mutex);
}

telex_message* last_message(struct subscription* subscription) {
    telex_message* copy = NULL;
    pthread_mutex_lock(&subscription->mutex);
    copy = telex_message_copy(subscription->last);
    pthread_mutex_unlock(&subscription->mutex);
    return copy;
}

void end_subscription(struct subscription* subscription) {
    telex_subscription_free(subscription->handle);
    telex_message_free(subscription->last);
    subscription->handle = NULL;
    subscription->last = NULL;
}

void close_clients(void) {
    for (struct client* client = clients; client != NULL; client = client->next) {
        telex_close(client->handle);
    }
}

void free_bearers(void) {
    while (subscriptions != NULL) {
        struct subscription* const subscription = subscriptions;
        subscriptions = subscription->next;
        end_subscription(subscription);
        pthread_mutex_destroy(&subscription->mutex);
        free(subscription->name);
        free(subscription);
    }
    while (clients != NULL) {
        struct client* const client = clients;
        clients = client->next;
        telex_client_free(client->handle);
        free(client->name);
        free(client);
    }
}
