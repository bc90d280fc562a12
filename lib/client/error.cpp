#include <telex/client.hpp>
#include <telex/error.hpp>

namespace telex {

std::string_view name_of(Errc code) {
    switch (code) {
#define TELEX_NAME(name) \
    case Errc::name:     \
        return #name
        TELEX_NAME(unspecified);
        TELEX_NAME(bad_frame);
        TELEX_NAME(frame_too_large);
        TELEX_NAME(bad_message);
        TELEX_NAME(wrong_protocol);
        TELEX_NAME(hello_required);
        TELEX_NAME(hello_repeated);
        TELEX_NAME(version_unsupported);
        TELEX_NAME(unexpected_frame);
        TELEX_NAME(not_authenticated);
        TELEX_NAME(authentication_busy);
        TELEX_NAME(bad_subject);
        TELEX_NAME(wildcard_in_publish);
        TELEX_NAME(bad_queue_group);
        TELEX_NAME(bad_subscription);
        TELEX_NAME(reserved_subject);
        TELEX_NAME(too_many_subscriptions);
        TELEX_NAME(too_many_requests);
        TELEX_NAME(too_many_headers);
        TELEX_NAME(bad_request);
        TELEX_NAME(not_allowed_here);
        TELEX_NAME(permission_denied);
        TELEX_NAME(payload_too_large);
        TELEX_NAME(no_responders);
        TELEX_NAME(timeout);
        TELEX_NAME(responder_gone);
        TELEX_NAME(answer_too_large);
        TELEX_NAME(responder_failed);
        TELEX_NAME(no_stream);
        TELEX_NAME(not_storable);
        TELEX_NAME(wrong_sequence);
        TELEX_NAME(stream_full);
        TELEX_NAME(storage_full);
        TELEX_NAME(storage_failed);
        TELEX_NAME(no_consumer);
        TELEX_NAME(bad_consumer);
        TELEX_NAME(slow_consumer);
        TELEX_NAME(idle_timeout);
        TELEX_NAME(hello_timeout);
        TELEX_NAME(too_many_connections);
        TELEX_NAME(over_memory_budget);
        TELEX_NAME(shutting_down);
        TELEX_NAME(internal);
        TELEX_NAME(kicked);
        TELEX_NAME(invalid_argument);
        TELEX_NAME(connect_failed);
        TELEX_NAME(disconnected);
        TELEX_NAME(closed);
        TELEX_NAME(draining);
        TELEX_NAME(buffer_full);
        TELEX_NAME(subscription_ended);
        TELEX_NAME(would_deadlock);
        TELEX_NAME(undecodable_payload);
        TELEX_NAME(server_protocol_error);
        TELEX_NAME(messages_dropped);
        TELEX_NAME(untrusted_server);
        TELEX_NAME(errors_dropped);
        TELEX_NAME(cancelled);
        TELEX_NAME(handler_failed);
#undef TELEX_NAME
    }
    return "unknown";  // a code of a later exchange
}

std::string to_string(const Error& error) {
    std::string text(name_of(error.code));
    if (!error.text.empty()) {
        text += ": " + error.text;
    }
    return text;
}

std::string_view name_of(Status status) {
    switch (status) {
        case Status::connecting:
            return "connecting";
        case Status::connected:
            return "connected";
        case Status::reconnecting:
            return "reconnecting";
        case Status::draining:
            return "draining";
        case Status::closed:
            return "closed";
    }
    return "unknown";
}

}  // namespace telex
