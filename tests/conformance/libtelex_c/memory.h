/* Memory of a program that ends when there is none. */
#ifndef CONFORMANCE_MEMORY_H
#define CONFORMANCE_MEMORY_H

#include <stddef.h>

/* Returns zeros, which the caller frees. */
void* allocate(size_t size);
char* copy_text(const char* text);
/* Prints why the driver's input makes no sense, and ends the program. */
void give_up(const char* what, const char* name);

#endif
