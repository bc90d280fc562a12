/* Reads the JSON texts of the driver. A value is a tree that its reader owns and frees as a whole.
 */
#ifndef CONFORMANCE_JSON_H
#define CONFORMANCE_JSON_H

#include <stddef.h>

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT };

typedef struct json {
    enum json_kind kind;
    char* name;         /* of a member of an object, otherwise NULL */
    double number;      /* numbers; 1 for true */
    char* text;         /* texts: UTF-8, with NUL at the end */
    size_t size;        /* of the text, which may contain NUL */
    struct json* first; /* of a list or an object */
    struct json* next;  /* in the list or object that contains this value */
} json;

/* Returns the value of a whole text, or NULL if it is malformed. */
json* json_parse(const char* text);
void json_free(json* value);

/* Return a member of an object; NULL or `otherwise` if there is none. `object` may be NULL. */
const json* json_member(const json* object, const char* name);
const char* json_text(const json* object, const char* name);
double json_number(const json* object, const char* name, double otherwise);

#endif
