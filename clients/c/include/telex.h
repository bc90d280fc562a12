/* libtelex-c: the client of a telex exchange for C programs. C99; docs/c.md is an introduction.
 *
 * Errors. A call that may fail returns 0 or an error code (enum telex_code). telex_error_text()
 * returns the text of the last failed call of the calling thread. NULL for a handle, a subject, a
 * filter or a place for a result is TELEX_INVALID_ARGUMENT; NULL for other arguments means what the
 * call says. After an error a place for a result holds NULL.
 *
 * Ownership. Objects that a function returns through a pointer to a pointer, or by a name with _new
 * or _copy, belong to the caller, who ends them with the matching _free. _free(NULL) does nothing.
 * Arguments are copied: they may be changed or freed when the call returns. Text that a getter
 * returns belongs to the object and is valid until that object is changed or freed; it is never
 * NULL unless stated.
 *
 * Text is UTF-8 and ends with NUL. Payloads are octets with a size; a received payload has no NUL
 * behind it that a program may rely on.
 *
 * Threads. Clients and subscriptions may be used by several threads, except that a _free must not
 * run while another thread uses the same object. Options, fields, messages and server information
 * belong to one thread at a time. Handlers run one after the other on the callback thread of their
 * client. A handler may block and may call every function here; it must not end by longjmp or by a
 * C++ exception. Its objects are borrowed: they are valid until it returns.
 *
 * Times are milliseconds. A negative time-out means the default of the call; zero does not wait.
 *
 * fork(). A client belongs to the process that created it. In a child every call on it returns
 * TELEX_CLOSED; the child creates its own client.
 */
#ifndef TELEX_H
#define TELEX_H

#include <stddef.h>
#include <stdint.h>
#include <telex_keys.h>

#if defined(__GNUC__)
#define TELEX_C_API __attribute__((visibility("default")))
#define TELEX_C_CHECK __attribute__((warn_unused_result))
#else
#define TELEX_C_API
#define TELEX_C_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct telex_options telex_options;
typedef struct telex_client telex_client;
typedef struct telex_subscribe_options telex_subscribe_options;
typedef struct telex_subscription telex_subscription;
typedef struct telex_fields telex_fields;
typedef struct telex_message telex_message;
typedef struct telex_server_info telex_server_info;

/* --- errors ------------------------------------------------------------------------------- */

/* An error that a handler receives. */
typedef struct telex_error {
    int code;         /* enum telex_code, never TELEX_OK */
    const char* text; /* for people; programs use the code */
} telex_error;

/* Returns the name of a code, such as "no_responders"; "unknown" for a code of a later exchange. */
TELEX_C_API const char* telex_code_name(int code);
/* Returns the text of the last failed call of this thread, "" before the first. Valid until the
 * next failed call of this thread. A successful call does not change it. */
TELEX_C_API const char* telex_error_text(void);
/* Returns the version of the library, such as "1.0.0". */
TELEX_C_API const char* telex_version(void);

/* --- options of a client -------------------------------------------------------------------- */

typedef void (*telex_server_handler)(void* context, const telex_server_info* server);
typedef void (*telex_error_handler)(void* context, const telex_error* error);
typedef void (*telex_plain_handler)(void* context);

/* Returns options with the defaults, or NULL if there is no memory. One set of options may serve
 * several clients. */
TELEX_C_API telex_options* telex_options_new(void);
TELEX_C_API void telex_options_free(telex_options* options);
/* Adds a server: host, host:port, tcp://host:port, tls://host:port, unix:///path or unix:@name.
 * They are tried in order. Without any: the environment variable TELEX_URL, then the default
 * servers of the host (docs/client.md). */
