#include "protocols/raw/raw_subjects.hpp"

#include "session/subject_template.hpp"
#include "wire/writer.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace telex::session::raw {

namespace {

using Use = SubjectTemplate::Use;

// Fills templates in until one of them fails.
class Expansion {
public:
    Expansion(const PeerFacts& peer, const wire::SubjectLimits& limits)
        : peer_(peer), limits_(limits) {}

    std::string expand(const std::optional<std::string>& text, Use use) {
        if (!text || !problem_.empty()) {
            return {};
        }
        const auto parsed = SubjectTemplate::parse(*text, use, limits_);
        if (!parsed) {
            problem_ = parsed.error();
            return {};
        }
        std::string subject = parsed->expand(peer_);
        if (subject.size() > limits_.max_bytes) {
            problem_ = fmt::format("'{}' is too long for this peer", *text);
        }
        return subject;
    }

    const std::string& problem() const { return problem_; }

private:
    const PeerFacts& peer_;
    const wire::SubjectLimits& limits_;
    std::string problem_;
};

}  // namespace

Result<RawSubjects, std::string> expand_subjects(
    const RawOptions& options, const PeerFacts& peer, const wire::SubjectLimits& limits
) {
    Expansion expansion(peer, limits);
    RawSubjects subjects;
    subjects.frames = options.publish ? expansion.expand(options.publish, Use::publish)
                                      : expansion.expand(options.request, Use::request);
    subjects.connect = expansion.expand(options.connect, Use::request);
    subjects.disconnect = expansion.expand(options.disconnect, Use::publish);
    subjects.filter = expansion.expand(options.subscribe, Use::subscribe);
    if (!expansion.problem().empty()) {
        return unexpected(expansion.problem());
    }
    return subjects;
}

std::string_view denied_subject(const RawSubjects& subjects, const access::Permissions& publish) {
    for (const std::string* const subject :
         {&subjects.frames, &subjects.connect, &subjects.disconnect}) {
        if (!subject->empty() && !publish.allows(*subject)) {
            return *subject;
        }
    }
    return {};
}

wire::MessageView write_notice(
    std::string& body, std::string_view subject, const PeerFacts& peer, std::string_view reason
) {
    std::vector<wire::HeaderView> headers{
        {"Telex-Connection", peer.connection},
        {"Telex-Transport", peer.transport},
        {"Telex-Peer", peer.host},
        {"Telex-Listener", peer.listener},
    };
    if (!peer.port.empty()) {
        headers.push_back({"Telex-Port", peer.port});
    }
    if (!reason.empty()) {
        headers.push_back({"Telex-Reason", reason});
    }
    body.clear();
    wire::append_message(body, subject, {}, {}, headers);
    return wire::scan_message(body).value_or(wire::MessageView{});
}

}  // namespace telex::session::raw
