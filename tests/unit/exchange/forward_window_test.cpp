#include "exchange/forward_window.hpp"

#include <gtest/gtest.h>

namespace telex::exchange {
namespace {

constexpr std::size_t kMiB = 1U << 20U;

TEST(ForwardWindow, IsAsLargeAsTheSmallestLimitOfABlockingConsumer) {
    ForwardWindow window;
    EXPECT_EQ(window.bytes(), ForwardWindow::kMost);
    window.add(2 * kMiB);
    window.add(kMiB);
    window.add(kMiB);
    EXPECT_EQ(window.bytes(), kMiB);
    window.remove(kMiB);
    EXPECT_EQ(window.bytes(), kMiB) << "one is left";
    window.remove(kMiB);
    EXPECT_EQ(window.bytes(), 2 * kMiB);
    window.remove(2 * kMiB);
    EXPECT_EQ(window.bytes(), ForwardWindow::kMost);
}

TEST(ForwardWindow, HasBounds) {
    ForwardWindow window;
    window.add(1000 * kMiB);
    EXPECT_EQ(window.bytes(), ForwardWindow::kMost);
    window.add(1);
    EXPECT_EQ(window.bytes(), ForwardWindow::kLeast);
}

TEST(ForwardWindow, IgnoresConsumersThatDoNotBlock) {
    ForwardWindow window;
    window.add(0);
    window.remove(0);
    window.remove(kMiB);
    EXPECT_EQ(window.bytes(), ForwardWindow::kMost);
}

}  // namespace
}  // namespace telex::exchange