TELEX_C_API TELEX_C_CHECK int telex_options_add_server(telex_options* options, const char* server);
/* Sets user and password as credentials. The last credentials that are set count. */
TELEX_C_API TELEX_C_CHECK int telex_options_set_password(
    telex_options* options, const char* user, const char* password
);
/* Errors: TELEX_INVALID_ARGUMENT for an unknown key. Values are checked by telex_connect(). */
TELEX_C_API TELEX_C_CHECK int telex_options_set_text(
    telex_options* options, int key /* enum telex_text_option */, const char* value
);
/* Errors: TELEX_INVALID_ARGUMENT for an unknown key and a negative value. */
TELEX_C_API TELEX_C_CHECK int telex_options_set_number(
    telex_options* options, int key /* enum telex_number_option */, int64_t value
);
/* Sets the handlers for connections, also after each reconnect; for lost connections, with the
 * reason; for errors without a waiting call; and for the end of the client, the last handler that
 * runs. NULL: no handler. `context` is passed to all of them and must outlive the clients. */
TELEX_C_API TELEX_C_CHECK int telex_options_set_handlers(
    telex_options* options,
    telex_server_handler on_connected,
    telex_error_handler on_disconnected,
    telex_error_handler on_error,
    telex_plain_handler on_closed,
    void* context
);

/* --- clients ---------------------------------------------------------------------------------- */

/* Connects: tries every server once and returns when the first accepts. `options` may be NULL.
 * Errors: TELEX_CONNECT_FAILED, TELEX_NOT_AUTHENTICATED, TELEX_AUTHENTICATION_BUSY,
 * TELEX_INVALID_ARGUMENT. */
TELEX_C_API TELEX_C_CHECK int telex_connect(const telex_options* options, telex_client** client);
/* Returns at once; the first connection is made like a reconnect, without a time limit. Messages
 * published meanwhile are buffered. Errors: TELEX_INVALID_ARGUMENT. */
TELEX_C_API TELEX_C_CHECK int telex_connect_in_background(
    const telex_options* options, telex_client** client
);
/* Sends what waits (for at most TELEX_CLOSE_TIMEOUT) and closes. Requests that wait fail with
 * TELEX_CLOSED. After it returns no handler runs, except the one that called it. Idempotent. */
TELEX_C_API void telex_close(telex_client* client);
/* Closes the client and frees it. Subscriptions stay valid handles of an ended subscription. */
TELEX_C_API void telex_client_free(telex_client* client);
/* Returns TELEX_STATUS_CLOSED for NULL. */
TELEX_C_API enum telex_status telex_client_status(const telex_client* client);
/* Returns the name of a status, such as "connected". */
TELEX_C_API const char* telex_status_name(int status /* enum telex_status */);
/* Returns a counter; 0 for NULL and for an unknown key. */
TELEX_C_API uint64_t
telex_client_statistic(const telex_client* client, int key /* enum telex_statistic */);

/* Returns when the exchange has routed all earlier messages of this client. Defaults to 10,000 ms.
 * Errors: TELEX_TIMEOUT, TELEX_DISCONNECTED (messages may be lost), TELEX_CLOSED. */
TELEX_C_API TELEX_C_CHECK int telex_flush(telex_client* client, int64_t timeout);
/* Closes gracefully: ends the subscriptions, passes received messages to the handlers, waits for
 * replies, flushes, closes. Defaults to 30,000 ms. The client is closed afterwards, even on
 * TELEX_TIMEOUT, TELEX_DISCONNECTED and TELEX_CLOSED; TELEX_WOULD_DEADLOCK (in a handler) has no
 * effect. */
TELEX_C_API TELEX_C_CHECK int telex_drain(telex_client* client, int64_t timeout);

/* Copies the facts about the server of the current or last connection. Errors: TELEX_DISCONNECTED
 * before the first connection. */
TELEX_C_API TELEX_C_CHECK int telex_client_server_info(
    const telex_client* client, telex_server_info** server
);
TELEX_C_API void telex_server_info_free(telex_server_info* server);
/* Returns "" for NULL and for an unknown key. */
TELEX_C_API const char* telex_server_info_text(
    const telex_server_info* server, int key /* enum telex_server_text */
);
/* Returns 0 for NULL and for an unknown key. */
TELEX_C_API uint64_t
telex_server_info_number(const telex_server_info* server, int key /* enum telex_server_number */);

