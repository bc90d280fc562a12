#include "admin/rights.hpp"

#include "auth/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;

constexpr std::array<std::string_view, 1> kConnections = {"$SYS.admin.connections"};
constexpr std::array<std::string_view, 1> kSubjects = {"$SYS.admin.subjects"};
constexpr std::array<std::string_view, 2> kStatus = {"$SYS.info", "$SYS.stats"};

// The token is the user's name.
access::User user(const std::string& name, std::vector<std::string> allow) {
    access::User made;
    made.name = name;
    made.tokens = {auth::digest_of(name)};
    made.publish.allow = std::move(allow);
    return made;
}

class Rights : public ::testing::Test {
protected:
    static access::Users make_users() {
        std::vector<access::User> users{
            user("operator", {"$SYS.>"}),
            user("looker", {"$SYS.admin.connections", "$SYS.info"}),
            user("guest", {">"}),
            user("local", {"$SYS.>"}),
        };
        users[0].publish.deny = {"$SYS.admin.subjects"};
        users[3].listeners = {"bus"};
        return access::Users(std::move(users));
    }

    // 200: not refused.
    unsigned verdict(const std::string& authorization, std::span<const std::string_view> subjects) {
        http::Request request;
        request.authorization = authorization;
        const auto user = user_of(users_, request, subjects);
        user_ = user.value_or("");
        refusal_ = user ? http::Response{} : user.error();
        return refusal_.status;
    }

    const access::Users users_ = make_users();
    std::string user_;
    http::Response refusal_;
};

TEST_F(Rights, AreThoseOfTheBus) {
    EXPECT_EQ(verdict("Bearer operator", kConnections), 200U);
    EXPECT_EQ(user_, "operator");
    EXPECT_EQ(verdict("Bearer operator", kStatus), 200U);
    EXPECT_EQ(verdict("Bearer operator", kSubjects), 403U) << "denied, though allowed";
    EXPECT_EQ(verdict("Bearer looker", kConnections), 200U);
    EXPECT_EQ(verdict("Bearer guest", kConnections), 403U) << "> leaves out what begins with $";
}

TEST_F(Rights, OfOnePageAreNotThoseOfAnother) {
    EXPECT_EQ(verdict("Bearer looker", kSubjects), 403U);
    EXPECT_THAT(refusal_.body, HasSubstr("user looker may not publish to $SYS.admin.subjects"));
    EXPECT_EQ(verdict("Bearer looker", kStatus), 403U) << "both, and it has one";
    EXPECT_THAT(refusal_.body, HasSubstr("$SYS.stats"));
}

TEST_F(Rights, AreNotForUsersOfSomeListeners) {
    EXPECT_EQ(verdict("Bearer local", kConnections), 403U);
    EXPECT_THAT(refusal_.body, HasSubstr("listeners"));
    EXPECT_EQ(refusal_.fields.count("WWW-Authenticate"), 0U);
}

TEST_F(Rights, WithoutAValidTokenAre401) {
    for (const char* authorization :
         {"", "Bearer", "Bearer ", "Bearer wrong", "Bearer operator ", "Basic operator", "operator"
         }) {
        EXPECT_EQ(verdict(authorization, kConnections), 401U) << authorization;
        EXPECT_EQ(refusal_.fields["WWW-Authenticate"], "Bearer realm=\"telex\"");
    }
    verdict("", kStatus);
    EXPECT_THAT(refusal_.body, HasSubstr("$SYS.info and $SYS.stats"));
}

}  // namespace
}  // namespace telex::admin
