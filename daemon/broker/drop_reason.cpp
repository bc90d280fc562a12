#include "broker/drop_reason.hpp"

#include <array>

namespace telex::broker {
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

}  // namespace telex::broker
