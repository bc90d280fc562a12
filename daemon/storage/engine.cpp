#include "storage/engine.hpp"

#include "match/random.hpp"
#include "storage/call.hpp"
#include "storage/consumer_admin.hpp"
#include "storage/consumers.hpp"
#include "storage/engine_parts.hpp"
#include "storage/message_removal.hpp"
#include "storage/queries.hpp"
#include "storage/start.hpp"
#include "storage/stream_admin.hpp"
#include "storage/stream_configuration.hpp"

#include <atomic>
#include <thread>
#include <utility>

namespace telex::storage {

namespace {

// The default account has two names.
std::string account_key(std::string_view account) {
    return account == access::kDefaultAccountName ? std::string() : std::string(account);
}

v1::StreamConfig with_account_key(v1::StreamConfig config) {
    config.set_account(account_key(config.account()));
    return config;
}

StreamFault busy() {
    return {v1::STORAGE_BUSY, "the storage did not answer in time"};
}

streams::IdHasher hasher_of(std::uint64_t seed) {
    match::SplitMix64 random(seed);
    const std::uint64_t high = random.next();
    return {high, random.next()};
}

std::string_view name_of(store::StoreState state) {
    switch (state) {
        case store::StoreState::ok:
            return "ok";
        case store::StoreState::full:
            return "full";
        case store::StoreState::failed:
            break;
    }
    return "failed";
}

}  // namespace

class Engine::Impl {
public:
    Impl(std::unique_ptr<store::Store> open_store, const EngineOptions& engine_options)
        : store(std::move(open_store)),
          options(engine_options),
          context{
              *store,
              hasher_of(options.seed),
              {.records = {.seed = options.seed}, .max_memory = options.max_stream_memory}
          },
          loop(
              *store, streams, {options.max_pending_bytes, options.wall_clock, options.steady_clock}
          ),
          captures(loop, streams),
          parts{*store, options, context, streams, loop, captures, reader},
          admin(parts),
          configuration(parts, admin),
          removal(parts),
          queries(parts),
          consumers(parts),
          consumer_admin(parts, consumers) {
        loop.use_guest(consumers);
    }

    // Calls start(reply) on the storage thread, and waits for the reply; absent: there was none.
    template <class T, class Start>
    std::optional<T> ask(Start start) {
        if (stopped.load(std::memory_order_acquire)) {
            return std::nullopt;
        }
        Call<T> call;
        {
            ReplyPtr<T> reply = call.reply();
            loop.post([start = std::move(start), reply = std::move(reply)] { start(reply); });
        }
        return call.wait(kPatience);
    }

    // The same for results of streams: without a reply the error is STORAGE_BUSY.
    template <class T, class Start>
    [[nodiscard]] StreamResult<T> ask_stream(Start start) {
        auto reply = ask<StreamResult<T>>(std::move(start));
        return reply ? std::move(*reply) : unexpected(busy());
    }

    void stop();

