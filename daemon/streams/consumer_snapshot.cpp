#include "streams/consumer_snapshot.hpp"

#include "wire/varint.hpp"

#include <optional>

namespace telex::streams {

namespace {

constexpr char kVersion = 1;
constexpr std::uint64_t kKinds = 8;
constexpr std::uint64_t kMaxMilliseconds = 1'000ULL * 60 * 60 * 24 * 365 * 100;
constexpr std::size_t kMinFlightBytes = 2;

void put(std::string& bytes, std::uint64_t value) {
    char encoded[wire::kMaxVarintBytes];
    bytes.append(encoded, wire::write_varint(encoded, value));
}

// Takes varints from the front. After an error, all further values are 0.
class SnapshotReader {
public:
    explicit SnapshotReader(ByteView bytes) : rest_(bytes) {}

    std::uint64_t take(std::uint64_t most) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) {
                break;
            }
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0) {
                failed_ = failed_ || value > most;
                return failed_ ? 0 : value;
            }
        }
        failed_ = true;
        return 0;
    }

    bool failed() const { return failed_; }

    std::size_t left() const { return rest_.size(); }

private:
    ByteView rest_;
    bool failed_ = false;
};

std::optional<StoredFlight> take_flight(SnapshotReader& reader, Sequence previous) {
    StoredFlight flight;
    flight.sequence = previous + reader.take(UINT64_MAX - previous);
    const std::uint64_t word = reader.take(UINT32_MAX * kKinds + kKinds - 1);
    flight.attempts = static_cast<std::uint32_t>(word / kKinds);
    const std::uint64_t kind = word % kKinds;
    if (kind > static_cast<std::uint64_t>(FlightKind::terminated) || flight.sequence == previous) {
        return std::nullopt;
    }
    flight.kind = static_cast<FlightKind>(kind);
    if (flight.kind == FlightKind::delayed) {
        flight.delay = std::chrono::milliseconds(reader.take(kMaxMilliseconds));
    }
    return flight;
}

}  // namespace

std::string encode(const ConsumerImage& image) {
    std::string bytes(1, kVersion);
    bytes.reserve(64 + image.flights.size() * 4);
    put(bytes, image.cursor);
    put(bytes, image.flag_until > image.cursor ? image.flag_until - image.cursor : 0);
    put(bytes, image.newest_only_until);
    put(bytes, static_cast<std::uint64_t>(image.paused.count()));
    put(bytes, image.flights.size());
    Sequence previous = kNoSequence;
    for (const StoredFlight& flight : image.flights) {
        put(bytes, flight.sequence - previous);
        put(bytes, flight.attempts * kKinds + static_cast<std::uint64_t>(flight.kind));
        if (flight.kind == FlightKind::delayed) {
            put(bytes, static_cast<std::uint64_t>(flight.delay.count()));
        }
        previous = flight.sequence;
    }
    return bytes;
}

Result<ConsumerImage, SnapshotError> decode(ByteView bytes) {
    if (bytes.empty() || bytes.size() > kMaxSnapshotBytes) {
        return unexpected(SnapshotError::damaged);
    }
    if (bytes.front() != kVersion) {
        return unexpected(SnapshotError::unknown_version);
    }
    SnapshotReader reader(bytes.substr(1));
    ConsumerImage image;
    image.cursor = reader.take(UINT64_MAX);
    image.flag_until = image.cursor + reader.take(UINT64_MAX - image.cursor);
    image.newest_only_until = reader.take(UINT64_MAX);
    image.paused = std::chrono::milliseconds(reader.take(kMaxMilliseconds));
    const std::uint64_t count = reader.take(reader.left() / kMinFlightBytes);
    image.flights.reserve(count);
    Sequence previous = kNoSequence;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto flight = take_flight(reader, previous);
        if (!flight || flight->sequence >= image.cursor) {
            return unexpected(SnapshotError::damaged);
        }
        previous = flight->sequence;
        image.flights.push_back(*flight);
    }
    if (reader.failed() || reader.left() != 0 || image.cursor == kNoSequence) {
        return unexpected(SnapshotError::damaged);
    }
    return image;
}

}  // namespace telex::streams
