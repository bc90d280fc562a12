#include "protocols/raw/stored_frames.hpp"

#include "protocols/raw/stored_answer.hpp"

#include <string>

namespace telex::session::raw {

void StoredFrames::store(const wire::MessageView& message) {
    const std::uint64_t id = replies_.open();
    full_ = replies_.size() >= kMaxUnanswered;
    broker_.publish_with({message, nullptr}, {.durable = id});
}

Result<void, StoredFrames::LostAnswer> StoredFrames::answer(
    std::uint64_t id, const broker::StoredOutcome& outcome
) {
    const bool stored = outcome.code == v1::ERROR_CODE_UNSPECIFIED;
    // `nak` would say that the frame is not stored.
    const bool unknown = outcome.code == v1::STORAGE_FAILED;
    if (!stored) {
        transport_.count_refusal(outcome.code);
        if (!raw_.nak || unknown) {
            return unexpected(LostAnswer{CloseReason::request_failed, outcome.code, outcome.text});
        }
    }
    const std::string answer = write_stored_answer(stored ? *raw_.ack : *raw_.nak, outcome);
    const wire::MessageView message{.body = {}, .subject = {}, .reply = {}, .payload = answer};
    if (!replies_.take(id, {0, message, {}, nullptr})) {
        return unexpected(LostAnswer{
            CloseReason::unwritable_answer, v1::UNEXPECTED_FRAME, "an answer cannot be written"
        });
    }
    if (full_ && replies_.size() <= kMaxUnanswered / 2) {
        full_ = false;
        transport_.resume_input();
    }
    return {};
}

}  // namespace telex::session::raw
