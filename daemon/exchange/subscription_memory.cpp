#include "exchange/subscription_memory.hpp"

#include "base/allocated.hpp"
#include "exchange/client_record.hpp"
#include "match/literal_filters.hpp"
#include "match/trie_node.hpp"
#include "router/member_load.hpp"
#include "router/queue_group.hpp"

#include <algorithm>

namespace telex::exchange {

namespace {

// Links of a node of a tree or a hash table, and of shared ownership.
constexpr std::size_t kLinks = 4 * sizeof(void*);
// An edge in a table that is a quarter full.
constexpr std::size_t kEdge = 4 * sizeof(std::uint64_t);
constexpr std::size_t kNode = sizeof(match::TrieNode) + kEdge;
constexpr std::size_t kLiteral = sizeof(match::LiteralFilter) + kEdge;
// In lists of subscriptions, and the session's notes until it is confirmed and when it ends.
constexpr std::size_t kNotes = 128;

std::size_t memory_with(const std::string& queue_group, bool charged) {
    std::size_t memory =
        allocated(sizeof(ClientRecord::SubscriptionMap::value_type) + kLinks) + kNotes;
    if (charged) {
        memory += allocated(sizeof(access::Charge));
    }
    if (!queue_group.empty()) {
        memory += allocated(sizeof(router::MemberLoad) + kLinks) + alignof(router::MemberLoad) +
                  memory_of(queue_group);
    }
    return memory;
}

}  // namespace

std::size_t record_memory(const broker::SubscriptionSpec& spec, bool charged) {
    return memory_with(spec.queue_group, charged);
}

std::size_t record_memory(const ActiveSubscription& subscription) {
    const router::GroupMember* const member = subscription.group_member;
    return memory_with(
        member == nullptr ? std::string() : member->load->facts().group, subscription.charged
    );
}

std::size_t table_memory(std::string_view filter, std::string_view queue_group) {
    const auto tokens = static_cast<std::size_t>(std::count(filter.begin(), filter.end(), '.')) + 1;
    std::size_t memory =
        std::max(tokens * kNode + filter.size(), kLiteral + allocated(filter.size()));
    if (!queue_group.empty()) {
        memory += allocated(sizeof(router::GroupMember) + kLinks) +
                  allocated(sizeof(router::GroupInterest)) + allocated(sizeof(router::GroupName)) +
                  allocated(sizeof(router::FilterInterest)) + 2 * allocated(queue_group.size());
    }
    return memory;
}

}  // namespace telex::exchange
