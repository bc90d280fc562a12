#include "report.h"

#include <pthread.h>
#include <stdio.h>

enum { LONGEST_PAYLOAD = 1024 };

/* Of the line that is being written: ThreadSanitizer does not know the lock of stdout. */
static pthread_mutex_t line_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Whether a member of the current object is written. */
static int has_members;

static void begin_object(void) {
    putchar('{');
    has_members = 0;
}

static void put_name(const char* name) {
    printf("%s\"%s\":", has_members ? "," : "", name);
    has_members = 1;
}

/* Writes a text. Octets above 0x7F stay as they are, as parts of UTF-8, or become one character
 * each. */
static void put_octets(const char* octets, size_t size, int are_utf8) {
    putchar('"');
    for (size_t at = 0; at < size; ++at) {
        const unsigned char octet = (unsigned char)octets[at];
        if (octet < 0x20 || octet == '"' || octet == '\\' || (octet >= 0x7F && !are_utf8)) {
            printf("\\u%04x", octet);
        } else {
            putchar(octet);
        }
    }
    putchar('"');
}

static void put_string(const char* text) {
    size_t size = 0;
    while (text[size] != '\0') {
        ++size;
    }
    put_octets(text, size, 1);
}

void begin_line(void) {
    pthread_mutex_lock(&line_mutex);
    begin_object();
}

void end_line(void) {
    fputs("}\n", stdout);
    fflush(stdout);
    pthread_mutex_unlock(&line_mutex);
}

void begin_ok(uint64_t command) {
    begin_line();
    put_number("command", command);
    put_name("ok");
    begin_object();
}

void end_ok(void) {
    putchar('}');
    end_line();
}

void put_text(const char* name, const char* text) {
    put_name(name);
    put_string(text);
}

void put_number(const char* name, uint64_t number) {
    put_name(name);
    printf("%llu", (unsigned long long)number);
}

void put_flag(const char* name, int flag) {
    put_name(name);
    fputs(flag ? "true" : "false", stdout);
}

static void put_headers(const telex_message* message) {
    const size_t count = telex_message_header_count(message);
    put_name("headers");
    putchar('[');
    for (size_t at = 0; at < count; ++at) {
        fputs(at == 0 ? "[" : ",[", stdout);
        put_string(telex_message_header_name(message, at));
        putchar(',');
        put_string(telex_message_header_value(message, at));
        putchar(']');
    }
    putchar(']');
}

void put_message(const telex_message* message) {
    size_t size = 0;
    const char* const payload = telex_message_payload(message, &size);
    put_text("subject", telex_message_subject(message));
    put_number("size", size);
    if (size <= LONGEST_PAYLOAD) {
        put_name("payload");
        put_octets(payload, size, 0);
    }
    put_headers(message);
    put_text("id", telex_message_field(message, TELEX_ID));
    put_text("content_type", telex_message_field(message, TELEX_CONTENT_TYPE));
    put_text("type", telex_message_field(message, TELEX_TYPE));
    put_flag("wants_reply", telex_message_wants_reply(message));
}

void report_result(uint64_t command, int code) {
    if (code == TELEX_OK) {
        begin_ok(command);
        end_ok();
    } else {
        const telex_error error = {code, telex_error_text()};
        report_error(command, &error);
    }
}

void report_error(uint64_t command, const telex_error* error) {
    begin_line();
    put_number("command", command);
    put_name("error");
    begin_object();
    put_text("code", telex_code_name(error->code));
    put_text("text", error->text);
    putchar('}');
    end_line();
}

void report_message(uint64_t command, const telex_message* message) {
    begin_ok(command);
    put_message(message);
    end_ok();
}
