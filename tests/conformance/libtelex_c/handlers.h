/* The handlers of clients and subscriptions: they write events. */
#ifndef CONFORMANCE_HANDLERS_H
#define CONFORMANCE_HANDLERS_H

#include "bearers.h"

/* `client` outlives the client that is made. */
int set_handlers(telex_options* options, struct client* client);

/* Their context is a struct subscription. */
void handle_message(void* context, const telex_message* message);
void count_message(void* context, const telex_message* message);

#endif