/* --- publish, request, respond ---------------------------------------------------------------- */

/* Fields of a message to send, beside its subject and payload. Returns NULL if there is no memory.
 */
TELEX_C_API telex_fields* telex_fields_new(void);
TELEX_C_API void telex_fields_free(telex_fields* fields);
/* Errors: TELEX_INVALID_ARGUMENT for an unknown field. */
TELEX_C_API TELEX_C_CHECK int telex_fields_set(
    telex_fields* fields, int field /* enum telex_field */, const char* value
);
/* Adds a header. Names may repeat. */
TELEX_C_API TELEX_C_CHECK int telex_fields_add_header(
    telex_fields* fields, const char* name, const char* value
);

/* Publishes without waiting for the exchange, which reports its errors later to on_error. `payload`
 * may be NULL if `size` is 0; `fields` may be NULL. Errors: TELEX_BAD_SUBJECT,
 * TELEX_WILDCARD_IN_PUBLISH, TELEX_FRAME_TOO_LARGE, TELEX_TOO_MANY_HEADERS, TELEX_BUFFER_FULL,
 * TELEX_DRAINING, TELEX_CLOSED. */
TELEX_C_API TELEX_C_CHECK int telex_publish(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields
);
/* Sends a request and waits for the reply. Defaults to TELEX_REQUEST_TIMEOUT. Errors:
 * TELEX_NO_RESPONDERS, TELEX_TIMEOUT, TELEX_RESPONDER_GONE, TELEX_ANSWER_TOO_LARGE,
 * TELEX_DISCONNECTED and those of telex_publish(); TELEX_INVALID_ARGUMENT also for a time-out of 0
 * and for TELEX_REPLY_TO in `fields`. */
TELEX_C_API TELEX_C_CHECK int telex_request(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields,
    int64_t timeout,
    telex_message** reply
);

/* Exactly one of `reply` and `error` is not NULL. */
typedef void (*telex_reply_handler)(
    void* context, const telex_message* reply, const telex_error* error
);

/* The same without waiting. If it returns an error, the handler is not called; otherwise it is
 * called exactly once, with TELEX_CLOSED if the client is closed first. */
TELEX_C_API TELEX_C_CHECK int telex_request_async(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields,
    int64_t timeout,
    telex_reply_handler handler,
    void* context
);
/* Publishes a reply to a received message that wants one. Errors: TELEX_INVALID_ARGUMENT if it does
 * not, and those of telex_publish(). */
TELEX_C_API TELEX_C_CHECK int telex_respond(
    telex_client* client,
    const telex_message* request,
    const void* payload,
    size_t size,
    const telex_fields* fields
);

/* --- received messages ------------------------------------------------------------------------ */

/* Returns "" for NULL. */
TELEX_C_API const char* telex_message_subject(const telex_message* message);
/* Returns the payload and stores its size; `size` may be NULL. Not NULL, even if the size is 0;
 * NULL for NULL. */
TELEX_C_API const void* telex_message_payload(const telex_message* message, size_t* size);
/* Returns a field; "" if it is not set, for NULL and for an unknown field. */
TELEX_C_API const char*
telex_message_field(const telex_message* message, int field /* enum telex_field */);
/* Returns 1 if telex_respond() can be called with this message, otherwise 0. */
TELEX_C_API int telex_message_wants_reply(const telex_message* message);
/* Returns the number of headers. */
TELEX_C_API size_t telex_message_header_count(const telex_message* message);
/* Return the name and the value of a header, in the publisher's order; NULL behind the last one. */
TELEX_C_API const char* telex_message_header_name(const telex_message* message, size_t index);
TELEX_C_API const char* telex_message_header_value(const telex_message* message, size_t index);
/* Returns the value of the first header with this name (case-sensitive), or NULL. */
TELEX_C_API const char* telex_message_header(const telex_message* message, const char* name);
/* Returns a copy, to keep a message that a handler received; NULL if there is no memory. */
TELEX_C_API telex_message* telex_message_copy(const telex_message* message);
TELEX_C_API void telex_message_free(telex_message* message);

