#include "storage/queries.hpp"

#include "storage/record_search.hpp"
#include "wire/field_writer.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace telex::storage {

namespace {

using exchange::StreamStorage;

// Of one request, so that a filter that selects little does not hold up others. The next request
// goes on behind.
constexpr std::size_t kMaxBlocks = 4'096;

std::string encoded_error(v1::StreamErrorCode code, std::string text) {
    v1::StreamMessages messages;
    messages.mutable_error()->set_code(code);
    messages.mutable_error()->set_text(std::move(text));
    return messages.SerializeAsString();
}

std::string not_there() {
    return encoded_error(v1::MESSAGE_NOT_FOUND, "the message does not exist");
}

std::string damaged(const store::StoreError& error) {
    return encoded_error(v1::STREAM_DAMAGED, error.text);
}

// Appends a v1::StreamMessage to an encoded v1::StreamMessages. The message is not decoded.
void append_message(std::string& out, std::string_view stream, const store::Record& record) {
    std::string head;
    wire::append_text(head, v1::StreamMessage::kStreamFieldNumber, stream);
    wire::append_number(head, v1::StreamMessage::kSequenceFieldNumber, record.sequence);
    wire::append_number(
        head,
        v1::StreamMessage::kUnixNanosecondsFieldNumber,
        static_cast<std::uint64_t>(record.time)
    );
    wire::append_length_head(head, v1::StreamMessage::kMessageFieldNumber, record.body.size());
    wire::append_length_head(
        out, v1::StreamMessages::kMessagesFieldNumber, head.size() + record.body.size()
    );
    out += head;
    out += record.body;
}

// A request that the reader answers.
struct ReadJob {
    const store::Store& store;
    StoredStreamPtr stream;
    v1::GetStreamMessage request;
    Queries::MayRead may_read;
    std::size_t max_reply_bytes;
    Sequence at_most = 0;  // with last_of: the last message of the subject is not above
};

std::string read_one(const ReadJob& job) {
    const auto found =
        job.request.has_sequence()
            ? find_record(job.store, *job.stream, job.request.sequence())
            : find_last_of(job.store, *job.stream, job.request.last_of(), job.at_most);
    if (!found) {
        return damaged(found.error());
    }
    if (!*found || !job.may_read((*found)->record().subject)) {
        return not_there();
    }
    std::string reply;
    append_message(reply, job.stream->name, (*found)->record());
    return reply;
}

std::string read_many(const ReadJob& job) {
    const std::string& filter = job.request.filter();
    const std::uint32_t wanted = std::max(job.request.count(), 1U);
    RecordScan scan(job.store, *job.stream, job.request.from());
    std::string reply;
    Sequence next = scan.position();
    for (std::uint32_t count = 0; count < wanted && scan.blocks() < kMaxBlocks;) {
        const auto found = scan.next();
        if (!found && count == 0) {
            return damaged(found.error());
        }
        // After some messages, the next request meets the damage.
        if (!found || !*found) {
            break;
        }
        const store::Record record = (*found)->record();
        const bool selected = filter.empty() || wire::matches(filter, record.subject);
        if (selected && job.may_read(record.subject)) {
            if (count > 0 && reply.size() + record.body.size() > job.max_reply_bytes) {
                break;
            }
            append_message(reply, job.stream->name, record);
            ++count;
        }
        next = scan.position();
    }
    wire::append_number(reply, v1::StreamMessages::kNextSequenceFieldNumber, next);
    wire::append_number(
        reply, v1::StreamMessages::kLastSequenceFieldNumber, job.stream->last.load()
    );
    return reply;
}

// Whether the request is complete; otherwise its fault.
std::string_view fault_of(const v1::GetStreamMessage& request) {
    switch (request.which_case()) {
        case v1::GetStreamMessage::kSequence:
            return request.sequence() == 0 ? "sequence must be at least 1" : "";
        case v1::GetStreamMessage::kLastOf:
            return wire::check_subject(request.last_of()) ? "last_of must be a subject" : "";
        case v1::GetStreamMessage::kFrom:
            return !request.filter().empty() && wire::check_filter(request.filter())
                       ? "filter is not valid"
                       : "";
        case v1::GetStreamMessage::WHICH_NOT_SET:
            break;
    }
    return "sequence, last_of or from is required";
}

StreamStorage::QueryReply error_reply(v1::StreamErrorCode code, std::string text) {
    v1::StreamError error;
    error.set_code(code);
    error.set_text(std::move(text));
    return {.payload = error.SerializeAsString(), .type = "telex.v1.StreamError"};
}

StreamStorage::QueryReply info_reply(
    const StreamRuntime* stream, const v1::GetStreamMessage& request, const Queries::MayRead& may
) {
    const bool visible = stream != nullptr && std::any_of(
                                                  stream->options().subjects.begin(),
                                                  stream->options().subjects.end(),
                                                  [&](const auto& subject) { return may(subject); }
                                              );
    if (!visible) {
        return error_reply(
            v1::STREAM_NOT_FOUND, fmt::format("stream '{}' does not exist", request.stream())
        );
    }
    return {.payload = stream->info().SerializeAsString(), .type = "telex.v1.StreamInfo"};
}

}  // namespace

void Queries::get(
    const StreamRuntime* stream,
    const v1::GetStreamMessage& request,
    MayRead may_read,
    Answer answer
) {
    if (const std::string_view fault = fault_of(request); !fault.empty()) {
        answer(encoded_error(v1::STREAM_BAD_REQUEST, std::string(fault)));
        return;
    }
    if (stream == nullptr) {
        answer(encoded_error(
            v1::STREAM_NOT_FOUND, fmt::format("stream '{}' does not exist", request.stream())
        ));
        return;
    }
    auto job = std::make_shared<ReadJob>(ReadJob{
        parts_.store, stream->stored(), request, std::move(may_read), parts_.options.max_reply_bytes
    });
    Sequence wanted = request.sequence();
    if (request.has_last_of()) {
        const streams::SubjectLast last = stream->state().records().last_of(request.last_of());
        if (last.sequence == streams::kNoSequence) {
            answer(not_there());
            return;
        }
        job->at_most = last.exact ? last.sequence : last.sequence - 1;
        wanted = job->at_most;
    }
    const auto read = [this, job, answer = std::move(answer)] {
        parts_.reader.post([job, answer] {
            answer(job->request.has_from() ? read_many(*job) : read_one(*job));
        });
    };
    const bool is_committed = wanted <= stream->stored()->last.load(std::memory_order_relaxed);
    if (is_committed || wanted > stream->state().last()) {
        read();
    } else {
        parts_.loop.after_commit([read](const CommitOutcome&) { read(); }, false);
    }
}

void Queries::query(
    const StreamStorage::Query& query, const std::function<void(StreamStorage::QueryReply)>& reply
) {
    const bool is_get = query.name == "get";
    if (!is_get && query.name != "info") {
        reply({.failure = v1::NO_RESPONDERS, .payload = {}, .type = {}});
        return;
    }
    v1::GetStreamMessage request;
    const bool valid = request.ParseFromString(query.payload);
    const StreamRuntime* const stream =
        valid ? parts_.streams.find(query.account, request.stream()) : nullptr;
    if (!is_get) {
        reply(info_reply(stream, request, query.may_read));
        return;
    }
    const auto answer = [reply](std::string messages) {
        reply({.payload = std::move(messages), .type = "telex.v1.StreamMessages"});
    };
    if (!valid) {
        answer(encoded_error(v1::STREAM_BAD_REQUEST, "the payload is not a GetStreamMessage"));
        return;
    }
    get(stream, request, query.may_read, answer);
}

}  // namespace telex::storage
