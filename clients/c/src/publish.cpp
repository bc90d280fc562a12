// Publishes, requests and replies of a client.
#include "errors.hpp"
#include "handles.hpp"
#include "times.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace telex::c {
namespace {

// Returns the name of the first argument that must not be NULL and is, or "".
std::string_view null_argument(
    const telex_client* client, const void* subject, const void* payload, std::size_t size
) {
    if (client == nullptr) {
        return "client";
    }
    if (subject == nullptr) {
        return "subject";
    }
    return payload == nullptr && size != 0 ? "payload" : "";
}

std::string_view view_of(const void* payload, std::size_t size) {
    return {static_cast<const char*>(payload), size};
}

// Returns the options of a request. Errors: invalid_argument for a reply subject.
[[nodiscard]] Expected<RequestOptions> request_options(
    const telex_fields* fields, std::int64_t timeout
) {
    RequestOptions options;
    if (timeout >= 0) {
        options.timeout = time_or(timeout, std::chrono::milliseconds(0));
    }
    if (fields == nullptr) {
        return options;
    }
    if (!fields->fields.reply_to.empty()) {
        return tl::unexpected(
            Error{Errc::invalid_argument, "a request has a reply subject of the exchange"}
        );
    }
    options.headers = fields->fields.headers;
    options.id = fields->fields.id;
    options.content_type = fields->fields.content_type;
    options.type = fields->fields.type;
    return options;
}

void pass_reply(telex_reply_handler handler, void* context, const Expected<Message>& reply) {
    if (reply) {
        handler(context, handle_of(&*reply), nullptr);
    } else {
        const telex_error error{code_of(reply.error().code), reply.error().text.c_str()};
        handler(context, nullptr, &error);
    }
}

}  // namespace
}  // namespace telex::c

using telex::c::fail;
using telex::c::fail_null;
using telex::c::guarded;
using telex::c::handle_of;
using telex::c::null_argument;
using telex::c::result_of;
using telex::c::view_of;

int telex_publish(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields
) {
    if (const auto missing = null_argument(client, subject, payload, size); !missing.empty()) {
        return fail_null(missing);
    }
    return guarded([&] {
        const auto view = view_of(payload, size);
        return result_of(
            fields == nullptr ? client->client.publish(subject, view)
                              : client->client.publish(subject, view, fields->fields)
        );
    });
}

int telex_request(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields,
    int64_t timeout,
    telex_message** reply
) {
    if (reply == nullptr) {
        return fail_null("reply");
    }
    *reply = nullptr;
    if (const auto missing = null_argument(client, subject, payload, size); !missing.empty()) {
        return fail_null(missing);
    }
    return guarded([&]() -> int {
        const auto options = telex::c::request_options(fields, timeout);
        if (!options) {
            return fail(options.error());
        }
        auto received = client->client.request(subject, view_of(payload, size), *options);
        if (!received) {
            return fail(received.error());
        }
        *reply = handle_of(new telex::Message(*std::move(received)));
        return TELEX_OK;
    });
}

int telex_request_async(
    telex_client* client,
    const char* subject,
    const void* payload,
    size_t size,
    const telex_fields* fields,
    int64_t timeout,
    telex_reply_handler handler,
    void* context
) {
    if (const auto missing = null_argument(client, subject, payload, size); !missing.empty()) {
        return fail_null(missing);
    }
    if (handler == nullptr) {
        return fail_null("handler");
    }
    return guarded([&]() -> int {
        const auto options = telex::c::request_options(fields, timeout);
        if (!options) {
            return fail(options.error());
        }
        return result_of(client->client.request_async(
            subject,
            view_of(payload, size),
            [handler, context](const telex::Expected<telex::Message>& reply) {
                telex::c::pass_reply(handler, context, reply);
            },
            *options
        ));
    });
}

int telex_respond(
    telex_client* client,
    const telex_message* request,
    const void* payload,
    size_t size,
    const telex_fields* fields
) {
    if (const auto missing = null_argument(client, request, payload, size); !missing.empty()) {
        return fail_null(missing == "subject" ? "request" : missing);
    }
    return guarded([&] {
        return result_of(client->client.respond(
            telex::c::message_of(request),
            view_of(payload, size),
            fields == nullptr ? telex::PublishOptions() : fields->fields
        ));
    });
}
