/* The commands that return facts about clients and subscriptions. */
#ifndef CONFORMANCE_FACTS_H
#define CONFORMANCE_FACTS_H

#include "json.h"

#include <stdint.h>

void do_status(uint64_t number, const json* arguments);
void do_server(uint64_t number, const json* arguments);
void do_statistics(uint64_t number, const json* arguments);

#endif
