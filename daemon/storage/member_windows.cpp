#include "storage/member_windows.hpp"

#include <algorithm>

namespace telex::storage {

namespace {

// Members that get credit in one round; the others get it in the next ones.
constexpr std::size_t kMembersPerRound = 16;

}  // namespace

streams::MemberId MemberWindows::join(
    exchange::MemberId member,
    std::uint64_t consumer,
    exchange::MemberSource& source,
    const Right& may_subscribe
) {
    const streams::MemberId number = ++last_;
    windows_.try_emplace(number, member, consumer, number, source, may_subscribe);
    return number;
}

DeliveryWindow* MemberWindows::find(streams::MemberId member) {
    const auto found = windows_.find(member);
    return found == windows_.end() ? nullptr : &found->second;
}

bool MemberWindows::have_room() const {
    return std::any_of(windows_.begin(), windows_.end(), [](const auto& entry) {
        return !entry.second.denied && entry.second.allowance(1) > 0;
    });
}

std::size_t MemberWindows::grant(
    streams::ConsumerState& state, std::size_t charge, bool all, TimePoint now
) {
    const std::size_t most = all ? windows_.size() : std::min(windows_.size(), kMembersPerRound);
    std::size_t granted = 0;
    std::size_t members = 0;
    auto at = windows_.upper_bound(granted_);
    for (std::size_t i = 0; i < windows_.size() && members < most; ++i, ++at) {
        at = at == windows_.end() ? windows_.begin() : at;
        DeliveryWindow& window = at->second;
        const std::uint32_t count = window.denied ? 0 : window.allowance(charge);
        if (count > 0 && state.pull(at->first, {.credit = count, .no_wait = true}, now)) {
            window.use_credit(count);
            granted += count;
            granted_ = at->first;
            ++members;
        }
    }
    return granted;
}

void MemberWindows::end_grants(streams::ConsumerState& state, streams::ConsumerOutput& out) {
    state.end_no_wait(out);
    for (const streams::EndedPull& pull : out.ended) {
        if (DeliveryWindow* const window = find(pull.member)) {
            window->add_credit(pull.unused);
        }
    }
    out.ended.clear();
}

bool MemberWindows::add(
    DeliveryWindow& window,
    const store::BlockPtr& block,
    std::size_t index,
    const streams::Delivery& delivery
) {
    const store::Record record = block->record(index);
    if (window.denied || (window.may_subscribe() && !window.may_subscribe()(record.subject))) {
        window.denied = true;
        has_denied_ = true;
        return false;
    }
    window.add(
        block,
        {.sequence = record.sequence,
         .time = record.time,
         .attempt = delivery.attempt,
         .redelivered = delivery.redelivered,
         .subject = record.subject,
         .body = record.body},
        charge_of(record)
    );
    return true;
}

void MemberWindows::send() {
    for (auto& [number, window] : windows_) {
        window.send();
    }
}

void MemberWindows::confirm() {
    for (auto& [number, window] : windows_) {
        window.confirm();
    }
}

std::vector<streams::MemberId> MemberWindows::denied() const {
    std::vector<streams::MemberId> members;
    if (has_denied_) {
        for (const auto& [number, window] : windows_) {
            if (window.denied) {
                members.push_back(number);
            }
        }
    }
    return members;
}

}  // namespace telex::storage
