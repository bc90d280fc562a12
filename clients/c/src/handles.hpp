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

struct telex_subscribe_options {
    telex::SubscribeOptions options;
};

struct telex_subscription {
    telex::Subscription subscription;
    std::string filter;  // telex_subscription_filter() returns a pointer to it
};

// telex_message stays incomplete: its pointers are those of a telex::Message, so that a handler
// gets a message without moving it.
namespace telex::c {

inline const Message& message_of(const telex_message* handle) {
    return *reinterpret_cast<const Message*>(handle);
}

inline const telex_message* handle_of(const Message* message) {
    return reinterpret_cast<const telex_message*>(message);
}

inline telex_message* handle_of(Message* message) {
    return reinterpret_cast<telex_message*>(message);
}

}  // namespace telex::c
