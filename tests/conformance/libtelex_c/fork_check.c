#include "fork_check.h"

#include <sys/wait.h>
#include <unistd.h>

static int refuses_everything(telex_client* client, telex_subscription* subscription) {
    telex_message* message = NULL;
    telex_subscription* made = NULL;
    return telex_publish(client, "a", NULL, 0, NULL) == TELEX_CLOSED &&
           telex_flush(client, -1) == TELEX_CLOSED &&
           telex_request(client, "a", NULL, 0, NULL, -1, &message) == TELEX_CLOSED &&
           telex_subscribe(client, "a", NULL, NULL, NULL, &made) == TELEX_CLOSED &&
           telex_next(subscription, 1000, &message) == TELEX_CLOSED;
}

int is_refused_in_child(telex_client* client, telex_subscription* subscription) {
    const pid_t child = fork();
    int status = -1;
    if (child == 0) {
        _exit(refuses_everything(client, subscription) ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
