#include "protocols/nats/jetstream_absence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::session::nats {

namespace {

struct Call {
    std::string_view prefix;  // of the subject, behind `$JS.API.`
    std::string_view reply;   // the type of its reply; empty: not JSON
};

// Longer prefixes come first.
constexpr std::array kCalls = {
    Call{"STREAM.CREATE.", "stream_create"},
    Call{"STREAM.UPDATE.", "stream_update"},
    Call{"STREAM.NAMES", "stream_names"},
    Call{"STREAM.LIST", "stream_list"},
    Call{"STREAM.INFO.", "stream_info"},
    Call{"STREAM.DELETE.", "stream_delete"},
    Call{"STREAM.PURGE.", "stream_purge"},
    Call{"STREAM.MSG.GET.", "stream_msg_get"},
    Call{"STREAM.MSG.DELETE.", "stream_msg_delete"},
    Call{"CONSUMER.MSG.NEXT.", ""},
    Call{"CONSUMER.DURABLE.CREATE.", "consumer_create"},
    Call{"CONSUMER.CREATE.", "consumer_create"},
    Call{"CONSUMER.NAMES.", "consumer_names"},
    Call{"CONSUMER.LIST.", "consumer_list"},
    Call{"CONSUMER.INFO.", "consumer_info"},
    Call{"CONSUMER.DELETE.", "consumer_delete"},
    Call{"DIRECT.GET.", ""},
    Call{"", "account_info"},
};

}  // namespace

std::string jetstream_not_enabled(std::string_view subject) {
    constexpr std::string_view kApi = "$JS.API.";
    const std::string_view name = subject.substr(std::min(kApi.size(), subject.size()));
    const auto* const call = std::find_if(kCalls.begin(), kCalls.end(), [&](const Call& known) {
        return name.starts_with(known.prefix);
    });
    return call->reply.empty() ? std::string()
                               : fmt::format(
                                     R"({{"type":"io.nats.jetstream.api.v1.{}_response",)"
                                     R"("error":{{"code":503,"err_code":10076,)"
                                     R"("description":"JetStream not enabled"}}}})",
                                     call->reply
                                 );
}

}  // namespace telex::session::nats
