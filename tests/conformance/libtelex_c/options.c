#include "options.h"

#include "memory.h"

#include <string.h>

/* An argument and its option. */
struct row {
    const char* name;
    int key;
};

static const struct row client_times[] = {
    {"connect_timeout", TELEX_CONNECT_TIMEOUT},
    {"attempt_timeout", TELEX_ATTEMPT_TIMEOUT},
    {"request_timeout", TELEX_REQUEST_TIMEOUT},
    {"close_timeout", TELEX_CLOSE_TIMEOUT},
    {"ping_interval", TELEX_PING_INTERVAL},
    {"full_timeout", TELEX_FULL_TIMEOUT},
    {NULL, 0},
};
static const struct row client_numbers[] = {
    {"max_buffered_bytes", TELEX_MAX_BUFFERED_BYTES},
    {"no_echo", TELEX_NO_ECHO},
    {NULL, 0},
};
static const struct row client_texts[] = {
    {"client", TELEX_NAME},
    {"token", TELEX_TOKEN},
    {"key_file", TELEX_KEY_FILE},
    {NULL, 0},
};
static const struct row tls_texts[] = {
    {"ca_file", TELEX_TLS_CA_FILE},
    {"key_pin", TELEX_TLS_KEY_PIN},
    {"server_name", TELEX_TLS_SERVER_NAME},
    {"certificate_file", TELEX_TLS_CERTIFICATE_FILE},
    {"key_file", TELEX_TLS_CERTIFICATE_KEY_FILE},
    {NULL, 0},
};
static const struct row reconnect_numbers[] = {
    {"enabled", TELEX_RECONNECT},
    {"max_rounds", TELEX_RECONNECT_MAX_ROUNDS},
    {NULL, 0},
};
static const struct row subscribe_numbers[] = {
    {"credit", TELEX_CREDIT},
    {"automatic_credit", TELEX_AUTOMATIC_CREDIT},
    {"max_messages", TELEX_MAX_MESSAGES},
    {"max_pending_messages", TELEX_MAX_PENDING_MESSAGES},
    {"max_pending_bytes", TELEX_MAX_PENDING_BYTES},
    {NULL, 0},
};
static const struct row slow_policies[] = {
    {"block", TELEX_SLOW_BLOCK},
    {"drop_oldest", TELEX_SLOW_DROP_OLDEST},
    {"drop_newest", TELEX_SLOW_DROP_NEWEST},
    {"disconnect", TELEX_SLOW_DISCONNECT},
    {NULL, 0},
};
static const struct row field_texts[] = {
    {"reply_to", TELEX_REPLY_TO},
    {"id", TELEX_ID},
    {"content_type", TELEX_CONTENT_TYPE},
    {"type", TELEX_TYPE},
    {NULL, 0},
};

int64_t time_of(const json* arguments, const char* name, int64_t otherwise) {
    const json* const seconds = json_member(arguments, name);
    return seconds == NULL ? otherwise : (int64_t)(1000 * seconds->number);
}

static int set_texts(telex_options* options, const json* arguments, const struct row* row) {
    int code = TELEX_OK;
    for (; row->name != NULL && code == TELEX_OK; ++row) {
        const char* const text = json_text(arguments, row->name);
        if (text != NULL) {
            code = telex_options_set_text(options, row->key, text);
        }
    }
    return code;
}

static int set_numbers(telex_options* options, const json* arguments, const struct row* row) {
    int code = TELEX_OK;
    for (; row->name != NULL && code == TELEX_OK; ++row) {
        const json* const number = json_member(arguments, row->name);
        if (number != NULL) {
            code = telex_options_set_number(options, row->key, (int64_t)number->number);
        }
    }
    return code;
}

static int set_times(telex_options* options, const json* arguments) {
    int code = TELEX_OK;
    for (const struct row* row = client_times; row->name != NULL && code == TELEX_OK; ++row) {
        const int64_t time = time_of(arguments, row->name, -1);
        if (time >= 0) {
            code = telex_options_set_number(options, row->key, time);
        }
    }
    return code;
}

static int add_servers(telex_options* options, const json* servers) {
    int code = TELEX_OK;
    for (const json* server = servers->first; server != NULL && code == TELEX_OK;
         server = server->next) {
        code = telex_options_add_server(options, server->text);
    }
    return code;
}

