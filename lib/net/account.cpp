#include "net/account.hpp"

#include "base/printable.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace telex::net {

namespace {

std::optional<id_t> as_number(const std::string& text) {
    id_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    // chown takes the largest number for "no change".
    const bool whole = error == std::errc{} && stop == end;
    return whole && value != std::numeric_limits<id_t>::max() ? std::optional(value) : std::nullopt;
}

// An entry has no maximum size: the buffer grows as the C library requires.
template <class Entry, class Lookup>
std::optional<Entry> look_up(const std::string& name, Lookup lookup) {
    constexpr std::size_t kLargest = 1U << 20U;
    Entry entry{};
    Entry* found = nullptr;
    for (std::vector<char> buffer(1'024);; buffer.resize(buffer.size() * 2)) {
        const int code = lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
        if (code != ERANGE || buffer.size() >= kLargest) {
            return found == nullptr ? std::nullopt : std::optional(entry);
        }
    }
}

SystemError unknown(const char* what, const std::string& name) {
    return system_error(EINVAL, what, "\"" + printable(name) + "\" is not known here");
}

}  // namespace

Result<uid_t, SystemError> user_id(const std::string& user) {
    if (const auto number = as_number(user)) {
        return *number;
    }
    if (const auto entry = look_up<passwd>(user, ::getpwnam_r)) {
        return entry->pw_uid;
    }
    return unexpected(unknown("user", user));
}

Result<gid_t, SystemError> group_id(const std::string& group) {
    if (const auto number = as_number(group)) {
        return *number;
    }
    if (const auto entry = look_up<::group>(group, ::getgrnam_r)) {
        return entry->gr_gid;
    }
    return unexpected(unknown("group", group));
}

}  // namespace telex::net
