#include "storage/stream_admin.hpp"

#include "storage/stream_config.hpp"
#include "storage/stream_metadata.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace telex::storage {

namespace {

unexpected<StreamFault> is_configured(std::string_view name) {
    return stream_fault(
        v1::STREAM_CONFIGURED,
        fmt::format("stream '{}' is in the configuration file: change it there", name)
    );
}

}  // namespace

StreamFault too_many_streams_fault(std::string_view name, std::size_t limit) {
    return {
        v1::STREAM_BAD_CONFIG,
        fmt::format("stream '{}': the account has {} streams, the maximum", name, limit)
    };
}

StreamResult<void> StreamAdmin::check_overlap(
    const streams::StreamOptions& options, std::string_view account
) const {
    std::vector<const streams::StreamOptions*> others;
    parts_.streams.for_each([&](const StreamRuntime& stream) {
        if (stream.stored()->account == account) {
            others.push_back(&stream.options());
        }
    });
    const auto overlaps = streams::check_overlap(options, others);
    if (overlaps.empty()) {
        return {};
    }
    return stream_fault(v1::STREAM_OVERLAP, text_of(overlaps.front(), options.name));
}

StreamResult<void> StreamAdmin::check_change(
    const StreamRuntime& stream, const streams::StreamOptions& options, bool force
) const {
    const auto problems =
        streams::check_change(stream.options(), options, stream.fill(parts_.loop.times().now));
    std::string text;
    bool impossible = false;
    for (const streams::ChangeProblem& problem : problems) {
        impossible = impossible || problem.effect == streams::ChangeEffect::impossible;
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", problem.setting, problem.text);
    }
    if (!impossible && (force || problems.empty())) {
        return {};
    }
    return stream_fault(
        impossible ? v1::STREAM_BAD_CONFIG : v1::STREAM_LOSES_DATA,
        fmt::format("stream '{}': {}", options.name, text)
    );
}

StreamRuntime& StreamAdmin::add(const streams::StreamOptions& options, std::string_view account) {
    auto stored = std::make_shared<StoredStream>(
        parts_.streams.next_number, std::string(account), options.name
    );
    StreamRuntime& stream = parts_.streams.add(
        std::make_unique<StreamRuntime>(parts_.context, std::move(stored), options)
    );
    stream.set_created(parts_.loop.times().now.time_since_epoch().count());
    parts_.loop.group().store_metadata =
        encode(StreamMetadata{.config = {}, .first = 0, .next_stream = parts_.streams.next_number});
    return stream;
}

// --- one stream

// Replies once each shard offers the stream's messages.
void StreamAdmin::capture(exchange::StreamNumber number, const InfoReply& reply) {
    parts_.captures.publish([this, number, reply] {
        if (const StreamRuntime* const stream = parts_.streams.find(number)) {
            reply->give(stream->info());
        } else {
            reply->give(stream_fault(v1::STREAM_NOT_FOUND, "the stream was removed"));
        }
    });
}

StreamResult<void> StreamAdmin::check_new(
    const streams::StreamOptions& options, std::string_view account
) const {
    if (parts_.streams.find(account, options.name) != nullptr) {
        return stream_fault(
            v1::STREAM_EXISTS, fmt::format("stream '{}' exists with other settings", options.name)
        );
    }
    if (parts_.streams.count_of(account) >= parts_.options.max_streams) {
        return unexpected(too_many_streams_fault(options.name, parts_.options.max_streams));
    }
    return check_overlap(options, account);
}

void StreamAdmin::create(const v1::StreamConfig& config, const InfoReply& reply) {
    auto options = options_of(config);
    if (!options) {
        reply->give(unexpected(std::move(options.error())));
        return;
    }
    const StreamRuntime* const present = parts_.streams.find(config.account(), options->name);
    if (present != nullptr && present->options() == *options) {
        capture(present->stored()->number, reply);
        return;
    }
    if (auto checked = check_new(*options, config.account()); !checked) {
        reply->give(unexpected(std::move(checked.error())));
        return;
    }
    const exchange::StreamNumber number = add(*options, config.account()).stored()->number;
    parts_.loop.after_commit([this, number, reply](const CommitOutcome& outcome) {
        if (!outcome.ok()) {
            parts_.streams.take(number);
            reply->give(not_written(outcome));
            return;
        }
        if (StreamRuntime* const stream = parts_.streams.find(number)) {
            stream->captures = true;
        }
        capture(number, reply);
    });
}

// Requires that all records are committed.
StreamResult<exchange::StreamNumber> StreamAdmin::apply_change(
    const streams::StreamOptions& options, std::string_view account, bool force
) {
    const auto found = parts_.streams.get(account, options.name);
    if (!found) {
        return unexpected(found.error());
    }
    StreamRuntime& stream = **found;
    if (stream.is_configured()) {
        return is_configured(options.name);
    }
    return check_overlap(options, account)
        .and_then([&] { return check_change(stream, options, force); })
        .and_then([&] { return stream.change(options); })
        .map([&] { return stream.stored()->number; });
}

void StreamAdmin::change(const v1::StreamConfig& config, bool force, const InfoReply& reply) {
    auto options = options_of(config);
    if (!options) {
        reply->give(unexpected(std::move(options.error())));
        return;
    }
    const auto apply = [this, account = config.account(), options = *options, force, reply] {
        const auto number = apply_change(options, account, force);
        if (!number) {
            reply->give(unexpected(number.error()));
            return;
        }
        parts_.loop.after_commit([this, number, reply](const CommitOutcome& outcome) {
            if (outcome.ok()) {
                capture(*number, reply);
            } else {
                reply->give(not_written(outcome));
            }
        });
    };
    parts_.loop.at_rest(apply);
}

void StreamAdmin::remove(std::string_view account, std::string_view name, const VoidReply& reply) {
    const auto found = parts_.streams.get(account, name);
    if (!found) {
        reply->give(unexpected(found.error()));
        return;
    }
    if ((*found)->is_configured()) {
        reply->give(is_configured(name));
        return;
    }
    (*found)->captures = false;
    // The shards first: what they offered before is decided, later messages are ordinary ones.
    parts_.captures.publish([this, number = (*found)->stored()->number, reply] {
        parts_.loop.at_rest([this, number, reply] { delete_stream(number, reply); });
    });
}

void StreamAdmin::delete_stream(exchange::StreamNumber number, const VoidReply& reply) {
    const std::unique_ptr<StreamRuntime> stream = parts_.streams.take(number);
    if (!stream) {
        reply->give({});
        return;
    }
    StreamPart& part = parts_.loop.group().parts.emplace_back();
    part.stream = stream->stored();
    part.removed = true;
    parts_.loop.after_commit([this, reply](const CommitOutcome& outcome) {
        if (outcome.ok() && parts_.store.state() != store::StoreState::failed) {
            reply->give({});
        } else {
            reply->give(stream_fault(v1::STORAGE_NOT_WRITABLE, parts_.store.state_reason()));
        }
    });
}

}  // namespace telex::storage
