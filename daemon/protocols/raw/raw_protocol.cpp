#include "protocols/raw/raw_protocol.hpp"

#include "protocols/raw/raw_options.hpp"
#include "protocols/raw/raw_session.hpp"

namespace telex::session::raw {

const Protocol raw_protocol{
    .name = "raw",
    .summary = "a frame is a payload; the configuration says where it goes",
    .default_framing = "lines",
    .can = {.may_be_silent = true, .any_bytes = true, .content = FrameContent::payload},
    .make = make_session<RawSession>,
    .option_rows = raw_option_rows,
    .check_listener = check_raw_listener,
};

}  // namespace telex::session::raw
