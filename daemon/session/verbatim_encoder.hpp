#pragma once
// For protocols with a built-in framing whose sessions write complete frames: nothing is added.
#include "codec/encoder.hpp"

#include <cstddef>
#include <memory>

namespace telex::session {

// For Protocol::make_encoder.
std::unique_ptr<codec::Encoder> make_verbatim_encoder(std::size_t max_frame_bytes);

}  // namespace telex::session
