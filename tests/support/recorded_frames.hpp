#pragma once
// Bytes that a program sent or accepted, with the frames in them: tests/data/cookbook/*.frames.
//
//   format: DNS over TCP              a row of docs/framing-cookbook.md
//   framing: u16be                    if the row has several
//   program: bind9-dnsutils 1:9.18    the package
//   command: dig +tcp host.example    what was run
//   note: …                           what else a reader has to know
//
//   read: dig                         bytes that telexd reads; written: bytes that it writes
//   frame: 0005 68656c6c6f            as on the wire
//   payload: 68656c6c6f               if it is not the same
//   rest: 30                          bytes behind the last frame, which are
//   error: bad_length                 this error
//
// A stream has `encodes-differently` and the reason if its payloads become other bytes.
#include <filesystem>
#include <string>
#include <vector>

namespace telex::test {

struct RecordedFrame {
    std::string wire;
    std::string payload;
};

struct RecordedStream {
    bool written = false;
    std::string from;
    std::vector<RecordedFrame> frames;
    std::string rest;
    std::string error;
    std::string encodes_differently;

    std::string bytes() const;
};

struct Recording {
    std::string name;  // of the file
    std::string format;
    std::string framing;
    std::string program;
    std::string command;
    std::vector<RecordedStream> streams;
};

// Throws std::runtime_error with file and line.
Recording read_recording(const std::filesystem::path& file);

// All of them, by name.
std::vector<Recording> read_recordings(const std::filesystem::path& folder);

}  // namespace telex::test
