#pragma once
// The settings of a consumer on the wire (v1::ConsumerConfig), and those of the state machines.
//
// On the wire 0 means the default or no limit; in streams::ConsumerOptions a limit is absent then.
#include "base/result.hpp"
#include "streams/consumer_options.hpp"
#include "streams/stream_options.hpp"
#include "telex/v1/consumer.pb.h"
#include "telex/v1/error.pb.h"

#include <string>
#include <string_view>
#include <utility>

namespace telex::storage {

// An error of a consumer: its code for programs, and a sentence for people.
struct ConsumerFault {
    v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
    std::string text;  // names the consumer and the setting
};

template <class T>
using ConsumerResult = Result<T, ConsumerFault>;

inline unexpected<ConsumerFault> consumer_fault(v1::ErrorCode code, std::string text) {
    return unexpected(ConsumerFault{code, std::move(text)});
}

// The settings of a consumer that was checked when it was created. A consumer with a name is
// durable. Errors: BAD_CONSUMER for values of a newer version.
[[nodiscard]] ConsumerResult<streams::ConsumerOptions> read_consumer_config(
    const v1::ConsumerConfig& config, std::string_view name
);

// The same for a new consumer of the stream. Errors: BAD_CONSUMER, whose text names all wrong
// settings.
[[nodiscard]] ConsumerResult<streams::ConsumerOptions> check_consumer_config(
    const v1::ConsumerConfig& config, std::string_view name, const streams::StreamOptions& stream
);

v1::ConsumerConfig config_of(const streams::ConsumerOptions& options);

}  // namespace telex::storage
