#pragma once
// An event of the exchange ($SYS.event.*) as one line for people.
#include "telex/v1/event.pb.h"

#include <string>

namespace telex::cli {

// "2026-11-21 18:50:00.000123  connect  #12 native 10.0.0.1:5000 user anna client billing", without
// a line end. Control characters are escaped.
std::string event_text(const v1::Event& event);

}  // namespace telex::cli
