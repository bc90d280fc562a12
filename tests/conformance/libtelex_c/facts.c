#include "facts.h"

#include "arguments.h"
#include "report.h"

void do_status(uint64_t number, const json* arguments) {
    begin_ok(number);
    put_text("status", telex_status_name(telex_client_status(client_of(arguments)->handle)));
    end_ok();
}

void do_server(uint64_t number, const json* arguments) {
    telex_server_info* server = NULL;
    const int code = telex_client_server_info(client_of(arguments)->handle, &server);
    if (code != TELEX_OK) {
        report_result(number, code);
        return;
    }
    begin_ok(number);
    put_text("name", telex_server_info_text(server, TELEX_SERVER_NAME));
    put_text("url", telex_server_info_text(server, TELEX_SERVER_URL));
    put_number("max_frame_bytes", telex_server_info_number(server, TELEX_SERVER_MAX_FRAME_BYTES));
    end_ok();
    telex_server_info_free(server);
}

struct counter {
    const char* name;
    int key;
};

static void put_client_counters(const telex_client* client) {
    static const struct counter counters[] = {
        {"published_messages", TELEX_PUBLISHED_MESSAGES},
        {"published_bytes", TELEX_PUBLISHED_BYTES},
        {"received_messages", TELEX_RECEIVED_MESSAGES},
        {"received_bytes", TELEX_RECEIVED_BYTES},
        {"dropped_messages", TELEX_DROPPED_MESSAGES},
        {"unsent_messages", TELEX_UNSENT_MESSAGES},
        {"connects", TELEX_CONNECTS},
        {"subscriptions", TELEX_SUBSCRIPTIONS},
        {"pending_requests", TELEX_PENDING_REQUESTS},
        {"buffered_bytes", TELEX_BUFFERED_BYTES},
        {"dropped_errors", TELEX_UNREPORTED_ERRORS},
    };
    for (size_t at = 0; at < sizeof counters / sizeof counters[0]; ++at) {
        put_number(counters[at].name, telex_client_statistic(client, counters[at].key));
    }
}

static void put_subscription_counters(const telex_subscription* subscription) {
    static const struct counter counters[] = {
        {"received", TELEX_SUBSCRIPTION_RECEIVED},
        {"delivered", TELEX_SUBSCRIPTION_DELIVERED},
        {"dropped", TELEX_SUBSCRIPTION_DROPPED},
        {"pending_messages", TELEX_SUBSCRIPTION_PENDING_MESSAGES},
        {"pending_bytes", TELEX_SUBSCRIPTION_PENDING_BYTES},
        {"dropped_by_exchange", TELEX_SUBSCRIPTION_DROPPED_BY_EXCHANGE},
    };
    for (size_t at = 0; at < sizeof counters / sizeof counters[0]; ++at) {
        put_number(counters[at].name, telex_subscription_statistic(subscription, counters[at].key));
    }
}

void do_statistics(uint64_t number, const json* arguments) {
    const int of_client = json_member(arguments, "client") != NULL;
    const struct client* const client = of_client ? client_of(arguments) : NULL;
    const struct subscription* const subscription = of_client ? NULL : subscription_of(arguments);
    begin_ok(number);
    if (client != NULL) {
        put_client_counters(client->handle);
    } else {
        put_subscription_counters(subscription->handle);
    }
    end_ok();
}
