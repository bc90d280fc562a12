#include "protocols/native/message_gate.hpp"

namespace telex::session::native {

std::optional<Problem> MessageGate::check(const wire::MessageView& message, MessageUse use) const {
    auto problem = check_message(message, use, output_.options());
    const access::User* const user = output_.transport().user();
    if (problem || user == nullptr) {
        return problem;
    }
    const bool to_operators =
        use == MessageUse::request && message.subject.starts_with(kOperatorPrefix);
    return to_operators && output_.transport().owns_daemon() ? std::nullopt
                                                             : check_permission(message, *user);
}

std::optional<Problem> MessageGate::check_publication(const wire::MessageView& message) {
    auto problem = check(message, MessageUse::publish);
    if (!problem) {
        if (!good_) {
            good_ = std::make_unique<Good>();
        }
        good_->subject = message.subject;
        good_->payload_bytes = max_payload(output_.transport().user());
    }
    return problem;
}

}  // namespace telex::session::native
