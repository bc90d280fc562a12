#include "support/naive_headers.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>

namespace telex::test {

namespace {

using namespace codec;

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char byte) {
        return static_cast<char>(std::tolower(byte));
    });
    return text;
}

class NaiveHeaders {
public:
    NaiveHeaders(const Framing& framing, ByteView stream)
        : framing_(framing),
          options_(framing.headers),
          stream_(stream),
          budget_(framing.discard_budget) {}

    DecodeOutcome run() {
        while (!outcome_.error && skip_line_ends()) {
            one_frame();
        }
        return std::move(outcome_);
    }

private:
    // Returns false at the end of the stream.
    bool skip_line_ends() {
        while (rest().starts_with("\n") || rest().starts_with("\r\n")) {
            pos_ += rest().starts_with("\n") ? 1U : 2U;
        }
        if (rest() == "\r") {
            outcome_.error = FrameError::truncated;
            return false;
        }
        return !rest().empty();
    }

    ByteView rest() const { return stream_.substr(pos_); }

    void one_frame() {
        length_.reset();
        const ByteView window = rest().substr(0, options_.head_limit);
        std::size_t size = 0;
        for (bool first = true; !outcome_.error; first = false) {
            const std::size_t end = window.find('\n', size);
            if (end == ByteView::npos) {
                outcome_.error = window.size() == options_.head_limit ? FrameError::head_too_large
                                                                      : FrameError::truncated;
                return;
            }
            std::string line(window.substr(size, end - size));
            size = end + 1;
            if (line.ends_with('\r')) {
                line.pop_back();
            }
            if (line.empty() && !first) {
                return body(size);
            }
            one_line(line, first);
        }
    }

    void one_line(const std::string& line, bool first) {
        static const std::regex header("([^\\x00-\\x20\\x7f:]+):([^\\r]*)");
        static const std::regex token("[-!#$%&'*+.^_`|~0-9A-Za-z]+:[^]*");
        std::smatch parts;
        if (line.empty() || line.find('\r') != std::string::npos ||
            line.find('\0') != std::string::npos) {
            outcome_.error = FrameError::bad_header;
            return;
        }
        if (first &&
            (options_.first_line == FirstLine::start ||
             (options_.first_line == FirstLine::either && !std::regex_match(line, token)))) {
            return;
        }
        if (!std::regex_match(line, parts, header)) {
            outcome_.error = FrameError::bad_header;
            return;
        }
        const std::string name = in_lower_case(parts[1]);
        if (name == "transfer-encoding") {
            outcome_.error = FrameError::transfer_encoding;
        }
        for (const std::string& known : options_.lengths) {
            if (name == in_lower_case(known)) {
                one_length(parts[2]);
                return;
            }
        }
    }

    void one_length(const std::string& value) {
        static const std::regex number("[ \\t]*([0-9]{1,19})[ \\t]*");
        std::smatch parts;
        if (length_ || !std::regex_match(value, parts, number)) {
            outcome_.error = FrameError::bad_length;
            return;
        }
        length_ = std::stoull(parts[1]);
    }

    void body(std::size_t head) {
        if (!length_ && options_.without == WithoutLength::error) {
            outcome_.error = FrameError::bad_length;
        } else if (!length_ && options_.without == WithoutLength::trailer) {
            body_to_trailer(head);
        } else if (!length_ && options_.without == WithoutLength::close) {
            const ByteView all = rest();
            pos_ = stream_.size();
            finish(all.substr(options_.keep_head ? 0 : head), false);
        } else {
            counted_body(head, length_.value_or(0));
        }
    }

    bool is_too_large(std::size_t head, std::uint64_t body) const {
        const std::uint64_t kept = options_.keep_head ? head : 0;
        return body > framing_.max_frame_bytes || kept > framing_.max_frame_bytes - body;
    }

    // Returns false if the stream ends.
    bool give_up(std::uint64_t spent) {
        if (framing_.oversize == Oversize::close || spent > budget_) {
            outcome_.error = FrameError::too_large;
            return false;
        }
        budget_ -= spent;
        ++outcome_.lost;
        return true;
    }

    void counted_body(std::size_t head, std::uint64_t body) {
        const bool too_large = is_too_large(head, body);
        if (too_large && !give_up(body)) {
            return;
        }
        const std::string& trailer = options_.trailer;
        if (head + body + trailer.size() > rest().size()) {
            outcome_.error = FrameError::truncated;
            return;
        }
        const ByteView frame = rest().substr(0, head + body);
        if (!rest().substr(frame.size()).starts_with(trailer)) {
            outcome_.error = FrameError::bad_trailer;
            return;
        }
        pos_ += frame.size() + trailer.size();
        if (!too_large) {
            finish(options_.keep_head ? frame : frame.substr(head), true);
        }
    }

    void body_to_trailer(std::size_t head) {
        const std::size_t end = rest().find(options_.trailer, head);
        if (end == ByteView::npos) {
            const std::size_t present = rest().size() - head;
            const std::size_t undecided = std::min(options_.trailer.size() - 1, present);
            if (!is_too_large(head, present - undecided) || give_up(present - undecided)) {
                outcome_.error = FrameError::truncated;
            }
            return;
        }
        const ByteView frame = rest().substr(0, end);
        pos_ += end + options_.trailer.size();
        if (!is_too_large(head, end - head)) {
            finish(options_.keep_head ? frame : frame.substr(head), true);
        } else {
            give_up(end - head);
        }
    }

    void finish(ByteView payload, bool discardable) {
        if (payload.size() > framing_.max_frame_bytes) {
            outcome_.error = FrameError::too_large;
        } else if (payload.empty() && framing_.empty == EmptyFrames::error) {
            outcome_.error = FrameError::empty_frame;
        } else if (!payload.empty() || framing_.empty == EmptyFrames::deliver) {
            budget_ = discardable ? framing_.discard_budget : budget_;
            outcome_.frames.emplace_back(payload);
        }
    }

    const Framing& framing_;
    const HeaderOptions& options_;
    ByteView stream_;
    std::uint64_t budget_;
    std::size_t pos_ = 0;
    std::optional<std::uint64_t> length_;
    DecodeOutcome outcome_;
};

}  // namespace

DecodeOutcome naive_headers(const Framing& framing, ByteView stream) {
    return NaiveHeaders(framing, stream).run();
}

}  // namespace telex::test
