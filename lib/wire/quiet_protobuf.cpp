#include "wire/quiet_protobuf.hpp"

#include <google/protobuf/stubs/logging.h>

namespace telex::wire {

void quiet_protobuf() {
    // Silences everything but fatal messages, until exit.
    static const google::protobuf::LogSilencer silencer;
}

}  // namespace telex::wire
