/* The harness of libtelex-c: commands on standard input, results and events on standard output. */
#include "commands.h"
#include "memory.h"
#include "report.h"
#include "waiting.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char* line = NULL;
    size_t capacity = 0;
    puts("{\"event\":\"ready\",\"features\":[\"fork\",\"key_file\",\"key_file_over_tls\"]}");
    fflush(stdout);
    while (getline(&line, &capacity, stdin) > 0) {
        json* const command = json_parse(line);
        if (command == NULL) {
            give_up("malformed command", line);
        }
        run_command(command);
        json_free(command);
    }
    free(line);
    close_clients();
    finish_calls();
    free_bearers();
    return EXIT_SUCCESS;
}
