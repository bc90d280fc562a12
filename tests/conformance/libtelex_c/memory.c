#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void give_up(const char* what, const char* name) {
    fprintf(stderr, "%s: %s\n", what, name);
    exit(2);
}

void* allocate(size_t size) {
    void* const memory = calloc(1, size);
    if (memory == NULL) {
        give_up("no memory", "calloc");
    }
    return memory;
}

char* copy_text(const char* text) {
    const size_t size = strlen(text) + 1;
    return memcpy(allocate(size), text, size);
}
