#include "server/listener/password_checks.hpp"

#include "auth/password_hash.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

namespace telex::server {
namespace {

// Of "secret", with the lowest cost that is accepted.
const std::string kHash =
    "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE";

bool check(PasswordChecks& checks, const std::string& password) {
    std::promise<bool> answer;
    EXPECT_TRUE(checks.submit(kHash, password, [&](bool fits) { answer.set_value(fits); }));
    return answer.get_future().get();
}

TEST(PasswordChecks, CompareAPassword) {
    PasswordChecks checks;
    EXPECT_TRUE(check(checks, "secret"));
    EXPECT_FALSE(check(checks, "wrong"));
}

// All threads are blocked in their callbacks; then the queue fills.
TEST(PasswordChecks, AreBounded) {
    std::atomic<std::size_t> answered{0};
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::size_t taken = 0;
    {
        PasswordChecks checks;
        std::vector<std::future<void>> holding;
        for (std::size_t i = 0; i < PasswordChecks::kThreads; ++i) {
            auto held = std::make_shared<std::promise<void>>();
            holding.push_back(held->get_future());
            ASSERT_TRUE(checks.submit(kHash, "x", [&, held](bool) {
                held->set_value();
                released.wait();
                ++answered;
            }));
        }
        for (auto& thread : holding) {
            thread.wait();
        }
        while (checks.submit(kHash, "x", [&](bool) { ++answered; })) {
            ++taken;
            ASSERT_LE(taken, PasswordChecks::kQueue);
        }
        EXPECT_EQ(taken, PasswordChecks::kQueue);
        release.set_value();
    }
    EXPECT_GE(answered, PasswordChecks::kThreads) << "those that ran were finished";
    EXPECT_LE(answered, PasswordChecks::kThreads + taken);
}

}  // namespace
}  // namespace telex::server
