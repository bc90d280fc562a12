#include "support/recorded_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace telex::test {
namespace {

class RecordingReader {
public:
    explicit RecordingReader(const std::filesystem::path& file) : file_(file), lines_(file) {
        recording_.name = file.stem();
    }

    Recording read() {
        for (std::string line; std::getline(lines_, line); ++number_) {
            const std::size_t colon = line.find(':');
            if (line.starts_with("    ")) {
                continue_value(line);
            } else if (line.empty()) {
                finish_value();
            } else if (colon == std::string::npos) {
                fail("no key");
            } else {
                finish_value();
                key_ = line.substr(0, colon);
                value_ = line.substr(std::min(line.size(), colon + 2));
            }
        }
        finish_value();
        return std::move(recording_);
    }

private:
    [[noreturn]] void fail(std::string_view what) const {
        throw std::runtime_error(fmt::format("{}:{}: {}", file_.string(), number_, what));
    }

    void continue_value(std::string_view line) {
        if (key_.empty()) {
            fail("nothing to continue");
        }
        value_ += line.substr(line.find_first_not_of(' '));
    }

    void finish_value() {
        if (!key_.empty() && !of_recording() && !of_stream()) {
            fail("unknown key " + key_);
        }
        key_.clear();
        value_.clear();
    }

    bool of_recording() {
        if (key_ == "read" || key_ == "written") {
            recording_.streams.push_back({.written = key_ == "written", .from = value_});
        } else if (key_ == "format") {
            recording_.format = value_;
        } else if (key_ == "framing") {
            recording_.framing = value_;
        } else if (key_ == "program") {
            recording_.program = value_;
        } else if (key_ == "command") {
            recording_.command = value_;
        } else {
            return key_ == "note";
        }
        return true;
    }

    bool of_stream() {
        if (recording_.streams.empty()) {
            fail("no stream");
        }
        RecordedStream& stream = recording_.streams.back();
        if (key_ == "frame") {
            stream.frames.push_back({bytes_of_value(), bytes_of_value()});
        } else if (key_ == "payload" && !stream.frames.empty()) {
            stream.frames.back().payload = bytes_of_value();
        } else if (key_ == "rest") {
            stream.rest = bytes_of_value();
        } else if (key_ == "error") {
            stream.error = value_;
        } else if (key_ == "encodes-differently") {
            stream.encodes_differently = value_;
        } else {
            return false;
        }
        return true;
    }

    std::string bytes_of_value() const {
        std::string digits = value_;
        std::erase(digits, ' ');
        if (digits.size() % 2 != 0 ||
            digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
            fail("not hexadecimal");
        }
        std::string out;
        for (std::size_t at = 0; at < digits.size(); at += 2) {
            out.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
        }
        return out;
    }

    std::filesystem::path file_;
    std::ifstream lines_;
    std::size_t number_ = 1;
    std::string key_;
    std::string value_;
    Recording recording_;
};

}  // namespace

std::string RecordedStream::bytes() const {
    std::string out;
    for (const RecordedFrame& frame : frames) {
        out += frame.wire;
    }
    return out + rest;
}

Recording read_recording(const std::filesystem::path& file) {
    return RecordingReader(file).read();
}

std::vector<Recording> read_recordings(const std::filesystem::path& folder) {
    std::vector<Recording> recordings;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        recordings.push_back(read_recording(entry.path()));
    }
    std::ranges::sort(recordings, {}, &Recording::name);
    return recordings;
}

}  // namespace telex::test
