#include "wire/quiet_protobuf.hpp"

#include <google/protobuf/stubs/logging.h>

namespace telex::wire {

void quiet_protobuf() {
    // Silences all but what the library aborts for, as long as it lives, which is until exit.
    static const google::protobuf::LogSilencer silencer;
}

}  // namespace telex::wire
