/* The commands of the driver as calls of libtelex-c (docs/testing.md). One thread. */
#ifndef CONFORMANCE_COMMANDS_H
#define CONFORMANCE_COMMANDS_H

#include "json.h"

/* Runs a command and reports its result, now or later. Ends the program if the command is unknown.
 */
void run_command(const json* command);

#endif
