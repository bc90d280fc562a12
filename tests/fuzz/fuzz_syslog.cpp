// The parser of syslog messages, compared with a second reading (support/syslog_oracle.hpp), and
// what is made of them: a valid message of the exchange and a valid subject.
#include "protocols/syslog/message_encoder.hpp"
#include "protocols/syslog/message_fields.hpp"
#include "support/syslog_oracle.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace telex::session;

void expect(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "syslog: %s\n", what);
        std::abort();
    }
}

void check_encoded(std::string_view line) {
    static syslog::MessageEncoder encoder;
    static const auto pattern = SubjectTemplate::parse(
                                    "log.{severity}.{facility}.{host}.{app}.{procid}.{msgid}",
                                    SubjectTemplate::Use::publish,
                                    {},
                                    syslog::subject_fields()
    )
                                    .value()
                                    .bind({});
    const syslog::SyslogMessage message = syslog::parse_syslog(line);
    std::string subject;
    pattern.append(subject, syslog::subject_values(message));
    expect(!telex::wire::check_subject(subject), "the subject is not valid");
    expect(telex::wire::matches("log.*.*.*.*.*.*", subject), "a part is not one token");
    const auto encoded = encoder.encode(subject, line, message);
    const auto scanned = telex::wire::scan_message(encoded.body);
    expect(scanned.has_value(), "the message is not valid");
    expect(scanned->subject == subject && scanned->payload == line, "the message has other parts");
    expect(
        scanned->header_count == encoded.header_count &&
            scanned->header_bytes == encoded.header_bytes,
        "the headers are counted differently"
    );
    expect(encoded.header_count >= 1, "the message does not name its format");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const std::string disagreement = telex::testing::syslog_disagreement(line);
    expect(disagreement.empty(), disagreement.c_str());
    check_encoded(line);
    return 0;
}
