#include "compat/authorization.hpp"

#include "compat/users.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace telex::compat {

namespace {

Setting setting_of(const Value& value) {
    return {value.text, value.place.in_first};
}

// Users and their permissions.
class UserReader {
public:
    explicit UserReader(Reading& reading) : reading_(reading) {}

    void read_user(const Value& block, UserDraft& user);
    std::optional<PermissionDraft> read_permissions(const Member& member);

private:
    void read_subjects(const Member& member, SubjectList& list);
    void read_filters(const Member& member, const Value& value, std::vector<Setting>& filters);
    void read_user_key(const Member& member, UserDraft& user);

    Reading& reading_;
};

bool named(const Member& member, std::string_view name, std::string_view other) {
    return member.key == name || member.key == other;
}

void UserReader::read_filters(
    const Member& member, const Value& value, std::vector<Setting>& filters
) {
    if (value.kind == Value::Kind::list) {
        for (const Value& item : value.items) {
            if (item.kind == Value::Kind::text) {
                filters.push_back(setting_of(item));
            } else {
                refuse(member, "is not a list of subjects", reading_);
            }
        }
    } else if (value.kind == Value::Kind::text) {
        filters.push_back(setting_of(value));
    } else {
        refuse(member, "is not a subject or a list of subjects", reading_);
    }
}

void UserReader::read_subjects(const Member& member, SubjectList& list) {
    if (member.value.kind != Value::Kind::block) {
        list.allows_all = false;
        read_filters(member, member.value, list.allow);
        return;
    }
    for (const Member& each : member.value.members) {
        if (each.key == "allow") {
            list.allows_all = false;
            read_filters(each, each.value, list.allow);
        } else if (each.key == "deny") {
            read_filters(each, each.value, list.deny);
        } else {
            refuse(each, "is not supported in permissions: use 'allow' and 'deny'", reading_);
        }
    }
}

std::optional<PermissionDraft> UserReader::read_permissions(const Member& member) {
    if (!is_block(member, reading_)) {
        return std::nullopt;
    }
    PermissionDraft permissions;
    for (const Member& each : member.value.members) {
        if (each.key == "publish" || each.key == "pub") {
            read_subjects(each, permissions.publish);
        } else if (each.key == "subscribe" || each.key == "sub") {
            read_subjects(each, permissions.subscribe);
        } else if (each.key == "allow_responses" || each.key == "allow_response") {
            refuse(each, "is not supported: add \"_INBOX.>\" to 'publish'", reading_);
        } else {
            refuse(each, "is not a key of permissions", reading_);
        }
    }
    return permissions;
}

void UserReader::read_user_key(const Member& member, UserDraft& user) {
    if (named(member, "permissions", "permission") || member.key == "authorization") {
        user.permissions = read_permissions(member);
        return;
    }
    Setting* place = nullptr;
    if (named(member, "user", "username")) {
        place = &user.name;
    } else if (named(member, "pass", "password")) {
        place = &user.password;
    } else if (member.key == "nkey") {
        place = &user.nkey;
    } else if (member.key == "token") {
        place = &user.token;
    }
    if (place == nullptr) {
        refuse(member, "is not supported for users; see docs/nats.md", reading_);
    } else if (const auto text = text_of(member, reading_)) {
        *place = setting_of(member.value);
    }
}

void UserReader::read_user(const Value& block, UserDraft& user) {
    for (const Member& member : block.members) {
        read_user_key(member, user);
    }
}

void add_user(const Place& place, UserDraft user, Reading& reading) {
    if (const auto fault = settle_user(user)) {
        reading.errors.add(place, *fault);
    } else {
        reading.draft.users.push_back(std::move(user));
    }
}

void read_users(const Member& member, Reading& reading) {
    if (member.value.kind != Value::Kind::list) {
        refuse(member, "is not a list of users", reading);
        return;
    }
    for (const Value& item : member.value.items) {
        if (item.kind != Value::Kind::block) {
            reading.errors.add(item.place, "expected a user in braces");
            continue;
        }
        UserDraft user;
        UserReader(reading).read_user(item, user);
        add_user(item.place, std::move(user), reading);
    }
}

bool is_of_single_user(const Member& member) {
    return named(member, "user", "username") || named(member, "pass", "password") ||
           member.key == "token";
}

}  // namespace

void read_authorization(const Member& member, Reading& reading) {
    if (!is_block(member, reading)) {
        return;
    }
    Value single;
    single.place = member.place;
    bool has_users = false;
    for (const Member& each : member.value.members) {
        if (is_of_single_user(each)) {
            single.members.push_back(each);
        } else if (each.key == "users") {
            has_users = true;
            read_users(each, reading);
        } else if (each.key == "timeout") {
            set_time(each, "listener.limits.hello_timeout", reading);
        } else if (named(each, "default_permissions", "default_permission") ||
                   named(each, "permissions", "permission")) {
            reading.draft.default_permissions = UserReader(reading).read_permissions(each);
        } else if (!reading.variables.contains(each.key)) {
            refuse(each, "is not supported in 'authorization'; see docs/nats.md", reading);
        }
    }
    if (single.members.empty()) {
        return;
    }
    if (has_users) {
        refuse(member, "has 'users' beside 'user' or 'token': use one of them", reading);
        return;
    }
    UserDraft user;
    UserReader(reading).read_user(single, user);
    user.permissions = PermissionDraft{};  // all
    add_user(member.place, std::move(user), reading);
}

}  // namespace telex::compat
