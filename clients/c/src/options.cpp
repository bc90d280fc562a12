// Options of a client.
#include "handles.hpp"
#include "keys.hpp"

#include <new>

namespace telex::c {
namespace {

using std::chrono::milliseconds;

using TextOption = void (*)(ClientOptions& options, const char* value);

constexpr std::array<TextOption, 8> kTextOptions{
    [](ClientOptions& options, const char* value) { options.name = value; },
    [](ClientOptions& options, const char* value) { options.credentials = Token{value}; },
    [](ClientOptions& options, const char* value) { options.credentials = KeyFile{value}; },
    [](ClientOptions& options, const char* value) { options.tls.ca_file = value; },
    [](ClientOptions& options, const char* value) { options.tls.key_pin = value; },
    [](ClientOptions& options, const char* value) { options.tls.server_name = value; },
    [](ClientOptions& options, const char* value) { options.tls.certificate_file = value; },
    [](ClientOptions& options, const char* value) { options.tls.key_file = value; },
};
static_assert(kTextOptions.size() == TELEX_TLS_CERTIFICATE_KEY_FILE);

template <auto Member>
constexpr NumberRow<ClientOptions> kTime{kMaxTime, [](ClientOptions& options, std::int64_t value) {
                                             options.*Member = milliseconds(value);
                                         }};

constexpr std::array<NumberRow<ClientOptions>, 13> kNumberOptions{{
    kTime<&ClientOptions::connect_timeout>,
    kTime<&ClientOptions::attempt_timeout>,
    kTime<&ClientOptions::request_timeout>,
    kTime<&ClientOptions::close_timeout>,
    kTime<&ClientOptions::ping_interval>,
    kTime<&ClientOptions::full_timeout>,
    {kAnyNumber,
     [](ClientOptions& options, std::int64_t value) {
         options.max_buffered_bytes = static_cast<std::size_t>(value);
     }},
    {kAnyNumber,
     [](ClientOptions& options, std::int64_t value) {
         options.max_frame_bytes = static_cast<std::size_t>(value);
     }},
    {1, [](ClientOptions& options, std::int64_t value) { options.reconnect.enabled = value == 1; }},
    {kMaxTime,
     [](ClientOptions& options, std::int64_t value) {
         options.reconnect.initial_delay = milliseconds(value);
     }},
    {kMaxTime,
     [](ClientOptions& options, std::int64_t value) {
         options.reconnect.max_delay = milliseconds(value);
     }},
    {std::numeric_limits<std::uint32_t>::max(),
     [](ClientOptions& options, std::int64_t value) {
         options.reconnect.max_rounds = static_cast<std::uint32_t>(value);
     }},
    {1, [](ClientOptions& options, std::int64_t value) { options.no_echo = value == 1; }},
}};
static_assert(kNumberOptions.size() == TELEX_NO_ECHO);

std::function<void(const Error&)> error_handler(telex_error_handler handler, void* context) {
    if (handler == nullptr) {
        return nullptr;
    }
    return [handler, context](const Error& error) {
        const telex_error seen{code_of(error.code), error.text.c_str()};
        handler(context, &seen);
    };
}

}  // namespace
}  // namespace telex::c

using telex::c::fail;
using telex::c::fail_null;
using telex::c::guarded;

telex_options* telex_options_new(void) {
    return new (std::nothrow) telex_options;
}

void telex_options_free(telex_options* options) {
    delete options;
}

int telex_options_add_server(telex_options* options, const char* server) {
    if (options == nullptr || server == nullptr) {
        return fail_null(options == nullptr ? "options" : "server");
    }
    return guarded([&] {
        options->options.servers.emplace_back(server);
        return TELEX_OK;
    });
}

int telex_options_set_password(telex_options* options, const char* user, const char* password) {
    if (options == nullptr || user == nullptr || password == nullptr) {
        return fail_null(options == nullptr ? "options" : user == nullptr ? "user" : "password");
    }
    return guarded([&] {
        options->options.credentials = telex::UserPassword{user, password};
        return TELEX_OK;
    });
}

int telex_options_set_text(telex_options* options, int key, const char* value) {
    if (options == nullptr || value == nullptr) {
        return fail_null(options == nullptr ? "options" : "value");
    }
    return guarded([&]() -> int {
        const auto* const set = telex::c::row_of(telex::c::kTextOptions, key);
        if (set == nullptr) {
            return fail(TELEX_INVALID_ARGUMENT, "unknown option " + std::to_string(key));
        }
        (*set)(options->options, value);
        return TELEX_OK;
    });
}

int telex_options_set_number(telex_options* options, int key, int64_t value) {
    if (options == nullptr) {
        return fail_null("options");
    }
    return guarded([&] {
        return telex::c::set_number(telex::c::kNumberOptions, options->options, key, value);
    });
}

int telex_options_set_handlers(
    telex_options* options,
    telex_server_handler on_connected,
    telex_error_handler on_disconnected,
    telex_error_handler on_error,
    telex_plain_handler on_closed,
    void* context
) {
    if (options == nullptr) {
        return fail_null("options");
    }
    return guarded([&] {
        telex::ClientOptions& target = options->options;
        target.on_connected = nullptr;
        if (on_connected != nullptr) {
            target.on_connected = [on_connected, context](const telex::ServerInfo& info) {
                const telex_server_info server{info};
                on_connected(context, &server);
            };
        }
        target.on_disconnected = telex::c::error_handler(on_disconnected, context);
        target.on_error = telex::c::error_handler(on_error, context);
        target.on_closed = nullptr;
        if (on_closed != nullptr) {
            target.on_closed = [on_closed, context] { on_closed(context); };
        }
        return TELEX_OK;
    });
}
