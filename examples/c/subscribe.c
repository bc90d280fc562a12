/* Prints the messages of a filter until Enter is pressed:  example_c_subscribe 'greetings.>' */
#include <telex.h>

#include <stdio.h>
#include <stdlib.h>

/* Runs on the callback thread of the client. The message is valid until it returns. */
static void print(void* context, const telex_message* message) {
    size_t size = 0;
    const void* payload = telex_message_payload(message, &size);
    (void)context;
    printf("%s: %.*s\n", telex_message_subject(message), (int)size, (const char*)payload);
    fflush(stdout);
}

int main(int argc, char** argv) {
    telex_client* client = NULL;
    telex_subscription* subscription = NULL;
    int code = telex_connect(NULL, &client);
    if (code == TELEX_OK) {
        const char* filter = argc > 1 ? argv[1] : ">";
        code = telex_subscribe(client, filter, NULL, print, NULL, &subscription);
    }
    if (code == TELEX_OK) {
        printf("ready\n");
        fflush(stdout);
        getchar();
        code = telex_drain(client, -1); /* prints what has arrived */
    }
    if (code != TELEX_OK) {
        fprintf(stderr, "%s: %s\n", telex_code_name(code), telex_error_text());
    }
    telex_subscription_free(subscription);
    telex_client_free(client);
    return code == TELEX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
