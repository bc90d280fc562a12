#include "storage/consumer_creation.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage {

namespace {

using streams::ConsumerOptions;

constexpr std::size_t kMaxConsumers = 1'000;  // of a stream
constexpr std::size_t kMaxMembers = 1'000;    // of a consumer
// Blocks that a search for the last record may read.
constexpr int kMaxSearch = 256;

// The member gets what the filters select: it needs the right to subscribe to all of them.
[[nodiscard]] ConsumerResult<void> check_rights(
    const ConsumerOptions& options,
    const streams::StreamOptions& stream,
    const ConsumerCreation::Attach& attach
) {
    const auto& filters = options.filters.empty() ? stream.subjects : options.filters;
    for (const std::string& filter : filters) {
        if (attach.may_subscribe && !attach.may_subscribe(filter)) {
            return consumer_fault(
                v1::PERMISSION_DENIED, fmt::format("may not subscribe to '{}'", filter)
            );
        }
    }
    return {};
}

[[nodiscard]] ConsumerResult<void> check_dead_letters(
    const ConsumerOptions& options, const ConsumerCreation::Attach& attach
) {
    const std::string& subject = options.dead_letter_subject;
    if (!subject.empty() && attach.may_publish && !attach.may_publish(subject)) {
        return consumer_fault(
            v1::PERMISSION_DENIED,
            fmt::format("may not publish to '{}' (dead_letter_subject)", subject)
        );
    }
    return {};
}

[[nodiscard]] ConsumerResult<ConsumerOptions> requested_options(
    const ConsumerCreation::Attach& attach, const streams::StreamOptions& stream
) {
    v1::ConsumerConfig config;
    if (!config.ParseFromString(attach.create)) {
        return consumer_fault(v1::BAD_CONSUMER, "the settings are not a ConsumerConfig");
    }
    return check_consumer_config(config, attach.consumer, stream);
}

[[nodiscard]] ConsumerResult<void> check_present(
    const ConsumerRuntime& consumer,
    const StreamRuntime& stream,
    const ConsumerCreation::Attach& attach
) {
    if (attach.creates) {
        const auto wanted = requested_options(attach, stream.options());
        if (!wanted) {
            return unexpected(wanted.error());
        }
        if (*wanted != consumer.options()) {
            return consumer_fault(
                v1::BAD_CONSUMER,
                fmt::format("consumer '{}' exists with other settings", attach.consumer)
            );
        }
    }
    if (consumer.windows().size() >= kMaxMembers) {
        return consumer_fault(
            v1::BAD_CONSUMER,
            fmt::format("consumer '{}' has {} members, the maximum", attach.consumer, kMaxMembers)
        );
    }
    return check_rights(consumer.options(), stream.options(), attach);
}

}  // namespace

// Only if the index does not have it: the newest record of a subject was erased.
ConsumerResult<streams::StartPoint> ConsumerCreation::start_point(
    const ConsumerOptions& options, const StreamRuntime& stream
) const {
    streams::StartPoint start = streams::start_of(options, stream.state().records());
    if (!start.search_last) {
        return start;
    }
    const streams::ConsumerFilter filter(options.filters, parts_.options.seed);
    const StoredStream& stored = *stream.stored();
    Sequence at_most = stored.last.load();
    for (int blocks = 0; blocks < kMaxSearch; ++blocks) {
        const auto block = parts_.store.block_before(stored.number, at_most);
        if (!block) {
            return consumer_fault(v1::STORAGE_FAILED, block.error().text);
        }
        if (*block == nullptr || (*block)->last() < stored.first.load()) {
            return start;
        }
        for (std::size_t index = (*block)->size(); index-- > 0;) {
            const store::Record record = (*block)->record(index);
            if (stored.has(record.sequence) && filter.selects(record.subject)) {
                start.next = record.sequence;
                return start;
            }
        }
        at_most = (*block)->base() - 1;
    }
    return consumer_fault(
        v1::BAD_CONSUMER,
        fmt::format(
            "consumer '{}': start: the last message is not known after removals; use another start",
            options.name
        )
    );
}

ConsumerResult<ConsumerRuntime*> ConsumerCreation::create(
    const Attach& attach, const StreamRuntime& stream, const ConsumerOptions& options, TimePoint now
) {
    const exchange::StreamNumber number = stream.stored()->number;
    const ConsumersOfStream* const present = set_.of(number);
    if (present != nullptr && present->by_name.size() >= kMaxConsumers) {
        return consumer_fault(
            v1::BAD_CONSUMER,
            fmt::format("stream '{}' has {} consumers, the maximum", attach.stream, kMaxConsumers)
        );
    }
    if (auto rights = check_rights(options, stream.options(), attach).and_then([&] {
            return check_dead_letters(options, attach);
        });
        !rights) {
        return unexpected(std::move(rights.error()));
    }
    const auto start = start_point(options, stream);
    if (!start) {
        return unexpected(start.error());
    }
    ConsumerIdentity identity{
        .stream = number,
        .id = options.durable ? set_.next_id(number) : 0,
        .name = options.durable ? options.name : set_.next_name(),
        .created = parts_.loop.times().now.time_since_epoch().count(),
    };
    return &set_.add(std::make_unique<ConsumerRuntime>(
        std::move(identity), options, *start, parts_.options.seed, now
    ));
}

ConsumerResult<ConsumerRuntime*> ConsumerCreation::obtain(
    const Attach& attach, const StreamRuntime& stream, TimePoint now
) {
    ConsumerRuntime* const present =
        attach.consumer.empty() ? nullptr : set_.find(stream.stored()->number, attach.consumer);
    if (present != nullptr && present->is_durable()) {
        return check_present(*present, stream, attach).map([&] { return present; });
    }
    if (!attach.creates && !attach.consumer.empty()) {
        return consumer_fault(
            v1::NO_CONSUMER,
            fmt::format(
                "consumer '{}' of stream '{}' does not exist", attach.consumer, attach.stream
            )
        );
    }
    const auto options = requested_options(attach, stream.options());
    if (!options) {
        return unexpected(options.error());
    }
    return create(attach, stream, *options, now);
}

}  // namespace telex::storage