/* --- subscriptions ---------------------------------------------------------------------------- */

typedef void (*telex_message_handler)(void* context, const telex_message* message);

/* Returns options with the defaults, or NULL if there is no memory. */
TELEX_C_API telex_subscribe_options* telex_subscribe_options_new(void);
TELEX_C_API void telex_subscribe_options_free(telex_subscribe_options* options);
/* Members of a queue group share the messages: each goes to one of them. */
TELEX_C_API TELEX_C_CHECK int telex_subscribe_options_set_queue_group(
    telex_subscribe_options* options, const char* queue_group
);
/* Errors: TELEX_INVALID_ARGUMENT for an unknown key and a negative value. */
TELEX_C_API TELEX_C_CHECK int telex_subscribe_options_set_number(
    telex_subscribe_options* options, int key /* enum telex_subscribe_number */, int64_t value
);

/* Subscribes. Returns when the subscription is active in the whole exchange. `handler` NULL: the
 * program takes messages with telex_next(). `options` may be NULL. `context` must outlive the
 * subscription. Errors: TELEX_BAD_SUBJECT, TELEX_BAD_QUEUE_GROUP, TELEX_INVALID_ARGUMENT, an error
 * of the exchange, TELEX_TIMEOUT, TELEX_DRAINING, TELEX_CLOSED. */
TELEX_C_API TELEX_C_CHECK int telex_subscribe(
    telex_client* client,
    const char* filter,
    const telex_subscribe_options* options,
    telex_message_handler handler,
    void* context,
    telex_subscription** subscription
);
/* Unsubscribes, waits until its handler does not run (unless called in it), and frees the handle.
 */
TELEX_C_API void telex_subscription_free(telex_subscription* subscription);
/* Keeps the subscription for the life of its client, and frees the handle. */
TELEX_C_API void telex_subscription_detach(telex_subscription* subscription);
/* Takes the next message. Waits up to `timeout`; a negative one waits without a limit. Messages
 * received before the end are still returned after it. Errors: TELEX_TIMEOUT,
 * TELEX_SUBSCRIPTION_ENDED, TELEX_CLOSED, TELEX_INVALID_ARGUMENT (has a handler), an error of the
 * exchange about the subscription. */
TELEX_C_API TELEX_C_CHECK int telex_next(
    telex_subscription* subscription, int64_t timeout, telex_message** message
);
/* Permits the exchange to send this many more messages (TELEX_CREDIT, with TELEX_AUTOMATIC_CREDIT
 * 0). Errors: TELEX_INVALID_ARGUMENT, TELEX_SUBSCRIPTION_ENDED, TELEX_CLOSED. */
TELEX_C_API TELEX_C_CHECK int telex_subscription_add_credit(
    telex_subscription* subscription, uint64_t messages
);
/* Ends the subscription at once and drops its pending messages. The handle stays. */
TELEX_C_API TELEX_C_CHECK int telex_unsubscribe(telex_subscription* subscription);
/* Ends the subscription gracefully: messages that the exchange has sent are delivered. Defaults to
 * 30,000 ms. Errors: TELEX_TIMEOUT, TELEX_CLOSED, TELEX_DISCONNECTED, TELEX_WOULD_DEADLOCK. */
TELEX_C_API TELEX_C_CHECK int telex_subscription_drain(
    telex_subscription* subscription, int64_t timeout
);
/* Returns 1 until the subscription has ended, then 0. */
TELEX_C_API int telex_subscription_active(const telex_subscription* subscription);
/* Returns the filter; "" for NULL. */
TELEX_C_API const char* telex_subscription_filter(const telex_subscription* subscription);
/* Returns a counter; 0 for NULL and for an unknown key. */
TELEX_C_API uint64_t telex_subscription_statistic(
    const telex_subscription* subscription, int key /* enum telex_subscription_counter */
);

#ifdef __cplusplus
}
#endif

#endif
