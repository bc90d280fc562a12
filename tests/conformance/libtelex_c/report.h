/* Results and events on standard output, one JSON object a line (docs/testing.md). Thread: any; a
 * line is written as a whole. */
#ifndef CONFORMANCE_REPORT_H
#define CONFORMANCE_REPORT_H

#include <stdint.h>
#include <telex.h>

/* A line: members are put between begin_ and end_. begin_ok() begins the fields of a result, which
 * end_ok() ends. */
void begin_line(void);
void end_line(void);
void begin_ok(uint64_t command);
void end_ok(void);
void put_text(const char* name, const char* text);
void put_number(const char* name, uint64_t number);
void put_flag(const char* name, int flag);
/* The fields of a message. */
void put_message(const telex_message* message);

/* Writes the result of a command without fields: the error of this thread unless `code` is
 * TELEX_OK. */
void report_result(uint64_t command, int code);
void report_error(uint64_t command, const telex_error* error);
/* Writes the reply or message that a command waited for. */
void report_message(uint64_t command, const telex_message* message);

#endif
