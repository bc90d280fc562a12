#include "storage/start.hpp"

#include "base/time.hpp"
#include "storage/stream_config.hpp"
#include "storage/stream_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace telex::storage {

namespace {

constexpr auto kProgressInterval = std::chrono::seconds(1);

// The share of the store that was read. The store compresses files, so it is an estimate.
class RestoreProgress {
public:
    RestoreProgress(const std::function<void(double)>& report, std::uint64_t total)
        : report_(report), total_(std::max<std::uint64_t>(total, 1)) {}

    void add(std::size_t bytes) {
        read_ += bytes;
        if (const TimePoint now = Clock::now(); report_ && now >= next_) {
            next_ = now + kProgressInterval;
            report_(std::min(1.0, static_cast<double>(read_) / static_cast<double>(total_)));
        }
    }

private:
    const std::function<void(double)>& report_;
    std::uint64_t total_;
    std::uint64_t read_ = 0;
    TimePoint next_ = Clock::now() + kProgressInterval;
};

[[nodiscard]] StreamResult<void> restore_stream(
    const EngineParts& parts, const store::StreamMeta& meta, RestoreProgress& progress
) {
    const auto metadata = decode_metadata(meta.bytes);
    v1::StreamConfig config;
    if (!metadata || !config.ParseFromString(metadata->config)) {
        return stream_fault(
            v1::STREAM_DAMAGED, fmt::format("stream '{}': its metadata is damaged", meta.name)
        );
    }
    auto options = options_of(config);
    if (!options) {
        return unexpected(std::move(options.error()));
    }
    auto stored = std::make_shared<StoredStream>(meta.stream, config.account(), meta.name);
    auto stream = std::make_unique<StreamRuntime>(parts.context, std::move(stored), *options);
    auto restored = stream->restore(
        *options, metadata->first, metadata->last, [&](std::size_t bytes) { progress.add(bytes); }
    );
    if (!restored) {
        return restored;
    }
    stream->use_metadata(metadata->created, metadata->configured);
    stream->captures = true;
    parts.streams.add(std::move(stream));
    return {};
}

}  // namespace

StreamResult<std::optional<streams::Time>> restore_streams(
    const EngineParts& parts, const std::function<void(double)>& on_progress
) {
    const auto all = parts.store.streams();
    if (!all) {
        return stream_fault(v1::STREAM_DAMAGED, all.error().text);
    }
    RestoreProgress progress(on_progress, parts.store.figures().disk_bytes);
    for (const store::StreamMeta& meta : *all) {
        if (meta.stream == kStoreNumber) {
            const auto metadata = decode_metadata(meta.bytes);
            if (!metadata) {
                return stream_fault(v1::STREAM_DAMAGED, "the metadata of the store is damaged");
            }
            parts.streams.next_number = std::max(parts.streams.next_number, metadata->next_stream);
        } else if (auto restored = restore_stream(parts, meta, progress); !restored) {
            return unexpected(std::move(restored.error()));
        }
    }
    std::optional<streams::Time> newest;
    parts.streams.for_each([&](const StreamRuntime& stream) {
        if (stream.state().records().ledger().messages() > 0) {
            newest = std::max(newest.value_or(streams::Time::min()), stream.state().last_time());
        }
    });
    return newest;
}

}  // namespace telex::storage
