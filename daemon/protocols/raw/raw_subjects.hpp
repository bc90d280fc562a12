#pragma once
// The subjects and the filter of one peer, made of the listener's templates; and messages about the
// peer's connection.
#include "access/permissions.hpp"
#include "base/result.hpp"
#include "protocols/raw/raw_options.hpp"
#include "session/transport.hpp"
#include "wire/frame_view.hpp"
#include "wire/subject.hpp"

#include <string>
#include <string_view>

namespace telex::session::raw {

// Each is empty if the listener has no such key.
struct RawSubjects {
    std::string frames;  // of publications or requests
    std::string connect;
    std::string disconnect;
    std::string filter;  // of the subscription
};

// The error says which template gives a subject that is too long for this peer.
[[nodiscard]] Result<RawSubjects, std::string> expand_subjects(
    const RawOptions& options, const PeerFacts& peer, const wire::SubjectLimits& limits
);

// Returns a subject that may not be published to; empty if there is none.
std::string_view denied_subject(const RawSubjects& subjects, const access::Permissions& publish);

// Writes a message about the connection to `body`, which is replaced: headers name the peer and, if
// it is not empty, the reason.
wire::MessageView write_notice(
    std::string& body, std::string_view subject, const PeerFacts& peer, std::string_view reason = {}
);

}  // namespace telex::session::raw
