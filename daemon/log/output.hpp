#pragma once
// Where the log goes and how its lines look.
//
// Lines are rendered on the thread that logs and written by the log's own thread: a full pipe or a
// stopped journal never blocks a reactor. When the queue is full the oldest lines are lost; the
// next line says how many.
#include "log/catalogue.hpp"

#include <cstdint>
#include <string>

namespace telex::log {

struct RecordText;

enum class Format : std::uint8_t {
    automatic,  // journald when standard error is the journal, else text
    journald,
    text,
    json,
};

// Called before there are other threads; until then lines go to standard output as text.
void set_up(Format format, Level level);
void set_level(Level level);
Level level();
// Writes the queued lines. Called before the process ends, when no other thread logs.
void finish();

// The line as the format of set_up() wants it.
std::string render(const RecordText& record);

}  // namespace telex::log
