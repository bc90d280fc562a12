#pragma once
// Protobuf messages as payloads. The payload is the encoded message, `type` its full name and
// `content_type` "application/protobuf". Requires protobuf, of
// which messages with the lite runtime need only libprotobuf-lite: link it with pkg-config's
// telex-typed or with CMake (libtelex does not).
//
//     auto sent = telex::publish(client, "billing.charged", charge);
//     auto watch = telex::subscribe<Charge>(client, "billing.charged",
//         [](telex::Expected<Charge> charge, const telex::Message&) { ... });
//     auto receipt = telex::request<Receipt>(client, "billing.charge", charge);
#include <telex/client.hpp>

#include <google/protobuf/message_lite.h>

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace telex {

inline constexpr std::string_view kProtobufContentType = "application/protobuf";

template <class T>
concept ProtobufMessage =
    std::derived_from<T, google::protobuf::MessageLite> && std::default_initializable<T>;

// Returns the message in a payload. Errors: undecodable_payload, if the message has another type or
// does not parse.
template <ProtobufMessage T>
[[nodiscard]] Expected<T> parse(const Message& message) {
    T value;
    if (!message.type.empty() && message.type != value.GetTypeName()) {
        return tl::unexpected(Error{
            Errc::undecodable_payload,
            "expected " + value.GetTypeName() + " but the message carries " + message.type
        });
    }
    if (!value.ParseFromString(message.payload)) {
        return tl::unexpected(
            Error{Errc::undecodable_payload, "the payload is not a valid " + value.GetTypeName()}
        );
    }
    return value;
}

namespace detail {

template <class Options>
[[nodiscard]] Expected<std::string> encode(
    const google::protobuf::MessageLite& value, Options& options
) {
    std::string payload;
    if (!value.SerializeToString(&payload)) {
        return tl::unexpected(
            Error{Errc::invalid_argument, value.GetTypeName() + " cannot be encoded"}
        );
    }
    options.type = value.GetTypeName();
    options.content_type = kProtobufContentType;
    return payload;
}

}  // namespace detail

// Like Client::publish.
template <ProtobufMessage T>
[[nodiscard]] Expected<void> publish(
    Client& client, std::string_view subject, const T& value, PublishOptions options = {}
) {
    const Expected<std::string> payload = detail::encode(value, options);
    if (!payload) {
        return tl::unexpected(payload.error());
    }
    return client.publish(subject, *payload, options);
}

// Like Client::subscribe; a message that is not a T is passed as Errc::undecodable_payload.
template <ProtobufMessage T>
[[nodiscard]] Expected<Subscription> subscribe(
    Client& client,
    std::string_view filter,
    std::function<void(Expected<T>, const Message&)> handler,
    const SubscribeOptions& options = {}
) {
    return client.subscribe(
        filter,
        [handler = std::move(handler)](const Message& message) {
            handler(parse<T>(message), message);
        },
        options
    );
}

// Like Client::request.
template <ProtobufMessage Reply, ProtobufMessage Request>
[[nodiscard]] Expected<Reply> request(
    Client& client, std::string_view subject, const Request& value, RequestOptions options = {}
) {
    const Expected<std::string> payload = detail::encode(value, options);
    if (!payload) {
        return tl::unexpected(payload.error());
    }
    const Expected<Message> reply = client.request(subject, *payload, options);
    if (!reply) {
        return tl::unexpected(reply.error());
    }
    return parse<Reply>(*reply);
}

// Like Client::respond.
template <ProtobufMessage T>
[[nodiscard]] Expected<void> respond(
    Client& client, const Message& request, const T& value, PublishOptions options = {}
) {
    const Expected<std::string> payload = detail::encode(value, options);
    if (!payload) {
        return tl::unexpected(payload.error());
    }
    return client.respond(request, *payload, options);
}

}  // namespace telex
