#include "session/drop_reason.hpp"

#include <array>

namespace telex::session {
namespace {

constexpr std::array<std::string_view, kDropReasons> kDropNames = {
    "slow_newest",
    "slow_oldest",
    "slow_disconnect",
    "connection_lost",
    "shutting_down",
    "too_large",
    "not_encodable",
    "group_vanished",
    "late_answer",
    "amplification",
    "unwritable_answer",
    "no_credit",
    "expired",
    "not_permitted",
};
static_assert(static_cast<std::size_t>(DropReason::not_permitted) + 1 == kDropReasons);

}  // namespace

std::string_view name_of(DropReason reason) {
    return kDropNames.at(static_cast<std::size_t>(reason));
}

v1::ErrorCode code_of_unsent_answer(const SendFault& fault) {
    const bool too_large =
        fault.reason == DropReason::too_large || fault.reason == DropReason::amplification;
    return too_large ? v1::ANSWER_TOO_LARGE : v1::INTERNAL;
}

DropReason reason_of(codec::FrameError error) {
    return error == codec::FrameError::too_large ? DropReason::too_large
                                                 : DropReason::not_encodable;
}

}  // namespace telex::session
