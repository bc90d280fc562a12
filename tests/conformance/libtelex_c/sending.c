#include "sending.h"

#include "arguments.h"
#include "memory.h"
#include "options.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

/* Publishes `count` messages: their numbers, with leading zeros up to `size`. */
static int publish_numbers(const json* arguments) {
    const int width = (int)json_number(arguments, "size", 0);
    const size_t capacity = (size_t)width + 32;
    char* const payload = allocate(capacity);
    const uint64_t count = (uint64_t)json_number(arguments, "count", 0);
    int code = TELEX_OK;
    for (uint64_t at = 0; at < count && code == TELEX_OK; ++at) {
        const int size = snprintf(payload, capacity, "%0*llu", width, (unsigned long long)at);
        code = telex_publish(
            client_of(arguments)->handle,
            argument(arguments, "subject"),
            payload,
            (size_t)size,
            NULL
        );
    }
    free(payload);
    return code;
}

static int publish_one(const json* arguments) {
    telex_fields* const fields = telex_fields_new();
    size_t size = 0;
    char* const payload = payload_of(arguments, &size);
    int code = set_fields(fields, arguments);
    if (code == TELEX_OK) {
        code = telex_publish(
            client_of(arguments)->handle, argument(arguments, "subject"), payload, size, fields
        );
    }
    free(payload);
    telex_fields_free(fields);
    return code;
}

void do_publish(uint64_t number, const json* arguments) {
    const int numbers = json_member(arguments, "count") != NULL;
    report_result(number, numbers ? publish_numbers(arguments) : publish_one(arguments));
}

/* The context is the number of the command, which its handler frees. */
static void handle_reply(void* context, const telex_message* reply, const telex_error* error) {
    uint64_t* const number = context;
    if (reply != NULL) {
        report_message(*number, reply);
    } else {
        report_error(*number, error);
    }
    free(number);
}

void do_request(uint64_t number, const json* arguments) {
    telex_fields* const fields = telex_fields_new();
    uint64_t* const context = allocate(sizeof *context);
    size_t size = 0;
    char* const payload = payload_of(arguments, &size);
    int code = set_fields(fields, arguments);
    *context = number;
    if (code == TELEX_OK) {
        code = telex_request_async(
            client_of(arguments)->handle,
            argument(arguments, "subject"),
            payload,
            size,
            fields,
            time_of(arguments, "timeout", -1),
            handle_reply,
            context
        );
    }
    if (code != TELEX_OK) {
        report_result(number, code);
        free(context);
    }
    free(payload);
    telex_fields_free(fields);
}

void do_respond(uint64_t number, const json* arguments) {
    telex_fields* const fields = telex_fields_new();
    telex_message* const request = last_message(subscription_of(arguments));
    size_t size = 0;
    char* const payload = payload_of(arguments, &size);
    int code = set_fields(fields, arguments);
    if (code == TELEX_OK) {
        code = telex_respond(client_of(arguments)->handle, request, payload, size, fields);
    }
    report_result(number, code);
    free(payload);
    telex_message_free(request);
    telex_fields_free(fields);
}
