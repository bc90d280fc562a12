#include "app/certificate_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kEnd = 1'800'000'000;  // 2027-01-15T08:00:00Z

class CertificateWatchTest : public ::testing::Test {
protected:
    // What is said when there are so many seconds left.
    std::vector<std::string> said(std::int64_t left) {
        std::vector<std::string> texts;
        for (const CertificateWatch::Line& line : watch_.look(shown_, kEnd - left)) {
            texts.push_back(
                (line.is_error ? "error " : "") + line.text.substr(0, line.text.find(" subject"))
            );
        }
        return texts;
    }

    CertificateWatch watch_;
    std::vector<CertificateWatch::Shown> shown_{{"bus", {"CN=x", kEnd - 90 * kDay, kEnd}}};
};

TEST_F(CertificateWatchTest, WarnsOnceADay) {
    EXPECT_THAT(said(40 * kDay), IsEmpty());
    EXPECT_THAT(said(29 * kDay), ElementsAre("a certificate expires soon: listener=bus days=29"));
    EXPECT_THAT(said(29 * kDay - 1), IsEmpty());
    EXPECT_THAT(said(28 * kDay + 1), IsEmpty());
    EXPECT_THAT(said(28 * kDay), ElementsAre("a certificate expires soon: listener=bus days=28"));
}

TEST_F(CertificateWatchTest, SaysAtOnceThatOneHasExpired) {
    EXPECT_THAT(said(0), ElementsAre("a certificate expires soon: listener=bus days=0"));
    const auto expired = "error a certificate is not valid: listener=bus reason=expired";
    EXPECT_THAT(said(-1), ElementsAre(expired));
    EXPECT_THAT(said(-2), IsEmpty());
    EXPECT_THAT(said(-1 - kDay), ElementsAre(expired));
}

TEST_F(CertificateWatchTest, SaysItAgainWhenTheyWereLoadedAnew) {
    EXPECT_THAT(
        said(100 * kDay),
        ElementsAre("error a certificate is not valid: listener=bus reason=not_yet")
    );
    EXPECT_THAT(said(100 * kDay), IsEmpty());
    watch_.begin_anew();
    EXPECT_THAT(
        said(100 * kDay),
        ElementsAre("error a certificate is not valid: listener=bus reason=not_yet")
    );
}

TEST_F(CertificateWatchTest, TellsListenersApart) {
    shown_.push_back({"other", {"CN=y", 0, kEnd + 1}});
    EXPECT_EQ(said(0).size(), 2U);
    EXPECT_EQ(said(-1).size(), 1U);
    EXPECT_THAT(
        said(-2), ElementsAre("error a certificate is not valid: listener=other reason=expired")
    );
}

TEST_F(CertificateWatchTest, NamesTheCertificate) {
    EXPECT_EQ(
        watch_.look(shown_, kEnd + 1).at(0).text,
        "a certificate is not valid: listener=bus reason=expired subject=\"CN=x\" "
        "not_before=2026-10-17T08:00:00Z not_after=2027-01-15T08:00:00Z"
    );
}

// A clock that was set back must not silence it for long.
TEST_F(CertificateWatchTest, DoesNotWaitForATimeThatIsOver) {
    EXPECT_EQ(said(10 * kDay).size(), 1U);
    EXPECT_EQ(said(20 * kDay).size(), 1U);
    EXPECT_THAT(said(20 * kDay), IsEmpty());
}

}  // namespace
}  // namespace telex::app
