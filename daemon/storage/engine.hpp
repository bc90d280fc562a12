#pragma once
// The engine of streams: it joins their state machines (daemon/streams) with the store
// (daemon/store), and answers the exchange and operators.
//
//   shards ----- offers ----> [ storage thread ] --- groups ----> [ committer thread ]
//          <--- decisions ---   decides                             blocks, Store::commit
//          <--------------------- committed up to batch N ---------------'
//
// A third thread reads the disk for queries, so that they do not stop the others.
//
// All publications that arrive while a commit is synced are the next commit. The committer's
// priority is raised, if the service manager allows it: on a busy machine its wake-up from the disk
// would otherwise take up to 4 ms.
//
// Owner: the application, from before the reactors run until after they stopped. It has three
// threads; a function says which threads may call it.
#include "base/result.hpp"
#include "base/time.hpp"
#include "exchange/stream_consumers.hpp"
#include "exchange/stream_storage.hpp"
#include "storage/stream_fault.hpp"
#include "store/store.hpp"
#include "streams/stream_options.hpp"
#include "telex/v1/stream.pb.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::storage {

struct EngineOptions {
    std::uint64_t max_pending_bytes = std::uint64_t{32} << 20U;   // decided and not committed
    std::uint64_t max_stream_memory = std::uint64_t{256} << 20U;  // of the state of a stream
    std::size_t max_streams = 1'000;                              // in each account
    std::size_t max_reply_bytes = std::size_t{512} * 1024;        // of $SYS.stream.get
    std::uint64_t seed = 0;                                       // a secret of the process

    // Nanoseconds of waiting for the disk: counted by the store's CommitHook, which is set before
    // the engine exists. May be null.
    std::shared_ptr<const std::atomic<std::int64_t>> sync_nanoseconds;

    // For tests: the time of day, and the clock of intervals.
    std::function<streams::Time()> wall_clock = [] {
        return streams::Time(std::chrono::system_clock::now());
    };
    std::function<TimePoint()> steady_clock = Clock::now;
};

// A stream that the configuration file asks for.
struct ConfiguredStream {
    std::string account;
    streams::StreamOptions options;
};

class Engine final : public exchange::StreamStorage {
public:
    // Absent: there is no account of this name.
    using AccountNumber = std::function<std::optional<access::AccountId>(std::string_view name)>;

    // Takes an open store.
    Engine(std::unique_ptr<store::Store> store, const EngineOptions& options);
    ~Engine() override;

    // --- the application, before the reactors run
    //
    // Reads all streams. An error names the damage; `on_progress` (may be empty) is called with the
    // share of the bytes that was read, 0 to 1, about once a second.
    [[nodiscard]] StreamResult<void> restore(const std::function<void(double)>& on_progress = {});

    // Starts the threads and gives the shards their capture tables. `shards`: in the order of their
    // numbers; they must outlive stop().
    void start(std::vector<exchange::OfferSource*> shards, AccountNumber account_number);

    // The same shards for consumers, before start(). Without them no consumer can be attached.
    void use_member_shards(std::vector<exchange::MemberSource*> shards);

    // Decides and commits all that was offered, and ends the threads. After the last offer, while
    // the reactors still run; what is answered is posted before it returns.
    void stop();

    // --- any thread but a reactor's and the engine's own
    //
    // Each waits for the storage thread, at most kPatience: then the error is STORAGE_BUSY. Before
    // start() the caller's thread does the work.
    static constexpr std::chrono::seconds kPatience{10};

    // Creates the streams of the configuration that do not exist, and changes the others. Streams
    // that it named before and names no longer go on as if created by command. All or nothing:
    // checks all first. `force`: stored messages may be lost. `dry_run`: checks only.
    [[nodiscard]] Result<void, std::vector<StreamFault>> configure(
        const std::vector<ConfiguredStream>& streams, bool force, bool dry_run
    );
    // Account numbers have changed.
    void use_accounts(AccountNumber account_number);

    // Returns once the stream captures on every shard. A stream that exists with the same settings
    // is a success.
    [[nodiscard]] StreamResult<v1::StreamInfo> create(const v1::StreamConfig& config);
    [[nodiscard]] StreamResult<v1::StreamInfo> change(const v1::StreamConfig& config, bool force);
    [[nodiscard]] StreamResult<void> remove(std::string_view account, std::string_view name);
    [[nodiscard]] StreamResult<v1::StreamInfo> info(
        std::string_view account, std::string_view name
    );
    // In the order of account and name.
    [[nodiscard]] StreamResult<std::vector<v1::StreamInfo>> list();
    [[nodiscard]] v1::StorageInfo storage_info();

    struct Purge {
        std::string filter;        // empty: all subjects
        std::uint64_t before = 0;  // messages below this sequence; 0: all
        std::uint64_t keep = 0;    // except for this many of the newest
    };

    // Returns the number of removed messages, once the removal is on the disk.
    [[nodiscard]] StreamResult<std::uint64_t> purge(
        std::string_view account, std::string_view name, const Purge& purge
    );
    [[nodiscard]] StreamResult<void> erase(
        std::string_view account, std::string_view name, std::uint64_t sequence
    );
    // As $SYS.stream.get, without a check of rights.
    [[nodiscard]] v1::StreamMessages get(
        std::string_view account, const v1::GetStreamMessage& request
    );

    struct ConsumerName {
        std::string account;
        std::string stream;
        std::string consumer;
    };

    // Errors: STREAM_NOT_FOUND, CONSUMER_NOT_FOUND. In the order of their names.
    [[nodiscard]] StreamResult<std::vector<v1::ConsumerInfo>> list_consumers(
        std::string_view account, std::string_view stream
    );

    struct ListedConsumer {
        std::string account;
        v1::ConsumerInfo info;
    };

    struct FirstConsumers {
        std::size_t total = 0;  // of all streams, durable or not
        std::vector<ListedConsumer> durable;
    };

    // At most `limit` durable consumers of all streams, in the order of account, stream and name.
    [[nodiscard]] StreamResult<FirstConsumers> first_consumers(std::size_t limit);
    [[nodiscard]] StreamResult<v1::ConsumerInfo> consumer_info(const ConsumerName& name);
    // Its members are notified.
    [[nodiscard]] StreamResult<void> remove_consumer(const ConsumerName& name);
    // Deliveries stop for this time, of 0 they go on. A pause survives a restart.
    [[nodiscard]] StreamResult<v1::ConsumerInfo> pause_consumer(
        const ConsumerName& name, std::chrono::milliseconds time
    );

    // Consumers, for the shards. Valid as long as the engine; stop() ends its work.
    exchange::StreamConsumers& consumers();

    // --- exchange::StreamStorage
    void offer(std::unique_ptr<exchange::OfferBatch> batch) override;
    void query(Query query, std::function<void(QueryReply)> reply) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace telex::storage
