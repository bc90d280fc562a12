#include "storage/capture_publisher.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace telex::storage {

void CapturePublisher::publish(std::function<void()> done) {
    if (loop_.shards().empty()) {
        done();
        return;
    }
    const exchange::CaptureTablePtr table = streams_.captures();
    const auto waiting = std::make_shared<std::atomic<std::size_t>>(loop_.shards().size());
    const auto all_done = std::make_shared<std::function<void()>>(std::move(done));
    for (exchange::OfferSource* const shard : loop_.shards()) {
        shard->use_captures(table, [this, waiting, all_done] {
            if (waiting->fetch_sub(1) == 1) {
                loop_.post([all_done] { (*all_done)(); });
            }
        });
    }
}

}  // namespace telex::storage
