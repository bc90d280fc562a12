/* The arguments of commands as options and fields of libtelex-c. The functions that set some return
 * a code of telex.h. */
#ifndef CONFORMANCE_OPTIONS_H
#define CONFORMANCE_OPTIONS_H

#include "json.h"

#include <stddef.h>
#include <stdint.h>
#include <telex.h>

/* Without handlers. */
int set_client_options(telex_options* options, const json* arguments);
int set_subscribe_options(telex_subscribe_options* options, const json* arguments);
int set_fields(telex_fields* fields, const json* arguments);
/* Returns `payload`, or `size` characters; the caller frees it. */
char* payload_of(const json* arguments, size_t* size);
/* Returns an argument in seconds as milliseconds; `otherwise` if there is none. */
int64_t time_of(const json* arguments, const char* name, int64_t otherwise);

#endif
