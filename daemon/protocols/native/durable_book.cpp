#include "protocols/native/durable_book.hpp"

#include <fmt/format.h>

namespace telex::session::native {

void DurableBook::open(const wire::FrameView& frame, const ChunkRef* owner, bool draining) {
    const std::uint64_t id = frame.request;
    if (const auto problem = check(frame, draining)) {
        output_.refuse_request(id, problem->code, problem->text);
        return;
    }
    waiting_.insert(id);
    output_.broker().publish_with({frame.message, owner}, {.durable = id});
}

std::optional<Problem> DurableBook::check(const wire::FrameView& frame, bool draining) {
    const SessionOptions& options = output_.options();
    if (options.datagram) {
        return Problem{
            v1::NOT_ALLOWED_HERE, "durable publications are not possible over datagrams"
        };
    }
    if (draining) {
        return Problem{v1::SHUTTING_DOWN, "the exchange is shutting down"};
    }
    if (waiting_.size() >= options.max_durable_publications) {
        return Problem{
            v1::TOO_MANY_REQUESTS,
            fmt::format("{} durable publications wait for a reply", waiting_.size())
        };
    }
    return gate_.is_known_good(frame.message) ? std::nullopt
                                              : gate_.check_publication(frame.message);
}

void DurableBook::on_stored(std::uint64_t id, const broker::StoredOutcome& outcome) {
    if (output_.is_closed() || !waiting_.erase(id)) {
        return;
    }
    if (outcome.code != v1::ERROR_CODE_UNSPECIFIED) {
        output_.refuse_durable(id, outcome);
        return;
    }
    output_.write_stored(id, outcome);
}

}  // namespace telex::session::native
