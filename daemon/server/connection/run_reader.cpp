#include "server/connection/run_reader.hpp"

#include <cstddef>

namespace telex::server {

namespace {

// Frames that are looked at before it is known that they are like the last one; each time, that
// many times as many.
constexpr std::size_t kFirstAhead = 4;

}  // namespace

void RunReader::read_run(
    FrameReader& reader,
    session::Session& session,
    const Lifecycle& lifecycle,
    reactor::WorkMeter& work
) {
    std::size_t most = kFirstAhead;
    while (lifecycle.is_live() && !work.slice_is_over()) {
        const auto frames = reader.look_ahead(most);
        if (frames.empty()) {
            return;
        }
        const std::size_t taken = session.on_frames_ahead(frames, reader.owner_ahead());
        if (taken == 0) {
            note_refusal();
            return;
        }
        note_run();
        reader.take(frames.first(taken));
        work.add(reactor::work::kFrame * taken);
        if (taken < frames.size()) {
            return;
        }
        most *= kFirstAhead;
    }
}

}  // namespace telex::server
