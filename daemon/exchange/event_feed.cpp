#include "exchange/event_feed.hpp"

#include "base/time.hpp"
#include "broker/reserved_subjects.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "wire/proto_json.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace telex::exchange {

namespace {

// As the field of the event is called.
std::string name_of(const v1::Event& event) {
    return v1::Event::descriptor()->FindFieldByNumber(event.kind_case())->name();
}

void publish(Shard& shard, const v1::Event& event) {
    const std::string name = name_of(event);
    shard.publish_own(
        {.subject = std::string(broker::kEventPrefix) + name,
         .payload = event.SerializeAsString(),
         .content_type = {},
         .type = event.GetTypeName()}
    );
    shard.publish_own(
        {.subject = std::string(broker::kJsonEventPrefix) + name,
         .payload = wire::json_object(event),
         .content_type = "application/json",
         .type = {}}
    );
}

}  // namespace

void EventFeed::report(Shard& shard, v1::Event event) {
    if (!wanted()) {
        return;
    }
    const auto kind = static_cast<std::size_t>(event.kind_case() - v1::Event::kConnect);
    std::uint64_t left_out = 0;
    if (!limits_.at(kind).admit(kPerSecond, left_out, Clock::now())) {
        suppressed_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    published_.fetch_add(1, std::memory_order_relaxed);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    event.set_unix_nanoseconds(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    event.set_server_name(exchange_.info()->server_name());
    event.set_suppressed(left_out);
    shard.reactor().post([&shard, event = std::move(event)] { publish(shard, event); });
}

}  // namespace telex::exchange
