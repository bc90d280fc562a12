#pragma once
// The settings of a stream, and the rules for combinations of them.
//
// An absent limit means unlimited; 0 is never a synonym for that, it is refused.
#include "streams/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::streams {

// Which records a stream keeps. Limits hold in all three.
enum class Retention : std::uint8_t {
    limits,     // until a limit removes them
    interest,   // until all consumers that want them have acknowledged them
    workqueue,  // until one consumer has acknowledged them
};

// The treatment of a publication that exceeds a limit.
enum class Discard : std::uint8_t {
    oldest,              // the oldest records give way
    newest,              // the publication is refused, but the limit per subject removes its oldest
    newest_per_subject,  // the publication is refused, at the limit per subject as well
};

enum class Compression : std::uint8_t { none, zstd };
enum class Sync : std::uint8_t { always, interval };

// Which sequences of a subject are known without reading records.
enum class SubjectIndexing : std::uint8_t {
    last,  // the last one; about 100 bytes for each subject
    all,   // every one; another 40 bytes for each record
};

inline constexpr std::uint64_t kMaxMessageBytes = 64ULL << 20U;
inline constexpr std::size_t kMaxStreamNameBytes = 255;
inline constexpr std::size_t kMaxStreamSubjects = 1'000;

struct StreamOptions {
    std::string name;
    std::vector<std::string> subjects;  // filters
    Retention retention = Retention::limits;
    Discard discard = Discard::oldest;

    std::optional<std::uint64_t> max_messages;
    std::optional<std::uint64_t> max_bytes;
    std::optional<std::uint64_t> max_per_subject;
    std::optional<Duration> max_age;
    std::uint64_t max_message_bytes = 1ULL << 20U;

    // How long a message id is remembered. Absent: ids are not compared.
    std::optional<Duration> duplicate_window = std::chrono::minutes(2);
    std::uint64_t max_duplicate_ids = 1'000'000;
    std::uint64_t max_subjects = 1'000'000;

    bool allow_ttl = false;      // of single messages
    bool allow_roll_up = false;  // a message that replaces the earlier ones
    bool direct_get = true;
    bool deny_erase = false;
    bool deny_purge = false;
    SubjectIndexing subject_index = SubjectIndexing::last;

    Compression compression = Compression::none;
    Sync sync = Sync::always;
    std::optional<Duration> sync_interval;

    friend bool operator==(const StreamOptions&, const StreamOptions&) = default;
};

// Returns true if every sequence of each subject is indexed: on request, or because a limit per
// subject or roll-up needs it.
bool indexes_all(const StreamOptions& options);

// A setting that is impossible, or contradicts another one.
struct OptionProblem {
    std::string_view setting;  // the name of the member; a literal
    std::string text;          // a predicate, such as "must be at least 1"

    friend bool operator==(const OptionProblem&, const OptionProblem&) = default;
};

// Returns all problems; empty if the options are usable.
[[nodiscard]] std::vector<OptionProblem> check(const StreamOptions& options);

// Returns true if the name can be part of a subject and of a file name.
bool is_stream_name(std::string_view name);

}  // namespace telex::streams
