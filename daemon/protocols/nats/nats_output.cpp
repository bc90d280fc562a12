#include "protocols/nats/nats_output.hpp"

#include "base/scratch_text.hpp"

namespace telex::session::nats {

void NatsOutput::write(std::string_view line) {
    const SendResult sent = transport_.send_control({line, {}, nullptr});
    if (!sent) {
        transport_.count_unsent(sent.error(), 1);
    }
}

void NatsOutput::write_error(std::string_view text) {
    ScratchText line;
    line.text().append("-ERR '").append(text).append("'");
    write(line.text());
}

void NatsOutput::refuse(v1::ErrorCode code, std::string_view text) {
    transport_.count_refusal(code);
    write_error(text);
}

void NatsOutput::fail(
    v1::ErrorCode code, CloseReason reason, std::string_view text, std::string_view detail
) {
    transport_.count_refusal(code);
    if (!text.empty()) {
        write_error(text);
    }
    close(reason, detail);
}

void NatsOutput::close(CloseReason reason, std::string_view detail) {
    closed_ = true;
    transport_.close(reason, detail);
}

}  // namespace telex::session::nats
