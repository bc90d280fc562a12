// `telex frame decode` with any bytes: it terminates, and its output contains no terminal control
// sequences.
//
//   input = framing (1 byte), output format (1 byte: JSON, explained, content), stream
#include "cli/frames/decode.hpp"
#include "support/framing_cases.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using telex::cli::Content;
using telex::cli::Format;

telex::cli::InputSource source_of(std::string_view bytes) {
    return [bytes](char* to, std::size_t size) mutable -> telex::cli::InputChunk {
        // Small pieces: reads do not align with frames.
        const std::size_t taken = std::min({size, bytes.size(), std::size_t{7}});
        if (taken == 0) {
            return {.end = telex::cli::InputEnd::end};
        }
        std::memcpy(to, bytes.data(), taken);
        bytes.remove_prefix(taken);
        return {.size = taken};
    };
}

std::string read_back(int fd) {
    std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
    if (::pread(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        std::abort();
    }
    return text;
}

void check_harmless(const std::string& text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
            std::abort();
        }
    }
}

}  // namespace

// Discards error messages; libFuzzer writes to its own copy of standard error.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
    static std::string quiet = "-close_fd_mask=2";
    static std::vector<char*> all(*arguments, *arguments + *count);
    all.push_back(quiet.data());
    *count += 1;
    *arguments = all.data();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto names = telex::test::stream_presets();
    static const int out = ::memfd_create("output", MFD_CLOEXEC);
    if (size < 2 || out < 0) {
        return 0;
    }
    telex::cli::FrameDecodeOptions options;
    options.framing = telex::test::preset(names[data[0] % names.size()]);
    if (options.framing.kind != telex::codec::FramingKind::fixed) {
        options.framing.max_frame_bytes = 64;
    }
    options.content = static_cast<Content>(data[1] % 3);
    options.format = data[1] >= 128 ? Format::json : Format::text;
    constexpr unsigned kExplained = 0x40;
    options.explain = (data[1] & kExplained) != 0;
    if (::ftruncate(out, 0) != 0 || ::lseek(out, 0, SEEK_SET) != 0) {
        std::abort();
    }
    telex::cli::Output output(out);
    const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
    static_cast<void>(telex::cli::decode_frames(options, source_of(stream), output));
    output.flush();
    check_harmless(read_back(out));
    return 0;
}
