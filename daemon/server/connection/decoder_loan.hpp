#pragma once
// A reader has a decoder while it reads, and returns it unless it is within a frame.
//
// Lives for one turn of a connection, on its thread.
#include "server/listener/listener_settings.hpp"
#include "server/stream/frame_reader.hpp"

namespace telex::server {

class DecoderLoan {
public:
    // Both outlive this. `packets`: of the connection's stream.
    DecoderLoan(FrameReader& reader, const ListenerSettingsPtr& settings, bool packets);
    ~DecoderLoan();
    DecoderLoan(const DecoderLoan&) = delete;
    DecoderLoan& operator=(const DecoderLoan&) = delete;

private:
    FrameReader& reader_;
    const ListenerSettingsPtr& settings_;
    const bool packets_;
};

}  // namespace telex::server
