#pragma once
// An error of a stream: its code for programs, and a sentence for people.
#include "base/result.hpp"
#include "telex/v1/stream.pb.h"

#include <string>
#include <utility>

namespace telex::storage {

struct StreamFault {
    v1::StreamErrorCode code = v1::STREAM_ERROR_UNSPECIFIED;
    std::string text;  // for people; names the stream
};

template <class T>
using StreamResult = Result<T, StreamFault>;

inline unexpected<StreamFault> stream_fault(v1::StreamErrorCode code, std::string text) {
    return unexpected(StreamFault{code, std::move(text)});
}

}  // namespace telex::storage
