/* The error codes and keys of telex.h, which includes this file. Numbers never change; later
 * versions add some at the end of an enumeration. Defaults stand at the end of a comment. */
#ifndef TELEX_KEYS_H
#define TELEX_KEYS_H

/* Numbers below 1000 are those of the exchange (docs/protocol.md); codes that are not listed here
 * can occur, and later versions add some. telex_code_name() knows all of this version. */
enum telex_code {
    TELEX_OK = 0,

    TELEX_FRAME_TOO_LARGE = 2, /* a message exceeds TELEX_SERVER_MAX_FRAME_BYTES */
    TELEX_NOT_AUTHENTICATED = 9,
    TELEX_AUTHENTICATION_BUSY = 10, /* retry later */
    TELEX_BAD_SUBJECT = 20,
    TELEX_WILDCARD_IN_PUBLISH = 21,
    TELEX_BAD_QUEUE_GROUP = 22,
    TELEX_RESERVED_SUBJECT = 24,
    TELEX_TOO_MANY_SUBSCRIPTIONS = 25,
    TELEX_TOO_MANY_REQUESTS = 26,
    TELEX_TOO_MANY_HEADERS = 27,
    TELEX_PERMISSION_DENIED = 30,
    TELEX_PAYLOAD_TOO_LARGE = 31, /* over the limit of the client's user */
    TELEX_NO_RESPONDERS = 40,
    TELEX_TIMEOUT = 41, /* no reply, no confirmation or no message in time */
    TELEX_RESPONDER_GONE = 42,
    TELEX_ANSWER_TOO_LARGE = 43, /* the reply exceeds the limit of the client's listener */
    TELEX_SHUTTING_DOWN = 65,
    TELEX_INTERNAL = 66,

    TELEX_INVALID_ARGUMENT = 1000, /* the text names it */
    TELEX_CONNECT_FAILED = 1001,   /* no server could be reached; the text lists each attempt */
    TELEX_DISCONNECTED = 1002,     /* the connection was lost before the reply, or there is none */
    TELEX_CLOSED = 1003,
    TELEX_DRAINING = 1004,
    TELEX_BUFFER_FULL = 1005,
    TELEX_SUBSCRIPTION_ENDED = 1008,
    TELEX_WOULD_DEADLOCK = 1009, /* the call waits for handlers but was made in one */
    TELEX_SERVER_PROTOCOL_ERROR = 1011,
    TELEX_MESSAGES_DROPPED = 1012,
    TELEX_UNTRUSTED_SERVER = 1013,
    TELEX_ERRORS_DROPPED = 1014,

    TELEX_NO_MEMORY = 1100,
    TELEX_UNSPECIFIED = 1101 /* an error of the exchange without a code */
};

/* Texts of options. */
enum telex_text_option {
    TELEX_NAME = 1,        /* in the logs of the exchange, such as "billing-worker/2.1" */
    TELEX_TOKEN,           /* credentials: a token */
    TELEX_KEY_FILE,        /* credentials: file with an Ed25519 key of `telex keygen` */
    TELEX_TLS_CA_FILE,     /* PEM file with the trusted authorities; defaults to the system's */
    TELEX_TLS_KEY_PIN,     /* SHA-256 of the server's public key, in base64 */
    TELEX_TLS_SERVER_NAME, /* name in the server's certificate; defaults to the host */
    TELEX_TLS_CERTIFICATE_FILE,
    TELEX_TLS_CERTIFICATE_KEY_FILE
};

/* Numbers of options. */
enum telex_number_option {
    TELEX_CONNECT_TIMEOUT = 1,  /* ms; limit for telex_connect() in total; defaults to 5,000 */
    TELEX_ATTEMPT_TIMEOUT,      /* ms; for one attempt at one server; defaults to 2,000 */
    TELEX_REQUEST_TIMEOUT,      /* ms; defaults to 10,000 */
    TELEX_CLOSE_TIMEOUT,        /* ms; for telex_close() to send what waits; defaults to 1,000 */
    TELEX_PING_INTERVAL,        /* ms; a server silent for twice this time is left; 30,000 */
    TELEX_FULL_TIMEOUT,         /* ms; a publish waits for space, 0: fails at once; 5,000 */
    TELEX_MAX_BUFFERED_BYTES,   /* of messages that wait to be sent; defaults to 8 MiB */
    TELEX_MAX_FRAME_BYTES,      /* of a frame from the server; defaults to 16 MiB or its limit */
    TELEX_RECONNECT,            /* 0: the client closes when it loses the connection */
    TELEX_RECONNECT_DELAY,      /* ms; after the first failed round; defaults to 100 */
    TELEX_RECONNECT_MAX_DELAY,  /* ms; the delay doubles up to this; defaults to 5,000 */
    TELEX_RECONNECT_MAX_ROUNDS, /* failed rounds until the client closes; defaults to no limit */
    TELEX_NO_ECHO               /* 1: the client does not receive its own messages */
};

