/* Publishes one message:  example_c_publish greetings.world hello */
#include <telex.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char** argv) {
    telex_client* client = NULL;
    int code = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: example_c_publish SUBJECT TEXT\n");
        return EXIT_FAILURE;
    }
    /* Without options: the exchange of the environment, or of this host. */
    code = telex_connect(NULL, &client);
    if (code == TELEX_OK) {
        code = telex_publish(client, argv[1], argv[2], strlen(argv[2]), NULL);
    }
    /* telex_publish() only buffers; telex_flush() returns when the exchange has routed the message. */
    if (code == TELEX_OK) {
        code = telex_flush(client, -1);
    }
    if (code != TELEX_OK) {
        fprintf(stderr, "%s: %s\n", telex_code_name(code), telex_error_text());
    }
    telex_client_free(client);
    return code == TELEX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
