#include "admin/rights.hpp"

#include "auth/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kConnections = {"$SYS.admin.connections"};
const std::vector<std::string> kSubjects = {"$SYS.admin.subjects"};
const std::vector<std::string> kStatus = {"$SYS.info", "$SYS.stats"};

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
    unsigned verdict(const std::string& authorization, const std::vector<std::string>& subjects) {
        const auto user = user_of(users_, authorization).and_then([&](const access::User* found) {
            return check_rights(found, subjects).map([&] { return found->name; });
        });
        user_ = user.value_or("");
        refusal_ = user ? http::Refusal{.status = 200, .text = {}} : user.error();
        return refusal_.status;
    }

    const access::Users users_ = make_users();
    std::string user_;
    http::Refusal refusal_;
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
    EXPECT_THAT(refusal_.text, HasSubstr("user looker may not publish to $SYS.admin.subjects"));
    EXPECT_EQ(verdict("Bearer looker", kStatus), 403U) << "both, and it has one";
    EXPECT_THAT(refusal_.text, HasSubstr("$SYS.stats"));
}

TEST_F(Rights, AreNotForUsersOfSomeListeners) {
    EXPECT_EQ(verdict("Bearer local", kConnections), 403U);
    EXPECT_THAT(refusal_.text, HasSubstr("listeners"));
    EXPECT_EQ(refusal_.fields.count("WWW-Authenticate"), 0U);
}

// RFC 9110, sections 11.1 and 11.4.
TEST_F(Rights, AreFoundWhateverTheCaseOfTheScheme) {
    for (const char* authorization :
         {"bearer operator", "BEARER operator", "bEaReR operator", "Bearer   operator"}) {
        EXPECT_EQ(verdict(authorization, kConnections), 200U) << authorization;
        EXPECT_EQ(user_, "operator");
    }
    EXPECT_EQ(verdict("Bearer OPERATOR", kConnections), 401U) << "tokens have a case";
}

TEST_F(Rights, WithoutAValidTokenAre401) {
    for (const char* authorization :
         {"",
          "Bearer",
          "Bearer ",
          "Bearer wrong",
          "Bearer operator ",
          "Basic operator",
          "operator",
          "Bearers operator",
          "\x02"
          "earer operator",
          "Bearer\toperator",
          "bear operator"}) {
        EXPECT_EQ(verdict(authorization, kConnections), 401U) << authorization;
        EXPECT_EQ(refusal_.fields["WWW-Authenticate"], "Bearer realm=\"telex\"");
    }
    verdict("", kStatus);
    EXPECT_THAT(refusal_.text, HasSubstr("$SYS.info and $SYS.stats"));
}

}  // namespace
}  // namespace telex::admin
