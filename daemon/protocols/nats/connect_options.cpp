#include "protocols/nats/connect_options.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace telex::session::nats {

namespace {

using nlohmann::json;

// Reads fields until one has a wrong type.
class ConnectFields {
public:
    explicit ConnectFields(const json& object) : object_(object) {}

    void read(const char* name, bool& value) {
        if (const json* const field = find(name, &json::is_boolean)) {
            value = field->get<bool>();
        }
    }

    void read(const char* name, std::int64_t& value) {
        if (const json* const field = find(name, &json::is_number_integer)) {
            value = field->get<std::int64_t>();
        }
    }

    void read(const char* name, std::string& value) {
        if (const json* const field = find(name, &json::is_string)) {
            value = field->get<std::string>();
        }
    }

    const std::optional<std::string>& error() const { return error_; }

private:
    // Null is as good as absent.
    const json* find(const char* name, bool (json::*has_type)() const noexcept) {
        const auto found = object_.find(name);
        if (found == object_.end() || found->is_null()) {
            return nullptr;
        }
        if (!((*found).*has_type)()) {
            error_ = fmt::format("CONNECT: '{}' has a wrong type", name);
            return nullptr;
        }
        return &*found;
    }

    const json& object_;
    std::optional<std::string> error_;
};

}  // namespace

Result<ConnectOptions, std::string> parse_connect(std::string_view text) {
    const json parsed = json::parse(text, nullptr, false);
    if (!parsed.is_object()) {
        return unexpected(std::string("CONNECT: the argument is not a JSON object"));
    }
    ConnectOptions options;
    ConnectFields fields(parsed);
    fields.read("verbose", options.verbose);
    fields.read("pedantic", options.pedantic);
    fields.read("echo", options.echo);
    fields.read("headers", options.headers);
    fields.read("no_responders", options.no_responders);
    fields.read("protocol", options.protocol);
    fields.read("name", options.name);
    fields.read("lang", options.language);
    fields.read("version", options.version);
    fields.read("user", options.user);
    fields.read("pass", options.password);
    fields.read("auth_token", options.token);
    fields.read("nkey", options.nkey);
    fields.read("sig", options.signature);
    fields.read("jwt", options.jwt);
    if (fields.error()) {
        return unexpected(*fields.error());
    }
    return options;
}

}  // namespace telex::session::nats
