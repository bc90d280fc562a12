#pragma once
// Keeps requests of pages that may not use a listener away from it (FrameError::foreign_page). A
// page of any site can make its visitor's browser send a POST to a port of this host.
//
// Only requests of HTTP are judged: browsers send nothing else. Frames of SIP, STOMP and the like
// may enter.
//
// Owner: the settings of a listener. Thread: any.
#include "codec/head_check.hpp"
#include "web/page_guard.hpp"

namespace telex::web {

class RequestCheck final : public codec::HeadCheck {
public:
    // `guard` must outlive it.
    explicit RequestCheck(const PageGuard& guard) : guard_(guard) {}

    std::optional<codec::FrameError> check(ByteView head) const override;

private:
    const PageGuard& guard_;
};

}  // namespace telex::web
