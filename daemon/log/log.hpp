#pragma once
// Writes events of the catalogue to the log:
//
//   log::write("listening", {{"listener", name}, {"address", address}});
//
// Values may come from peers: they are escaped, whatever the format. Thread: any. Never blocks
// (log/output.hpp).
#include "log/catalogue.hpp"
#include "log/field.hpp"

#include <initializer_list>

namespace telex::log {

void write(EventId event, std::initializer_list<Field> fields = {});
// At another level than the event's own.
void write(EventId event, Level level, std::initializer_list<Field> fields);

}  // namespace telex::log
