/* Takes messages one by one:  example_c_pull 'work.>' COUNT */
#include <telex.h>

#include <stdio.h>
#include <stdlib.h>

static void print(const telex_message* message) {
    const char* unit = telex_message_header(message, "unit");
    size_t size = 0;
    const void* payload = telex_message_payload(message, &size);
    printf("%.*s%s\n", (int)size, (const char*)payload, unit == NULL ? "" : unit);
    fflush(stdout);
}

int main(int argc, char** argv) {
    telex_client* client = NULL;
    telex_subscription* subscription = NULL;
    long rest = argc > 2 ? atol(argv[2]) : 1;
    int code = telex_connect(NULL, &client);
    if (code == TELEX_OK) {
        const char* filter = argc > 1 ? argv[1] : ">";
        code = telex_subscribe(client, filter, NULL, NULL, NULL, &subscription);
    }
    if (code == TELEX_OK) {
        printf("ready\n");
        fflush(stdout);
    }
    for (; code == TELEX_OK && rest > 0; --rest) {
        telex_message* message = NULL;
        code = telex_next(subscription, 60000, &message); /* TELEX_TIMEOUT after a minute */
        if (code == TELEX_OK) {
            print(message);
            telex_message_free(message);
        }
    }
    if (code != TELEX_OK) {
        fprintf(stderr, "%s: %s\n", telex_code_name(code), telex_error_text());
    }
    telex_subscription_free(subscription);
    telex_client_free(client);
    return code == TELEX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
