#include "web/upgrade_request.hpp"

#include "codec/header_block.hpp"
#include "web/request_fields.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::web {

namespace {

using codec::is_same_name;

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeyDigits = 22;  // of 16 bytes in base64, with two marks of padding behind
constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kSha1Base64 = 28;

// Calls `use(item)` for each item of a list that is separated by commas, until it returns false.
// Returns false if it did.
template <class Use>
bool for_each_item(std::string_view list, Use use) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view item = without_blanks(list.substr(0, comma));
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
        if (!item.empty() && !use(item)) {
            return false;
        }
    }
    return true;
}

bool has_item(std::string_view list, std::string_view name) {
    return !for_each_item(list, [&](std::string_view item) { return !is_same_name(item, name); });
}

bool is_key(std::string_view key) {
    const auto is_digit = [](char byte) {
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
               (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
    };
    return key.size() == kKeyDigits + 2 && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, kKeyDigits), is_digit);
}

// Visible ASCII: fit for a log line, and what browsers send.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte < '\x7F'; });
}

enum class Name : std::uint8_t { host, origin, key, version };

constexpr std::array<std::string_view, 4> kSingleFields = {
    "Host", "Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version"
};

class Reader {
public:
    Reader(const UpgradeRules& rules, const PageGuard& guard) : rules_(rules), guard_(guard) {}

    Result<UpgradeRequest, UpgradeError> read(std::string_view head) {
        std::string_view rest = head;
        Error error = read_request_line(take_line(rest));
        if (!error) {
            for_each_field(head, [&](Field field) {
                error = read_header(field);
                return !error;
            });
        }
        if (!error) {
            error = check();
        }
        if (error) {
            return unexpected(*error);
        }
        return UpgradeRequest{.key = *fields_[Name::key], .subprotocol = chosen_};
    }

private:
    using Error = std::optional<UpgradeError>;

    Error read_request_line(std::string_view line) {
        const std::size_t space = line.find(' ');
        const std::size_t last = line.rfind(' ');
        if (space == std::string_view::npos || space == last ||
            line.substr(last + 1) != "HTTP/1.1" || !codec::is_token(line.substr(0, space))) {
            return UpgradeError{UpgradeFault::not_http};
        }
        const std::string_view target = line.substr(space + 1, last - space - 1);
        if (target.empty() || !is_plain(target)) {
            return UpgradeError{UpgradeFault::not_http};
        }
        if (line.substr(0, space) != "GET") {
            return UpgradeError{UpgradeFault::method, line.substr(0, space)};
        }
        if (target.substr(0, target.find('?')) != rules_.path) {
            return UpgradeError{UpgradeFault::path, target};
        }
        return std::nullopt;
    }

    Error read_header(Field field) {
        const auto [name, value] = field;
        if (!codec::is_token(name)) {
            return UpgradeError{UpgradeFault::bad_header, name};
        }
        if (is_same_name(name, "Upgrade")) {
            upgrades_ = upgrades_ || has_item(value, "websocket");
        } else if (is_same_name(name, "Connection")) {
            connection_upgrades_ = connection_upgrades_ || has_item(value, "upgrade");
        } else if (is_same_name(name, "Sec-WebSocket-Protocol")) {
            return read_subprotocols(value);
        } else if (!fields_.take(field)) {
            return UpgradeError{UpgradeFault::bad_header, name};
        }
        return std::nullopt;
    }

    Error read_subprotocols(std::string_view list) {
        const bool good = for_each_item(list, [&](std::string_view offered) {
            const bool spoken =
                rules_.subprotocols.empty() ||
                std::ranges::find(rules_.subprotocols, offered) != rules_.subprotocols.end();
            if (first_offered_.empty()) {
                first_offered_ = offered;
            }
            if (chosen_.empty() && spoken) {
                chosen_ = offered;
            }
            return codec::is_token(offered);
        });
        return good ? std::nullopt : Error{{UpgradeFault::bad_header, "Sec-WebSocket-Protocol"}};
    }

    Error check() const {
        const auto& host = fields_[Name::host];
        const auto& origin = fields_[Name::origin];
        const auto& version = fields_[Name::version];
        if (!host || !is_plain(*host)) {
            return UpgradeError{UpgradeFault::bad_header, "Host"};
        }
        if (origin && (origin->empty() || !is_plain(*origin))) {
            return UpgradeError{UpgradeFault::bad_header, "Origin"};
        }
        if (!upgrades_ || !connection_upgrades_) {
            return UpgradeError{UpgradeFault::not_an_upgrade};
        }
        if (!version || *version != "13") {
            return UpgradeError{UpgradeFault::version, version.value_or("")};
        }
        if (!fields_[Name::key] || !is_key(*fields_[Name::key])) {
            return UpgradeError{UpgradeFault::key};
        }
        if (const auto error = check_page(*host, origin.value_or(""))) {
            return error;
        }
        if (!first_offered_.empty() && chosen_.empty()) {
            return UpgradeError{UpgradeFault::subprotocol, first_offered_};
        }
        return std::nullopt;
    }

    Error check_page(std::string_view host, std::string_view origin) const {
        switch (guard_.judge(host, origin)) {
            case PageGuard::Verdict::other_host:
                return UpgradeError{UpgradeFault::host, host};
            case PageGuard::Verdict::other_origin:
                return UpgradeError{UpgradeFault::origin, origin};
            case PageGuard::Verdict::permitted:
                break;
        }
        return std::nullopt;
    }

    const UpgradeRules& rules_;
    const PageGuard& guard_;
    SingleFields<Name, kSingleFields.size()> fields_{kSingleFields};
    bool upgrades_ = false;
    bool connection_upgrades_ = false;
    std::string_view first_offered_;
    std::string_view chosen_;
};

}  // namespace

Result<UpgradeRequest, UpgradeError> check_upgrade(
    std::string_view head, const UpgradeRules& rules, const PageGuard& guard
) {
    return Reader(rules, guard).read(head);
}

std::string accept_of(std::string_view key) {
    const std::string text = std::string(key).append(kGuid);
    std::array<unsigned char, kSha1Bytes> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::array<unsigned char, kSha1Base64 + 1> encoded{};
    EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return {encoded.begin(), encoded.begin() + kSha1Base64};
}

}  // namespace telex::web
