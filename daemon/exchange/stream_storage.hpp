#pragma once
// The exchange's interface to the storage of streams.
//
// A message on a subject that a stream stores is not routed at once. Its shard collects such
// messages and offers them to the storage at the end of the turn. The storage decides about each in
// order; the shard then routes the accepted ones, and tells durable publishers once a later call
// reports the commit:
//
//   shard   publish -> OfferBatch ----.                  .-> route the accepted messages
//   storage                           decide -- commit   |
//                                        |         '-----|-> answer the durable publishers
//                                        '---------------'
//
// The storage answers each batch twice, in the order of the batches of a shard: by
// OfferSource::take_decisions(), and later by OfferSource::take_commit().
#include "access/accounts.hpp"
#include "base/bytes.hpp"
#include "telex/v1/error.pb.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::exchange {

// Of a stream of this run and later ones; never used for another stream.
using StreamNumber = std::uint32_t;

// The subjects that streams store. Shared by all shards; constant once made.
struct CaptureTable {
    struct Row {
        StreamNumber stream = 0;
        access::AccountId account = access::kDefaultAccount;
        std::string filter;
        std::string name;  // of the stream
    };

    // No two rows of an account have a subject in common, except those of one stream.
    std::vector<Row> rows;
};

using CaptureTablePtr = std::shared_ptr<const CaptureTable>;

// A message that is offered. The views are valid as long as its batch.
struct OfferedMessage {
    StreamNumber stream = 0;
    std::string_view subject;  // that it is stored under: what it is routed by
    ByteView body;             // an encoded telex.v1.Message, scanned before
};

struct StreamDecision {
    // Unspecified: accepted. NO_STREAM: the stream was removed meanwhile; an ordinary message is
    // routed as if there had never been one. Others: refused, no subscriber gets it.
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string_view text{};  // of a refusal; a literal
    // Of the record; that of the earlier record of a duplicate; after WRONG_SEQUENCE the last one.
    std::uint64_t sequence = 0;
    bool duplicate = false;  // accepted before: it is not delivered again
};

// The offers of one turn of a shard. A subclass keeps the bytes.
class OfferBatch {
public:
    OfferBatch() = default;
    OfferBatch(const OfferBatch&) = delete;
    OfferBatch& operator=(const OfferBatch&) = delete;
    virtual ~OfferBatch() = default;

    std::uint16_t shard = 0;   // of the exchange
    std::uint64_t number = 0;  // ascending by one within the shard, from 1
    std::vector<OfferedMessage> offers;
    // Made by the storage: one for each offer.
    std::vector<StreamDecision> decisions;
};

// A shard, as the storage sees it. Any thread; does not block: what is passed is posted to the
// shard's reactor, and takes effect there in the order of the calls.
class OfferSource {
public:
    virtual ~OfferSource() = default;

    virtual void take_decisions(std::unique_ptr<OfferBatch> batch) = 0;
    // The accepted messages of all batches up to this number are committed, those that earlier
    // calls named included. STORAGE_FULL: none of them is stored. STORAGE_FAILED: it is not known
    // which messages are.
    virtual void take_commit(std::uint64_t batch, v1::ErrorCode failure) = 0;
    // `done` runs on the shard's thread once the table is in use.
    virtual void use_captures(CaptureTablePtr table, std::function<void()> done) = 0;
};

class StreamStorage {
public:
    virtual ~StreamStorage() = default;

    // Decides about the offers, and answers twice as described above. Any shard's thread; does not
    // block. The shard limits the bytes under way.
    virtual void offer(std::unique_ptr<OfferBatch> batch) = 0;

    // A request to `$SYS.stream.NAME`. `payload`: the encoded request. `may_read(subject)`: whether
    // the requester may subscribe to a subject; is called on the storage's threads, until `reply`
    // was called.
    struct Query {
        std::string name;
        std::string payload;
        access::AccountId account = access::kDefaultAccount;
        std::function<bool(std::string_view subject)> may_read;
    };

    struct QueryReply {
        // ERROR_CODE_UNSPECIFIED: the other members are the reply.
        v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED;
        std::string payload{};
        std::string type{};  // of the protobuf message in the payload
    };

    // Any shard's thread; does not block. `reply` runs exactly once on any thread, unless the
    // daemon ends before. An unknown name: NO_RESPONDERS.
    virtual void query(Query query, std::function<void(QueryReply)> reply) = 0;
};

}  // namespace telex::exchange
