#include "server/connection/frame_notice.hpp"

#include <algorithm>

namespace telex::server {

void FrameNotice::show_next(FrameReader& reader, session::Session& session) {
    if (!session.wants_notice()) {
        left_ = session::Session::kMaxNotice - 1;
        return;
    }
    const auto frames = reader.look_ahead(session::Session::kMaxNotice);
    left_ = static_cast<std::uint8_t>(std::max<std::size_t>(frames.size(), 1) - 1);
    session.on_notice(frames);
}

}  // namespace telex::server