enum telex_status {
    TELEX_STATUS_CONNECTING = 0,
    TELEX_STATUS_CONNECTED = 1,
    TELEX_STATUS_RECONNECTING = 2,
    TELEX_STATUS_DRAINING = 3,
    TELEX_STATUS_CLOSED = 4
};

/* Counted since the client was created, across reconnects. */
enum telex_statistic {
    TELEX_PUBLISHED_MESSAGES = 1,
    TELEX_PUBLISHED_BYTES,
    TELEX_RECEIVED_MESSAGES,
    TELEX_RECEIVED_BYTES,
    TELEX_DROPPED_MESSAGES, /* received, then dropped because a local queue was full */
    TELEX_UNSENT_MESSAGES,  /* accepted, then not sent */
    TELEX_CONNECTS,
    TELEX_SUBSCRIPTIONS,
    TELEX_PENDING_REQUESTS,
    TELEX_BUFFERED_BYTES,   /* accepted, not yet taken by the socket */
    TELEX_UNREPORTED_ERRORS /* not passed to on_error, because too many waited for it */
};

/* Texts and numbers that the exchange sent when the connection was made. */
enum telex_server_text {
    TELEX_SERVER_URL = 1, /* the server as it was configured */
    TELEX_SERVER_NAME,
    TELEX_SERVER_VERSION,
    TELEX_SERVER_SESSION_ID
};

enum telex_server_number {
    TELEX_SERVER_PROTOCOL_VERSION = 1,
    TELEX_SERVER_MAX_FRAME_BYTES,
    TELEX_SERVER_MAX_SUBJECT_BYTES,
    TELEX_SERVER_MAX_SUBJECT_TOKENS,
    TELEX_SERVER_MAX_SUBSCRIPTIONS,
    TELEX_SERVER_MAX_PENDING_REQUESTS,
    TELEX_SERVER_MAX_REQUEST_TIMEOUT, /* ms */
    TELEX_SERVER_IDLE_TIMEOUT,        /* ms */
    TELEX_SERVER_MAX_HEADERS
};

enum telex_field {
    TELEX_REPLY_TO = 1, /* subject for replies; not of requests, which have one of the exchange */
    TELEX_ID,           /* identifies the message to its publisher */
    TELEX_CONTENT_TYPE, /* media type of the payload, such as "application/json" */
    TELEX_TYPE          /* full name of a protobuf message */
};

/* The policy of the exchange for a subscriber that reads too slowly. */
enum telex_slow_policy {
    TELEX_SLOW_LISTENER_DEFAULT = 0,
    TELEX_SLOW_BLOCK = 1,
    TELEX_SLOW_DROP_OLDEST = 2,
    TELEX_SLOW_DROP_NEWEST = 3,
    TELEX_SLOW_DISCONNECT = 4
};

/* Numbers of subscriptions. */
enum telex_subscribe_number {
    TELEX_SLOW_POLICY = 1,      /* enum telex_slow_policy */
    TELEX_CREDIT,               /* messages that may be sent before they are taken; no limit */
    TELEX_AUTOMATIC_CREDIT,     /* 0: credit returns by telex_subscription_add_credit() only */
    TELEX_MAX_MESSAGES,         /* the subscription ends after them; defaults to no limit */
    TELEX_MAX_PENDING_MESSAGES, /* in the local queue; further ones are dropped; 65,536 */
    TELEX_MAX_PENDING_BYTES,    /* in the local queue; defaults to 64 MiB */
    TELEX_SUBSCRIBE_TIMEOUT,    /* ms; for the confirmation of the exchange; defaults to 5,000 */
    TELEX_SUBSCRIBE_WAIT        /* 0: return at once; an error goes to on_error */
};

/* Counted since the subscription was made, across reconnects. */
enum telex_subscription_counter {
    TELEX_SUBSCRIPTION_RECEIVED = 1,
    TELEX_SUBSCRIPTION_DELIVERED, /* taken, or passed to the handler */
    TELEX_SUBSCRIPTION_DROPPED,   /* dropped here because the local queue was full */
    TELEX_SUBSCRIPTION_PENDING_MESSAGES,
    TELEX_SUBSCRIPTION_PENDING_BYTES,
    TELEX_SUBSCRIPTION_DROPPED_BY_EXCHANGE /* set when the subscription has ended */
};

#endif