static int set_user(telex_options* options, const json* arguments) {
    const char* const user = json_text(arguments, "user");
    return user == NULL
               ? TELEX_OK
               : telex_options_set_password(options, user, json_text(arguments, "password"));
}

static int set_reconnect(telex_options* options, const json* reconnect) {
    int code = telex_options_set_number(options, TELEX_RECONNECT_DELAY, 10);
    if (code == TELEX_OK) {
        code = telex_options_set_number(options, TELEX_RECONNECT_MAX_DELAY, 100);
    }
    return code == TELEX_OK ? set_numbers(options, reconnect, reconnect_numbers) : code;
}

int set_client_options(telex_options* options, const json* arguments) {
    int code = add_servers(options, json_member(arguments, "servers"));
    if (code == TELEX_OK) {
        code = set_user(options, arguments);
    }
    if (code == TELEX_OK) {
        code = set_texts(options, arguments, client_texts);
    }
    if (code == TELEX_OK) {
        code = set_texts(options, json_member(arguments, "tls"), tls_texts);
    }
    if (code == TELEX_OK) {
        code = set_times(options, arguments);
    }
    if (code == TELEX_OK) {
        code = set_numbers(options, arguments, client_numbers);
    }
    return code == TELEX_OK ? set_reconnect(options, json_member(arguments, "reconnect")) : code;
}

static int slow_policy_of(const char* name) {
    const struct row* row = slow_policies;
    while (row->name != NULL && strcmp(row->name, name) != 0) {
        ++row;
    }
    if (row->name == NULL) {
        give_up("unknown policy", name);
    }
    return row->key;
}

int set_subscribe_options(telex_subscribe_options* options, const json* arguments) {
    const char* const group = json_text(arguments, "queue_group");
    const char* const policy = json_text(arguments, "slow_policy");
    int code = group == NULL ? TELEX_OK : telex_subscribe_options_set_queue_group(options, group);
    if (policy != NULL && code == TELEX_OK) {
        code =
            telex_subscribe_options_set_number(options, TELEX_SLOW_POLICY, slow_policy_of(policy));
    }
    for (const struct row* row = subscribe_numbers; row->name != NULL && code == TELEX_OK; ++row) {
        const json* const number = json_member(arguments, row->name);
        if (number != NULL) {
            code = telex_subscribe_options_set_number(options, row->key, (int64_t)number->number);
        }
    }
    return code;
}

static int add_headers(telex_fields* fields, const json* headers) {
    int code = TELEX_OK;
    for (const json* pair = headers == NULL ? NULL : headers->first;
         pair != NULL && code == TELEX_OK;
         pair = pair->next) {
        code = telex_fields_add_header(fields, pair->first->text, pair->first->next->text);
    }
    return code;
}

int set_fields(telex_fields* fields, const json* arguments) {
    int code = add_headers(fields, json_member(arguments, "headers"));
    for (const struct row* row = field_texts; row->name != NULL && code == TELEX_OK; ++row) {
        const char* const text = json_text(arguments, row->name);
        if (text != NULL) {
            code = telex_fields_set(fields, row->key, text);
        }
    }
    return code;
}

/* Converts UTF-8 with characters up to U+00FF to one octet for each. Returns the new size. */
static size_t to_latin1(char* text, size_t size) {
    size_t out = 0;
    for (size_t at = 0; at < size; ++at) {
        const unsigned char first = (unsigned char)text[at];
        if (first < 0x80) {
            text[out++] = text[at];
        } else {
            text[out++] = (char)((first & 0x03) << 6 | ((unsigned char)text[++at] & 0x3F));
        }
    }
    return out;
}

char* payload_of(const json* arguments, size_t* size) {
    const json* const count = json_member(arguments, "size");
    const json* const text = json_member(arguments, "payload");
    char* payload = NULL;
    *size = count != NULL ? (size_t)count->number : text == NULL ? 0 : text->size;
    payload = allocate(*size + 1);
    if (count != NULL) {
        memset(payload, 'x', *size);
    } else if (text != NULL) {
        memcpy(payload, text->text, *size);
        *size = to_latin1(payload, *size);
    }
    return payload;
}
