/* Checks that a forked child can do nothing with the client of its parent. */
#ifndef CONFORMANCE_FORK_CHECK_H
#define CONFORMANCE_FORK_CHECK_H

#include <telex.h>

/* Returns 1 if every call of a forked child returns TELEX_CLOSED, otherwise 0. */
int is_refused_in_child(telex_client* client, telex_subscription* subscription);

#endif
