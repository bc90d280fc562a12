#include "server/connection/publisher_queue.hpp"

#include "base/allocated.hpp"

#include <utility>

namespace telex::server {

std::size_t PublisherQueue::memory_of(const Entry& entry) {
    return entry.message.memory() + telex::memory_of(entry.route_by);
}

void PublisherQueue::push(Entry entry) {
    state().bytes += memory_of(entry);
    state_->entries.push_back(std::move(entry));
}

std::optional<PublisherQueue::Entry> PublisherQueue::take() {
    if (!state_ || state_->pauses > 0) {
        return std::nullopt;
    }
    Entry entry = std::move(state_->entries.front());
    state_->entries.pop_front();
    state_->entries.shrink();
    state_->bytes -= memory_of(entry);
    release_if_idle();
    return entry;
}

void PublisherQueue::push_publish(const broker::Publication& publication) {
    push(
        {.kind = Entry::Kind::publish,
         .message = exchange::StoredMessage::keep(publication.message, publication.owner, {})}
    );
}

void PublisherQueue::push_publish_with(
    const broker::Publication& publication, const broker::PublishOptions& options
) {
    push(
        {.kind = Entry::Kind::publish_with,
         .message = exchange::StoredMessage::keep(
             publication.message, publication.owner, options.reply_to
         ),
         .id = options.confirmation,
         .route_by = std::string(options.route_by),
         .durable = options.durable,
         .echoes = options.echoes}
    );
}

void PublisherQueue::push_request(
    const broker::Publication& publication, std::uint64_t id, std::chrono::milliseconds timeout
) {
    push(
        {.kind = Entry::Kind::request,
         .message = exchange::StoredMessage::keep(publication.message, publication.owner, {}),
         .id = id,
         .timeout = timeout}
    );
}

bool PublisherQueue::release_one(broker::Port& port) {
    const std::optional<Entry> entry = take();
    if (!entry) {
        return false;
    }
    const broker::Publication publication{entry->message.message, &entry->message.body.owner};
    switch (entry->kind) {
        case Entry::Kind::publish:
            port.publish(publication);
            break;
        case Entry::Kind::publish_with:
            port.publish_with(
                publication,
                {.route_by = entry->route_by,
                 .reply_to = entry->message.reply_to,
                 .confirmation = entry->id,
                 .echoes = entry->echoes,
                 .durable = entry->durable}
            );
            break;
        case Entry::Kind::request:
            port.request(publication, entry->id, entry->timeout);
            break;
        case Entry::Kind::flush:
            port.flush(entry->id);
            break;
    }
    return true;
}

void PublisherQueue::clear() {
    if (state_) {
        state_->entries.clear();
        state_->entries.shrink();
        state_->bytes = 0;
        release_if_idle();
    }
}

}  // namespace telex::server
