#include "storage/consumer_admin.hpp"

#include "storage/consumer_config.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::storage {

v1::ConsumerInfo ConsumerAdmin::info_of(
    const StreamRuntime& stream, const ConsumerRuntime& consumer
) const {
    const streams::ConsumerState& state = consumer.state();
    const StoredStream& stored = *stream.stored();
    v1::ConsumerInfo info;
    info.set_stream(stored.name);
    info.set_name(consumer.identity().name);
    *info.mutable_config() = config_of(consumer.options());
    info.set_durable(consumer.is_durable());
    info.set_created_unix_nanoseconds(consumer.identity().created);
    info.set_members(static_cast<std::uint32_t>(consumer.windows().size()));
    info.set_in_flight(state.in_flight());
    info.set_floor(state.floor());
    info.set_delivered(state.cursor() - 1);
    info.set_lag(state.lag(stored.last.load()));
    info.set_redeliveries(consumer.counters().redeliveries);
    info.set_dead_letters(consumer.counters().dead_letters);
    info.set_acknowledged(consumer.counters().acknowledged);
    const auto paused = state.snapshot(parts_.loop.now()).paused;
    info.set_paused_ms(static_cast<std::uint64_t>(paused.count()));
    return info;
}

StreamResult<ConsumerRuntime*> ConsumerAdmin::find(const Engine::ConsumerName& name) {
    return parts_.streams.get(name.account, name.stream)
        .and_then([&](const StreamRuntime* stream) -> StreamResult<ConsumerRuntime*> {
            ConsumerRuntime* const consumer =
                consumers_.find(stream->stored()->number, name.consumer);
            if (consumer == nullptr) {
                return stream_fault(
                    v1::CONSUMER_NOT_FOUND,
                    fmt::format(
                        "consumer '{}' of stream '{}' does not exist", name.consumer, name.stream
                    )
                );
            }
            return consumer;
        });
}

void ConsumerAdmin::list(
    std::string_view account,
    std::string_view stream,
    const StreamReply<std::vector<v1::ConsumerInfo>>& reply
) {
    const auto found = parts_.streams.get(account, stream);
    if (!found) {
        reply->give(unexpected(found.error()));
        return;
    }
    std::vector<v1::ConsumerInfo> all;
    consumers_.for_each_of((*found)->stored()->number, [&](const ConsumerRuntime& consumer) {
        all.push_back(info_of(**found, consumer));
    });
    reply->give(std::move(all));
}

void ConsumerAdmin::first(std::size_t limit, const StreamReply<Engine::FirstConsumers>& reply) {
    Engine::FirstConsumers first;
    parts_.streams.for_each([&](const StreamRuntime& stream) {
        const StoredStream& stored = *stream.stored();
        consumers_.for_each_of(stored.number, [&](const ConsumerRuntime& consumer) {
            ++first.total;
            if (consumer.is_durable() && first.durable.size() < limit) {
                first.durable.push_back({stored.account, info_of(stream, consumer)});
            }
        });
    });
    reply->give(std::move(first));
}

void ConsumerAdmin::info(
    const Engine::ConsumerName& name, const StreamReply<v1::ConsumerInfo>& reply
) {
    reply->give(find(name).map([&](const ConsumerRuntime* consumer) {
        return info_of(*parts_.streams.find(consumer->identity().stream), *consumer);
    }));
}

void ConsumerAdmin::remove(const Engine::ConsumerName& name, const StreamReply<void>& reply) {
    const auto found = find(name);
    if (!found) {
        reply->give(unexpected(found.error()));
        return;
    }
    consumers_.remove(
        **found, v1::NO_CONSUMER, fmt::format("consumer '{}' was removed", name.consumer)
    );
    parts_.loop.after_commit([reply](const CommitOutcome& outcome) {
        reply->give(outcome.ok() ? StreamResult<void>{} : not_written(outcome));
    });
}

void ConsumerAdmin::pause(
    const Engine::ConsumerName& name,
    std::chrono::milliseconds time,
    const StreamReply<v1::ConsumerInfo>& reply
) {
    if (const auto found = find(name)) {
        consumers_.pause(**found, time);
    }
    info(name, reply);
}

}  // namespace telex::storage
