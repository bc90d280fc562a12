/* The commands that send messages. */
#ifndef CONFORMANCE_SENDING_H
#define CONFORMANCE_SENDING_H

#include "json.h"

#include <stdint.h>

void do_publish(uint64_t number, const json* arguments);
void do_request(uint64_t number, const json* arguments);
void do_respond(uint64_t number, const json* arguments);

#endif
