#include "client/environment.hpp"

#include "auth/nkey.hpp"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace telex::client {
namespace {

constexpr const char* kUrl = "TELEX_URL";
constexpr const char* kUser = "TELEX_USER";
constexpr const char* kCredentials = "TELEX_CREDENTIALS";
constexpr std::string_view kPemBegin = "-----BEGIN ";
// Larger than any secret that the exchange accepts.
constexpr std::size_t kMaxSecretBytes = 8'192;

std::string variable(const char* name) {
    const char* const value = ::secure_getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Error bad_variable(const char* name, const std::string& why) {
    return {Errc::invalid_argument, std::string(name) + ": " + why};
}

// Splits at commas; empty parts are left out.
std::vector<std::string> parts_of(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (comma != 0) {
            parts.emplace_back(list.substr(0, comma));
        }
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return parts;
}

[[nodiscard]] Expected<std::string> first_line(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    // One byte over the limit is enough to detect a line that is too long.
    for (char byte = 0; line.size() <= kMaxSecretBytes && file.get(byte) && byte != '\n';) {
        line += byte;
    }
    if (line.empty() && !file) {
        return tl::unexpected(bad_variable(kCredentials, path + ": cannot be read, or is empty"));
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty() || line.size() > kMaxSecretBytes) {
        return tl::unexpected(bad_variable(
            kCredentials,
            path + ": the first line must be a password, a token or the begin of a private key"
        ));
    }
    return line;
}

[[nodiscard]] Expected<Credentials> credentials_of_environment() {
    std::string user = variable(kUser);
    std::string file = variable(kCredentials);
    if (file.empty()) {
        return user.empty()
                   ? Expected<Credentials>()
                   : tl::unexpected(bad_variable(
                         kUser, "set TELEX_CREDENTIALS to a file with the password of this user"
                     ));
    }
    auto secret = first_line(file);
    if (!secret) {
        return tl::unexpected(std::move(secret.error()));
    }
    if (!user.empty()) {
        return UserPassword{std::move(user), *std::move(secret)};
    }
    if (secret->starts_with(kPemBegin) || auth::looks_like_nkey_seed(*secret)) {
        return KeyFile{std::move(file)};
    }
    return Token{*std::move(secret)};
}

}  // namespace

Expected<ClientOptions> with_environment(ClientOptions options) {
    if (!options.servers.empty()) {
        return options;
    }
    options.servers = parts_of(variable(kUrl));
    if (!std::holds_alternative<std::monostate>(options.credentials)) {
        return options;
    }
    auto credentials = credentials_of_environment();
    if (!credentials) {
        return tl::unexpected(std::move(credentials.error()));
    }
    options.credentials = *std::move(credentials);
    return options;
}

}  // namespace telex::client
