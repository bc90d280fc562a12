/* Arguments that a command must have; without them the program ends. */
#ifndef CONFORMANCE_ARGUMENTS_H
#define CONFORMANCE_ARGUMENTS_H

#include "bearers.h"
#include "json.h"

const char* argument(const json* arguments, const char* name);
struct client* client_of(const json* arguments);
struct subscription* subscription_of(const json* arguments);

#endif
