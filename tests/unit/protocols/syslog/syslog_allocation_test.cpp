// A message costs no allocation.
#include "protocols/syslog/message_encoder.hpp"
#include "protocols/syslog/message_fields.hpp"
#include "session/subject_template.hpp"
#include "support/counted_allocations.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::session::syslog {
namespace {

TEST(SyslogAllocation, MessagesNeedNoneAfterTheFirst) {
    constexpr std::string_view kLines[] = {
        "<155>1 2026-11-29T18:33:00Z host.example app 77 M1 [a@1 b=\"c\"] the text of the message",
        "<13>Nov 29 18:33:00 host.example app[77]: the text of a message",
        "<189>36: router: *Nov 29 18:33:00 UTC: %SYS-5-CONFIG_I: the text of a message",
        "<13>1 - h\xF6st \xF6pp - - [a@1 b=\"\xFF\"] bytes that are not UTF-8",
        "not understood",
    };
    const auto pattern = SubjectTemplate::parse(
                             "log.{severity}.{facility}.{host}.{app}.{procid}.{msgid}.{peer}",
                             SubjectTemplate::Use::publish,
                             {},
                             subject_fields()
    )
                             .value()
                             .bind({"tcp", "192.0.2.7", "514", "syslog", "1"});
    MessageEncoder encoder;
    std::string subject;
    const auto publish_all = [&] {
        for (const std::string_view line : kLines) {
            const SyslogMessage message = parse_syslog(line);
            subject.clear();
            pattern.append(subject, subject_values(message));
            ASSERT_EQ(encoder.encode(subject, line, message).payload, line);
        }
    };
    publish_all();
    const std::size_t before = test::allocations();
    publish_all();
    EXPECT_EQ(test::allocations() - before, 0U);
}

}  // namespace
}  // namespace telex::session::syslog
