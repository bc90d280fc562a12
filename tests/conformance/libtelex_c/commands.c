#include "commands.h"

#include "arguments.h"
#include "facts.h"
#include "fork_check.h"
#include "handlers.h"
#include "memory.h"
#include "options.h"
#include "report.h"
#include "sending.h"
#include "waiting.h"

#include <string.h>

static void do_connect(uint64_t number, const json* arguments) {
    telex_options* const options = telex_options_new();
    struct client* const client = find_client(argument(arguments, "client"), 1);
    telex_client* made = NULL;
    int code = set_client_options(options, arguments);
    if (code == TELEX_OK) {
        code = set_handlers(options, client);
    }
    if (code == TELEX_OK) {
        code = json_number(arguments, "background", 0) != 0
                   ? telex_connect_in_background(options, &made)
                   : telex_connect(options, &made);
    }
    if (code == TELEX_OK) {
        telex_client_free(client->handle);
        client->handle = made;
    }
    report_result(number, code);
    telex_options_free(options);
}

/* Returns the handler that `take` selects. */
static telex_message_handler handler_of(const json* arguments) {
    const char* const take = json_text(arguments, "take");
    if (take == NULL || strcmp(take, "events") == 0) {
        return handle_message;
    }
    return strcmp(take, "count") == 0 ? count_message : NULL;
}

static void do_subscribe(uint64_t number, const json* arguments) {
    telex_subscribe_options* const options = telex_subscribe_options_new();
    struct client* const client = client_of(arguments);
    struct subscription* const subscription =
        find_subscription(argument(arguments, "subscription"), 1);
    int code = set_subscribe_options(options, arguments);
    end_subscription(subscription);
    subscription->end = (uint64_t)json_number(arguments, "count", 0);
    subscription->next_number = 0;
    subscription->received = 0;
    subscription->in_order = 1;
    if (code == TELEX_OK) {
        code = telex_subscribe(
            client->handle,
            argument(arguments, "filter"),
            options,
            handler_of(arguments),
            subscription,
            &subscription->handle
        );
    }
    report_result(number, code);
    telex_subscribe_options_free(options);
}

static void run_next(const struct call* call) {
    telex_message* message = NULL;
    const int code = telex_next(call->subscription->handle, call->timeout, &message);
    if (code != TELEX_OK) {
        report_result(call->command, code);
        return;
    }
    remember_message(call->subscription, message);
    report_message(call->command, message);
    telex_message_free(message);
}

static void run_flush(const struct call* call) {
    report_result(call->command, telex_flush(call->client->handle, call->timeout));
}

static void run_client_drain(const struct call* call) {
    report_result(call->command, telex_drain(call->client->handle, -1));
}

static void run_subscription_drain(const struct call* call) {
    report_result(call->command, telex_subscription_drain(call->subscription->handle, -1));
}

static void do_next(uint64_t number, const json* arguments) {
    begin_call((struct call){.run = run_next,
                             .command = number,
                             .subscription = subscription_of(arguments),
                             .timeout = time_of(arguments, "timeout", 10000)});
}

static void do_flush(uint64_t number, const json* arguments) {
    begin_call((struct call){.run = run_flush,
                             .command = number,
                             .client = client_of(arguments),
                             .timeout = time_of(arguments, "timeout", 10000)});
}

static void do_drain(uint64_t number, const json* arguments) {
    if (json_member(arguments, "client") != NULL) {
        begin_call((struct call
        ){.run = run_client_drain, .command = number, .client = client_of(arguments)});
    } else {
        begin_call((struct call){.run = run_subscription_drain,
                                 .command = number,
                                 .subscription = subscription_of(arguments)});
    }
}

static void do_credit(uint64_t number, const json* arguments) {
    const uint64_t messages = (uint64_t)json_number(arguments, "messages", 0);
    report_result(
        number, telex_subscription_add_credit(subscription_of(arguments)->handle, messages)
    );
}

static void do_unsubscribe(uint64_t number, const json* arguments) {
    report_result(number, telex_unsubscribe(subscription_of(arguments)->handle));
}

static void do_close(uint64_t number, const json* arguments) {
    const struct client* const client = find_known_client(argument(arguments, "client"));
    telex_close(client == NULL ? NULL : client->handle);
    report_result(number, TELEX_OK);
}

static void do_fork(uint64_t number, const json* arguments) {
    const int refused =
        is_refused_in_child(client_of(arguments)->handle, subscription_of(arguments)->handle);
    begin_ok(number);
    put_flag("refused", refused);
    end_ok();
}

void run_command(const json* command) {
    static const struct {
        const char* name;
        void (*run)(uint64_t number, const json* arguments);
    } commands[] = {
        {"connect", do_connect},
        {"subscribe", do_subscribe},
        {"publish", do_publish},
        {"request", do_request},
        {"respond", do_respond},
        {"next", do_next},
        {"credit", do_credit},
        {"flush", do_flush},
        {"drain", do_drain},
        {"unsubscribe", do_unsubscribe},
        {"close", do_close},
        {"status", do_status},
        {"server", do_server},
        {"fork", do_fork},
        {"statistics", do_statistics},
    };

    const char* const name = argument(command, "do");
    const uint64_t number = (uint64_t)json_number(command, "command", 0);
    for (size_t at = 0; at < sizeof commands / sizeof commands[0]; ++at) {
        if (strcmp(commands[at].name, name) == 0) {
            commands[at].run(number, command);
            return;
        }
    }
    give_up("unknown command", name);
}
