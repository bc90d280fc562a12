#include "handlers.h"

#include "memory.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

static void begin_event(const char* kind, const struct client* client) {
    begin_line();
    put_text("event", kind);
    put_text("client", client->name);
}

static void on_connected(void* context, const telex_server_info* server) {
    begin_event("connected", context);
    put_text("url", telex_server_info_text(server, TELEX_SERVER_URL));
    end_line();
}

static void write_error(const char* kind, const struct client* client, const telex_error* error) {
    begin_event(kind, client);
    put_text("code", telex_code_name(error->code));
    put_text("text", error->text);
    end_line();
}

static void on_disconnected(void* context, const telex_error* error) {
    write_error("disconnected", context, error);
}

static void on_error(void* context, const telex_error* error) {
    write_error("error", context, error);
}

static void on_closed(void* context) {
    begin_event("closed", context);
    end_line();
}

int set_handlers(telex_options* options, struct client* client) {
    return telex_options_set_handlers(
        options, on_connected, on_disconnected, on_error, on_closed, client
    );
}

void handle_message(void* context, const telex_message* message) {
    struct subscription* const subscription = context;
    remember_message(subscription, message);
    begin_line();
    put_text("event", "message");
    put_text("subscription", subscription->name);
    put_message(message);
    end_line();
}

static uint64_t number_of(const telex_message* message) {
    char digits[32] = {0};
    size_t size = 0;
    const char* payload = telex_message_payload(message, &size);
    for (; size != 0 && *payload == '0'; --size) {
        ++payload;
    }
    memcpy(digits, payload, size < sizeof digits ? size : sizeof digits - 1);
    return strtoull(digits, NULL, 10);
}

/* The payloads are numbers. Reports when the last one has come. */
void count_message(void* context, const telex_message* message) {
    struct subscription* const subscription = context;
    const uint64_t number = number_of(message);
    subscription->in_order &= number >= subscription->next_number;
    subscription->next_number = number + 1;
    ++subscription->received;
    if (subscription->next_number == subscription->end) {
        begin_line();
        put_text("event", "counted");
        put_text("subscription", subscription->name);
        put_number("count", subscription->received);
        put_flag("in_order", subscription->in_order);
        end_line();
    }
}
