#pragma once
// The answer to a frame that a stream stored or refused, as the listener's keys `ack` and `nak`
// say: bytes in which {stream}, {sequence} and {code} stand for what is known of the frame. All
// other bytes, braces included, are written as they are.
#include "broker/stored_outcome.hpp"

#include <string>
#include <string_view>

namespace telex::session::raw {

// {sequence} is 0 and {stream} empty in the answer to a refused frame; {code} is the name of the
// error, and STORED in the answer to a stored one.
std::string write_stored_answer(std::string_view format, const broker::StoredOutcome& outcome);

}  // namespace telex::session::raw
