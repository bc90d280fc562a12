#pragma once
// The objects behind the opaque handles of telex.h.
#include <telex/telex.hpp>

#include <telex.h>

#include <string>

struct telex_options {
    telex::ClientOptions options;
};

struct telex_client {
    telex::Client client;
};

struct telex_server_info {
    telex::ServerInfo info;
};

struct telex_fields {
    telex::PublishOptions fields;
};

struct telex_message {
    telex::Message message;
};

struct telex_subscribe_options {
    telex::SubscribeOptions options;
};

struct telex_subscription {
    telex::Subscription subscription;
    std::string filter;  // telex_subscription_filter() returns a pointer to it
};
