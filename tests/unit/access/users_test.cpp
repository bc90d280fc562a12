#include "access/users.hpp"

#include <gtest/gtest.h>

namespace telex::access {
namespace {

class FindUser : public ::testing::Test {
protected:
    FindUser() {
        User billing;
        billing.name = "billing";
        billing.uids = {1'000};
        billing.certificates = {"billing.example"};
        User staff;
        staff.name = "staff";
        staff.gids = {50, 51};
        User guest;
        guest.name = "guest";
        users_ = Users({billing, staff, guest});
    }

    std::string found(const PeerIdentity& peer, std::string_view otherwise = "") const {
        const User* const user = users_.find(peer, otherwise).user;
        return user == nullptr ? "nobody" : user->name;
    }

    Users users_{{}};
};

TEST_F(FindUser, ByPeerIdentity) {
    const std::uint32_t known = 1'000;
    const std::uint32_t other = 1'001;
    EXPECT_EQ(found({.certificate = "billing.example"}), "billing");
    EXPECT_EQ(found({.certificate = "billing"}), "nobody");
    EXPECT_EQ(found({.uid = known}), "billing");
    EXPECT_EQ(found({.uid = other}), "nobody");
    EXPECT_EQ(found({.uid = other, .gids = {7, 51}}), "staff");
    EXPECT_EQ(found({.uid = known, .gids = {50}}), "billing") << "the uid is nearer than the group";
}

TEST_F(FindUser, OrTheListenersOwn) {
    const std::uint32_t other = 1'001;
    EXPECT_EQ(found({}, "guest"), "guest");
    EXPECT_EQ(found({.certificate = "billing.example"}, "guest"), "billing");
    EXPECT_EQ(found({.uid = other}, "guest"), "guest");
    EXPECT_EQ(found({}, "nosuch"), "nobody");
    EXPECT_EQ(found({}), "nobody");
}

// In a user namespace every uid that is not mapped looks like this one.
TEST_F(FindUser, NeverByTheOverflowIds) {
    User nobody;
    nobody.name = "trap";
    nobody.uids = {kOverflowId};
    nobody.gids = {kOverflowId};
    const Users users({nobody});
    const std::uint32_t overflow = kOverflowId;
    EXPECT_EQ(
        users.find({.certificate = {}, .uid = overflow, .gids = {kOverflowId}}, "").user, nullptr
    );
}

}  // namespace
}  // namespace telex::access
