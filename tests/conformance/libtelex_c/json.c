#include "json.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Each parse function moves `*at` behind what it has read. It returns 0 if the text is malformed.
 */

static int parse_value(const char** at, json* value);

static void skip_space(const char** at) {
    *at += strspn(*at, " \t\r\n");
}

/* Reads a token that must come next. */
static int parse_token(const char** at, const char* token) {
    const size_t size = strlen(token);
    skip_space(at);
    if (strncmp(*at, token, size) != 0) {
        return 0;
    }
    *at += size;
    return 1;
}

static int parse_hex(const char** at, unsigned* code) {
    char digits[5] = {0};
    if (strspn(*at, "0123456789abcdefABCDEF") < 4) {
        return 0;
    }
    memcpy(digits, *at, 4);
    *at += 4;
    *code = (unsigned)strtoul(digits, NULL, 16);
    return 1;
}

static char* put_utf8(char* out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* Reads the digits of \uXXXX, and the second half of a pair. */
static int parse_code(const char** at, char** out) {
    unsigned code = 0;
    unsigned low = 0;
    if (!parse_hex(at, &code)) {
        return 0;
    }
    if (code >= 0xD800 && code < 0xDC00) {
        if (strncmp(*at, "\\u", 2) != 0) {
            return 0;
        }
        *at += 2;
        if (!parse_hex(at, &low) || low < 0xDC00 || low > 0xDFFF) {
            return 0;
        }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    *out = put_utf8(*out, code);
    return 1;
}

/* Reads what follows a backslash. */
static int parse_escape(const char** at, char** out) {
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char name = *(*at)++;
    const char* const found = name == '\0' ? NULL : strchr(names, name);
    if (found != NULL) {
        *(*out)++ = values[found - names];
        return 1;
    }
    return name == 'u' && parse_code(at, out);
}

/* Reads a text, whose first quote was read. No character is longer than its notation. */
static int parse_text(const char** at, char** text, size_t* size) {
    char* out = *text = allocate(strlen(*at) + 1);
    while (**at != '"') {
        if (**at == '\0') {
            return 0;
        }
        if (**at != '\\') {
            *out++ = *(*at)++;
            continue;
        }
        ++*at;
        if (!parse_escape(at, &out)) {
            return 0;
        }
    }
    ++*at;
    *size = (size_t)(out - *text);
    return 1;
}

/* Reads the values of a list or of an object up to its end. */
static int parse_items(const char** at, json* parent, const char* end) {
    json** place = &parent->first;
    size_t name_size = 0;
    if (parse_token(at, end)) {
        return 1;
    }
    do {
        *place = allocate(sizeof **place);
        if (parent->kind == JSON_OBJECT &&
            !(parse_token(at, "\"") && parse_text(at, &(*place)->name, &name_size) &&
              parse_token(at, ":"))) {
            return 0;
        }
        if (!parse_value(at, *place)) {
            return 0;
        }
        place = &(*place)->next;
    } while (parse_token(at, ","));
    return parse_token(at, end);
}

static int parse_number(const char** at, json* value) {
    char* end = NULL;
    value->kind = JSON_NUMBER;
    value->number = strtod(*at, &end);
    if (end == *at) {
        return 0;
    }
    *at = end;
    return 1;
}

static int parse_value(const char** at, json* value) {
    if (parse_token(at, "\"")) {
        value->kind = JSON_TEXT;
        return parse_text(at, &value->text, &value->size);
    }
    if (parse_token(at, "{")) {
        value->kind = JSON_OBJECT;
        return parse_items(at, value, "}");
    }
    if (parse_token(at, "[")) {
        value->kind = JSON_LIST;
        return parse_items(at, value, "]");
    }
    if (parse_token(at, "null")) {
        return 1;
    }
    value->kind = JSON_BOOL;
    if (parse_token(at, "false")) {
        return 1;
    }
    if (parse_token(at, "true")) {
        value->number = 1;
        return 1;
    }
    return parse_number(at, value);
}

json* json_parse(const char* text) {
    json* const value = allocate(sizeof *value);
    if (parse_value(&text, value)) {
        skip_space(&text);
        if (*text == '\0') {
            return value;
        }
    }
    json_free(value);
    return NULL;
}

void json_free(json* value) {
    while (value != NULL) {
        json* const next = value->next;
        json_free(value->first);
        free(value->name);
        free(value->text);
        free(value);
        value = next;
    }
}

const json* json_member(const json* object, const char* name) {
    const json* member = object == NULL ? NULL : object->first;
    while (member != NULL && (member->name == NULL || strcmp(member->name, name) != 0)) {
        member = member->next;
    }
    return member;
}

const char* json_text(const json* object, const char* name) {
    const json* const member = json_member(object, name);
    return member == NULL ? NULL : member->text;
}

double json_number(const json* object, const char* name, double otherwise) {
    const json* const member = json_member(object, name);
    return member == NULL ? otherwise : member->number;
}
