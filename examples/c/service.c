/* Replies to requests in capitals, until Enter is pressed. Start it several times: the queue group
 * distributes the requests. */
#include <telex.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static void shout(void* context, const telex_message* request) {
    telex_client* client = context;
    size_t size = 0;
    const unsigned char* text = telex_message_payload(request, &size);
    char* reply = malloc(size + 1);
    size_t index = 0;
    if (reply == NULL) {
        return;
    }
    for (index = 0; index < size; ++index) {
        reply[index] = (char)toupper(text[index]);
    }
    if (telex_respond(client, request, reply, size, NULL) != TELEX_OK) {
        fprintf(stderr, "%s\n", telex_error_text());
    }
    free(reply);
}

int main(void) {
    telex_client* client = NULL;
    telex_subscription* subscription = NULL;
    telex_subscribe_options* options = telex_subscribe_options_new();
    int code = telex_subscribe_options_set_queue_group(options, "shouters");
    if (code == TELEX_OK) {
        code = telex_connect(NULL, &client);
    }
    if (code == TELEX_OK) {
        code = telex_subscribe(client, "example.c.shout", options, shout, client, &subscription);
    }
    if (code == TELEX_OK) {
        printf("ready\n");
        fflush(stdout);
        getchar();
        code = telex_drain(client, -1);
    }
    if (code != TELEX_OK) {
        fprintf(stderr, "%s: %s\n", telex_code_name(code), telex_error_text());
    }
    telex_subscription_free(subscription);
    telex_client_free(client);
    telex_subscribe_options_free(options);
    return code == TELEX_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
