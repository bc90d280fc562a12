#include "server/stream/queued_output.hpp"

namespace telex::server {

void QueuedOutput::clear() {
    committed.clear();
    unwritten.clear();
    for (Frames* const frames : {&controls, &backlog}) {
        frames->bytes.clear();
        frames->marks.clear();
    }
    control_bytes = 0;
}

void QueuedOutput::shrink() {
    committed.shrink();
    unwritten.shrink();
    for (Frames* const frames : {&controls, &backlog}) {
        frames->bytes.shrink();
        frames->marks.shrink();
    }
}

}  // namespace telex::server
