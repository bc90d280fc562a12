#include "storage/stream_configuration.hpp"

#include "storage/stream_config.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace telex::storage {

namespace {

std::set<StreamSet::Key> names_of(const std::vector<ConfiguredStream>& streams) {
    std::set<StreamSet::Key> names;
    for (const ConfiguredStream& entry : streams) {
        names.emplace(entry.account, entry.options.name);
    }
    return names;
}

}  // namespace

StreamConfiguration::Faults StreamConfiguration::check(
    const std::vector<ConfiguredStream>& streams, bool force
) const {
    Faults faults;
    const auto note = [&](StreamResult<void> result) {
        if (!result) {
            faults.push_back(std::move(result.error()));
        }
    };
    const std::set<StreamSet::Key> names = names_of(streams);
    std::set<StreamSet::Key> seen;
    for (const ConfiguredStream& entry : streams) {
        note(check_options(entry.options));
        if (!seen.emplace(entry.account, entry.options.name).second) {
            note(stream_fault(
                v1::STREAM_BAD_CONFIG, fmt::format("stream '{}' is named twice", entry.options.name)
            ));
        }
        const StreamRuntime* const present = parts_.streams.find(entry.account, entry.options.name);
        if (present != nullptr) {
            note(admin_.check_change(*present, entry.options, force));
        }
        check_neighbours(streams, names, entry, faults);
    }
    return faults;
}

// Compares a stream with the new settings of those that change, and with the other streams.
void StreamConfiguration::check_neighbours(
    const std::vector<ConfiguredStream>& streams,
    const std::set<StreamSet::Key>& names,
    const ConfiguredStream& entry,
    Faults& faults
) const {
    std::vector<const streams::StreamOptions*> others;
    for (const ConfiguredStream& other : streams) {
        if (other.account == entry.account) {
            others.push_back(&other.options);
        }
    }
    parts_.streams.for_each([&](const StreamRuntime& stream) {
        const StoredStream& stored = *stream.stored();
        if (stored.account == entry.account && !names.contains({stored.account, stored.name})) {
            others.push_back(&stream.options());
        }
    });
    if (others.size() > parts_.options.max_streams) {
        faults.push_back(too_many_streams_fault(entry.options.name, parts_.options.max_streams));
    }
    for (const streams::StreamOverlap& overlap : streams::check_overlap(entry.options, others)) {
        faults.push_back({v1::STREAM_OVERLAP, text_of(overlap, entry.options.name)});
    }
}

StreamResult<void> StreamConfiguration::apply(const std::vector<ConfiguredStream>& streams) {
    const std::set<StreamSet::Key> names = names_of(streams);
    for (const ConfiguredStream& entry : streams) {
        StreamRuntime* stream = parts_.streams.find(entry.account, entry.options.name);
        if (stream == nullptr) {
            stream = &admin_.add(entry.options, entry.account);
        } else if (stream->options() != entry.options) {
            if (auto changed = stream->change(entry.options); !changed) {
                return changed;
            }
        }
        stream->set_configured(true);
    }
    parts_.streams.for_each([&](StreamRuntime& stream) {
        if (!names.contains({stream.stored()->account, stream.stored()->name})) {
            stream.set_configured(false);
        }
    });
    return {};
}

void StreamConfiguration::configure(
    const std::vector<ConfiguredStream>& streams,
    bool force,
    bool dry_run,
    const ConfigureReply& reply
) {
    parts_.loop.at_rest([this, streams, force, dry_run, reply] {
        Faults faults = check(streams, force);
        if (!faults.empty()) {
            reply->give(unexpected(std::move(faults)));
            return;
        }
        if (dry_run) {
            reply->give({});
            return;
        }
        if (auto applied = apply(streams); !applied) {
            reply->give(unexpected(Faults{std::move(applied.error())}));
            return;
        }
        parts_.loop.after_commit([this, names = names_of(streams), reply](const auto& outcome) {
            if (!outcome.ok()) {
                reply->give(unexpected(Faults{not_written(outcome).value()}));
                return;
            }
            for (const auto& [account, name] : names) {
                if (StreamRuntime* const stream = parts_.streams.find(account, name)) {
                    stream->captures = true;
                }
            }
            // At the start the shards do not run yet: there is no wait for them.
            parts_.captures.publish([] {});
            reply->give({});
        });
    });
}

}  // namespace telex::storage
