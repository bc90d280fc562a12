#include "wire/frame_encoding.hpp"

#include "telex/v1/telex.pb.h"
#include "wire/field_numbers.hpp"

namespace telex::wire {
namespace {

using v1::Frame;
using v1::Header;
using v1::Message;

static_assert(frame_field::kSubscription == Frame::kSubscriptionFieldNumber);
static_assert(frame_field::kMessage == Frame::kMessageFieldNumber);
static_assert(frame_field::kRequest == Frame::kRequestFieldNumber);
static_assert(frame_field::kTimeoutMs == Frame::kTimeoutMsFieldNumber);
static_assert(frame_field::kReplyTo == Frame::kReplyToFieldNumber);
static_assert(frame_field::kDurable == Frame::kDurableFieldNumber);
static_assert(frame_field::kPosition == Frame::kPositionFieldNumber);
static_assert(stored_field::kStream == v1::Stored::kStreamFieldNumber);
static_assert(stored_field::kSequence == v1::Stored::kSequenceFieldNumber);
static_assert(stored_field::kDuplicate == v1::Stored::kDuplicateFieldNumber);
static_assert(frame_field::kHello == Frame::kHelloFieldNumber);
static_assert(frame_field::kWelcome == Frame::kWelcomeFieldNumber);
static_assert(frame_field::kSubscribe == Frame::kSubscribeFieldNumber);
static_assert(frame_field::kSubscribed == Frame::kSubscribedFieldNumber);
static_assert(frame_field::kUnsubscribe == Frame::kUnsubscribeFieldNumber);
static_assert(frame_field::kUnsubscribed == Frame::kUnsubscribedFieldNumber);
static_assert(frame_field::kCredit == Frame::kCreditFieldNumber);
static_assert(frame_field::kPing == Frame::kPingFieldNumber);
static_assert(frame_field::kPong == Frame::kPongFieldNumber);
static_assert(frame_field::kFlush == Frame::kFlushFieldNumber);
static_assert(frame_field::kFlushed == Frame::kFlushedFieldNumber);
static_assert(frame_field::kGoodbye == Frame::kGoodbyeFieldNumber);
static_assert(frame_field::kError == Frame::kErrorFieldNumber);
static_assert(frame_field::kChallenge == Frame::kChallengeFieldNumber);
static_assert(frame_field::kProof == Frame::kProofFieldNumber);
static_assert(frame_field::kStored == Frame::kStoredFieldNumber);
static_assert(frame_field::kConsume == Frame::kConsumeFieldNumber);
static_assert(frame_field::kAcknowledge == Frame::kAcknowledgeFieldNumber);

static_assert(message_field::kSubject == Message::kSubjectFieldNumber);
static_assert(message_field::kPayload == Message::kPayloadFieldNumber);
static_assert(message_field::kReply == Message::kReplyFieldNumber);
static_assert(message_field::kHeaders == Message::kHeadersFieldNumber);
static_assert(message_field::kId == Message::kIdFieldNumber);
static_assert(message_field::kContentType == Message::kContentTypeFieldNumber);
static_assert(message_field::kType == Message::kTypeFieldNumber);
static_assert(message_field::kTtlMs == Message::kTtlMsFieldNumber);
static_assert(message_field::kExpectedLastSequence == Message::kExpectedLastSequenceFieldNumber);
static_assert(
    message_field::kExpectedSubjectSequence == Message::kExpectedSubjectSequenceFieldNumber
);
static_assert(message_field::kRollUp == Message::kRollUpFieldNumber);
static_assert(message_field::kHeaderBlock == Message::kHeaderBlockFieldNumber);

static_assert(header_field::kName == Header::kNameFieldNumber);
static_assert(header_field::kValue == Header::kValueFieldNumber);

static_assert(position_field::kSequence == v1::Position::kSequenceFieldNumber);
static_assert(position_field::kUnixNanoseconds == v1::Position::kUnixNanosecondsFieldNumber);
static_assert(position_field::kAttempt == v1::Position::kAttemptFieldNumber);
static_assert(position_field::kRedelivered == v1::Position::kRedeliveredFieldNumber);

}  // namespace

void append_frame(std::string& out, const v1::Frame& frame) {
    frame.AppendToString(&out);
}

}  // namespace telex::wire
