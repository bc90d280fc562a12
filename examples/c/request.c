/* Sends a request to examples/c/service.c and prints the reply:  example_c_request 'good morning' */
#include <telex.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char** argv) {
    const char* text = argc > 1 ? argv[1] : "hello";
    telex_client* client = NULL;
    telex_message* reply = NULL;
    int code = telex_connect(NULL, &client);
    if (code == TELEX_OK) {
        code = telex_request(client, "example.c.shout", text, strlen(text), NULL, 2000, &reply);
    }
    if (code == TELEX_OK) {
        size_t size = 0;
        const void* payload = telex_message_payload(reply, &size);
        printf("%.*s\n", (int)size, (const char*)payload);
    } else {
        fprintf(stderr, "%s: %s\n", telex_code_name(code), telex_error_text());
    }
    telex_message_free(reply);
    telex_client_free(client);
    return code == TELEX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