    std::unique_ptr<store::Store> store;
    const EngineOptions options;
    const StreamContext context;
    StreamSet streams;
    WorkQueue reader;
    StorageLoop loop;
    CapturePublisher captures;
    const EngineParts parts;
    StreamAdmin admin;
    StreamConfiguration configuration;
    MessageRemoval removal;
    Queries queries;
    Consumers consumers;
    ConsumerAdmin consumer_admin;
    std::atomic<bool> started{false};
    std::atomic<bool> stopped{false};
};

// A commit that waits for room on the disk would never end: after the patience the store gives up.
void Engine::Impl::stop() {
    if (!started || stopped.exchange(true)) {
        return;
    }
    Call<bool> ended;
    ReplyPtr<bool> reply = ended.reply();
    std::thread watch([this, &ended] {
        if (!ended.wait(kPatience)) {
            store->give_up();
        }
    });
    loop.post([this] { consumers.finish(); });
    loop.stop();
    reader.stop();
    reply->give(true);
    watch.join();
}

Engine::Engine(std::unique_ptr<store::Store> store, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(std::move(store), options)) {}

Engine::~Engine() {
    impl_->stop();
}

StreamResult<void> Engine::restore(const std::function<void(double)>& on_progress) {
    auto newest = restore_streams(impl_->parts, on_progress);
    if (!newest) {
        return unexpected(std::move(newest.error()));
    }
    impl_->loop.use_newest_time(*newest);
    StreamResult<void> restored;
    impl_->streams.for_each([&](const StreamRuntime& stream) {
        if (restored) {
            restored = impl_->consumers.restore(stream);
        }
    });
    return restored;
}

void Engine::start(std::vector<exchange::OfferSource*> shards, AccountNumber account_number) {
    impl_->streams.use_accounts(std::move(account_number));
    impl_->started = true;
    impl_->reader.start("stream reader");
    impl_->loop.start(std::move(shards));
    impl_->loop.post([impl = impl_.get()] { impl->captures.publish([] {}); });
}

void Engine::use_member_shards(std::vector<exchange::MemberSource*> shards) {
    impl_->consumers.use_shards(std::move(shards));
}

exchange::StreamConsumers& Engine::consumers() {
    return impl_->consumers.calls();
}

StreamResult<std::vector<v1::ConsumerInfo>> Engine::list_consumers(
    std::string_view account, std::string_view stream
) {
    return impl_->ask_stream<std::vector<v1::ConsumerInfo>>(
        [impl = impl_.get(), account = std::string(account), stream = std::string(stream)](
            const auto& reply
        ) { impl->consumer_admin.list(account, stream, reply); }
    );
}

StreamResult<Engine::FirstConsumers> Engine::first_consumers(std::size_t limit) {
    return impl_->ask_stream<FirstConsumers>([impl = impl_.get(), limit](const auto& reply) {
        impl->consumer_admin.first(limit, reply);
    });
}

StreamResult<v1::ConsumerInfo> Engine::consumer_info(const ConsumerName& name) {
    return impl_->ask_stream<v1::ConsumerInfo>([impl = impl_.get(), name](const auto& reply) {
        impl->consumer_admin.info(name, reply);
    });
}

StreamResult<void> Engine::remove_consumer(const ConsumerName& name) {
    return impl_->ask_stream<void>([impl = impl_.get(), name](const auto& reply) {
        impl->consumer_admin.remove(name, reply);
    });
}

StreamResult<v1::ConsumerInfo> Engine::pause_consumer(
    const ConsumerName& name, std::chrono::milliseconds time
) {
    return impl_->ask_stream<v1::ConsumerInfo>([impl = impl_.get(), name, time](const auto& reply) {
        impl->consumer_admin.pause(name, time, reply);
    });
}

void Engine::stop() {
    impl_->stop();
}

Result<void, std::vector<StreamFault>> Engine::configure(
    const std::vector<ConfiguredStream>& streams, bool force, bool dry_run
) {
    std::vector<ConfiguredStream> wanted = streams;
    for (ConfiguredStream& stream : wanted) {
        stream.account = account_key(stream.account);
    }
    using Outcome = Result<void, std::vector<StreamFault>>;
    auto outcome =
        impl_->ask<Outcome>([impl = impl_.get(), wanted, force, dry_run](const auto& reply) {
            impl->configuration.configure(wanted, force, dry_run, reply);
        });
    return outcome ? std::move(*outcome) : unexpected(std::vector<StreamFault>{busy()});
}

void Engine::use_accounts(AccountNumber account_number) {
    impl_->loop.post([impl = impl_.get(), number = std::move(account_number)] {
        impl->streams.use_accounts(number);
        impl->captures.publish([] {});
    });
}

StreamResult<v1::StreamInfo> Engine::create(const v1::StreamConfig& config) {
    return impl_->ask_stream<v1::StreamInfo>([impl = impl_.get(),
                                              config = with_account_key(config)](const auto& reply
                                             ) { impl->admin.create(config, reply); });
}

StreamResult<v1::StreamInfo> Engine::change(const v1::StreamConfig& config, bool force) {
    return impl_->ask_stream<v1::StreamInfo>(
        [impl = impl_.get(), config = with_account_key(config), force](const auto& reply) {
            impl->admin.change(config, force, reply);
        }
    );
}

StreamResult<void> Engine::remove(std::string_view account, std::string_view name) {
    return impl_->ask_stream<void>([impl = impl_.get(),
                                    account = account_key(account),
                                    name = std::string(name)](const auto& reply) {
        impl->admin.remove(account, name, reply);
    });
}

StreamResult<v1::StreamInfo> Engine::info(std::string_view account, std::string_view name) {
    return impl_->ask_stream<v1::StreamInfo>([impl = impl_.get(),
                                              account = account_key(account),
                                              name = std::string(name)](const auto& reply) {
        reply->give(impl->streams.get(account, name).map([](const StreamRuntime* stream) {
            return stream->info();
        }));
    });
}

StreamResult<std::vector<v1::StreamInfo>> Engine::list() {
    return impl_->ask_stream<std::vector<v1::StreamInfo>>([impl = impl_.get()](const auto& reply) {
        std::vector<v1::StreamInfo> all;
        impl->streams.for_each([&](const StreamRuntime& stream) { all.push_back(stream.info()); });
        reply->give(std::move(all));
    });
}

v1::StorageInfo Engine::storage_info() {
    v1::StorageInfo info;
    const store::StoreFigures store = impl_->store->figures();
    const CommitFigures& commits = impl_->loop.figures();
    const bool failed = impl_->loop.has_failed();
    info.set_state(std::string(name_of(failed ? store::StoreState::failed : impl_->store->state()))
    );
    info.set_reason(impl_->store->state_reason());
    if (failed && info.reason().empty()) {
        info.set_reason(impl_->loop.failure());
    }
    info.set_disk_bytes(store.disk_bytes);
    info.set_free_bytes(store.free_bytes);
    info.set_memory_bytes(store.memory_bytes);
    info.set_commits(commits.commits);
    info.set_committed_messages(commits.records);
    info.set_written_bytes(commits.bytes);
    info.set_commit_seconds_sum(static_cast<double>(commits.commit_nanoseconds) / 1e9);
    if (impl_->options.sync_nanoseconds) {
        info.set_sync_seconds_sum(static_cast<double>(*impl_->options.sync_nanoseconds) / 1e9);
    }
    info.set_raised_priority(commits.raised_priority);
    return info;
}

StreamResult<std::uint64_t> Engine::purge(
    std::string_view account, std::string_view name, const Purge& purge
) {
    return impl_->ask_stream<std::uint64_t>(
        [impl = impl_.get(), account = account_key(account), name = std::string(name), purge](
            const auto& reply
        ) { impl->removal.purge(account, name, purge, reply); }
    );
}

StreamResult<void> Engine::erase(
    std::string_view account, std::string_view name, std::uint64_t sequence
) {
    return impl_->ask_stream<void>(
        [impl = impl_.get(), account = account_key(account), name = std::string(name), sequence](
            const auto& reply
        ) { impl->removal.erase(account, name, sequence, reply); }
    );
}

v1::StreamMessages Engine::get(std::string_view account, const v1::GetStreamMessage& request) {
    const auto encoded = impl_->ask<std::string>(
        [impl = impl_.get(), account = account_key(account), request](const auto& reply) {
            impl->queries.get(
                impl->streams.find(account, request.stream()),
                request,
                [](std::string_view) { return true; },
                [reply](std::string messages) { reply->give(std::move(messages)); }
            );
        }
    );
    v1::StreamMessages messages;
    if (!encoded) {
        messages.mutable_error()->set_code(v1::STORAGE_BUSY);
        messages.mutable_error()->set_text(busy().text);
    } else if (!messages.ParseFromString(*encoded)) {
        messages.mutable_error()->set_code(v1::STREAM_DAMAGED);
        messages.mutable_error()->set_text("a stored message is not an encoded message");
    }
    return messages;
}

void Engine::offer(std::unique_ptr<exchange::OfferBatch> batch) {
    impl_->loop.offer(std::move(batch));
}

void Engine::query(Query query, std::function<void(QueryReply)> reply) {
    if (!impl_->started || impl_->stopped) {
        reply({.failure = v1::NO_RESPONDERS, .payload = {}, .type = {}});
        return;
    }
    impl_->loop.post([impl = impl_.get(), query = std::move(query), reply = std::move(reply)] {
        impl->queries.query(query, reply);
    });
}

}  // namespace telex::storage
