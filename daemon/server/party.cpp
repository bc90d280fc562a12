#include "server/party.hpp"

#include "session/protocol.hpp"

namespace telex::server {

bool Party::identify(const access::Evidence& evidence) {
    users_ = listener_.users();
    user_ = users_ ? users_->find(evidence, listener_.options().user) : nullptr;
    return !users_ || user_ != nullptr;
}

void Party::open_session(bool datagram) {
    session_ = listener_.protocol().make(*this, listener_.session_options(datagram));
}

void Party::publish(const session::Publication& publication) {
    shard_.publish(*this, publication);
}

void Party::request(
    const session::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    shard_.request(*this, publication, request_id, timeout);
}

void Party::subscribe(session::SubscriptionSpec spec) {
    shard_.subscribe(*this, spec);
}

bool Party::has_subscription(std::uint64_t id) const {
    return knows_subscription(id);
}

void Party::unsubscribe(std::uint64_t id) {
    shard_.unsubscribe(*this, id);
}

void Party::add_credit(std::uint64_t id, std::uint64_t messages) {
    shard_.add_credit(*this, id, messages);
}

void Party::flush(std::uint64_t id) {
    shard_.flush(*this, id);
}

}  // namespace telex::server
