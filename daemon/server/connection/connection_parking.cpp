// Connection: a publisher that is paused. What it publishes and asks is parked in order, up to a
// bound, while its control frames are still read: nobody is declared dead by our own throttle.
#include "server/connection/connection.hpp"

namespace telex::server {

void Connection::publish(const session::Publication& publication) {
    if (!parking()) {
        Party::publish(publication);
        return;
    }
    park(
        {Parked::Kind::publish,
         exchange::StoredMessage::keep(publication.message, publication.owner, {})}
    );
}

void Connection::publish_with(
    const broker::Publication& publication, const broker::PublishOptions& options
) {
    if (!parking()) {
        Party::publish_with(publication, options);
        return;
    }
    park(
        {Parked::Kind::publish_with,
         exchange::StoredMessage::keep(publication.message, publication.owner, options.reply_to),
         options.confirmation,
         std::string(options.route_by)}
    );
}

void Connection::request(
    const session::Publication& publication,
    std::uint64_t request_id,
    std::chrono::milliseconds timeout
) {
    if (!parking()) {
        Party::request(publication, request_id, timeout);
        return;
    }
    park(
        {Parked::Kind::request,
         exchange::StoredMessage::keep(publication.message, publication.owner, {}),
         request_id,
         {},
         timeout}
    );
}

void Connection::flush(std::uint64_t id) {
    if (!parking()) {
        Party::flush(id);
        return;
    }
    park({Parked::Kind::flush, {}, id, {}, {}});
}

void Connection::park(Parked parked) {
    parked_bytes_ += parked.message.body.bytes.size() + sizeof(Parked);
    parked_.push_back(std::move(parked));
    recharge();
}

void Connection::resume() {
    if (--pauses_ == 0) {
        // Throttled by us is not idle.
        last_received_ = shard_.reactor().now();
        shard_.reactor().run_again(read_work_);
    }
}

void Connection::release_parked() {
    while (pauses_ == 0 && !parked_.empty() && state_ == State::open) {
        const Parked parked = std::move(parked_.front());
        parked_.pop_front();
        parked_bytes_ -= parked.message.body.bytes.size() + sizeof(Parked);
        const session::Publication publication{parked.message.message, &parked.message.body.owner};
        switch (parked.kind) {
            case Parked::Kind::publish:
                Party::publish(publication);
                break;
            case Parked::Kind::publish_with:
                Party::publish_with(
                    publication,
                    {.route_by = parked.route_by,
                     .reply_to = parked.message.reply_to,
                     .confirmation = parked.id}
                );
                break;
            case Parked::Kind::request:
                Party::request(publication, parked.id, parked.timeout);
                break;
            case Parked::Kind::flush:
                Party::flush(parked.id);
                break;
        }
    }
    report_end_of_input();
}

}  // namespace telex::server
