#include "arguments.h"

#include "memory.h"

const char* argument(const json* arguments, const char* name) {
    const char* const text = json_text(arguments, name);
    if (text == NULL) {
        give_up("missing argument", name);
    }
    return text;
}

struct client* client_of(const json* arguments) {
    return find_client(argument(arguments, "client"), 0);
}

struct subscription* subscription_of(const json* arguments) {
    return find_subscription(argument(arguments, "subscription"), 0);
}
